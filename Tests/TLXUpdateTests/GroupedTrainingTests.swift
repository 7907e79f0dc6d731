import TLXNumerics
import Testing

@testable import TLXLearning
@testable import TLXUpdate

/// Trainings that run as one program give to the bit what each gives alone.
@Suite("Several trainings as one program")
struct GroupedTrainingTests {
  private static func stream(_ seed: UInt64) -> RandomStream { RandomStream(key: RandomKey(seed: seed)) }

  /// A loss against an old model, by number: 0…12.
  private static func loss(_ number: Int, _ old: Model) throws -> any Loss {
    let logits = OldLogits.classifier(old, name: "old")
    let space = OldSpace.model(old, name: "old")
    var top = LogitDifferenceInhibition.Settings()
    (top.top, top.margin) = (2, 0.1)
    switch number {
    case 0: return CrossEntropy()
    case 1: return try Distillation(logits)
    case 2: return try Distillation(logits, matching: .probabilities(temperature: 2, isReversed: true))
    case 3: return try Distillation(logits, focus: .init(alpha: 1, beta: 5))
    case 4: return OldRightCrossEntropy(logits, name: "new_error")
    case 5: return StrictImitation(logits)
    case 6: return try LogitDifferenceInhibition(logits, settings: top)
    case 7: return LearningWithoutForgetting(space)
    case 8: return FeatureMatching(space)
    case 9: return try FeatureContrast(space, temperature: 0.1, includesNew: true)
    case 10: return try FeatureTriplets(space, margin: 0.2)
    case 11: return try BackwardCompatibleLoss(space, newClasses: .pseudo, scale: 8)
    default: return try BackwardCompatibleLoss(space, newClasses: .drop)
    }
  }

  private static func jobs(_ number: Int, hasOwnRows: Bool) throws -> [TrainingJob] {
    let shared = try CompatibleTrainingTests.clusters(100, seed: 1)
    return try (0..<5).map { k in
      let seed = UInt64(10 * k)
      let own = hasOwnRows ? try CompatibleTrainingTests.clusters(100, seed: seed + 2) : shared
      let old = try Model.mlp([2, 9, 3], activation: .relu, stream: stream(seed + 3))
      let total = WeightedLoss([
        .init(weight: 1, loss: CrossEntropy()), .init(weight: 0.3, loss: try loss(number, old)),
      ])
      return TrainingJob(
        try Model.mlp([2, 11, 9, 3], activation: .relu, stream: stream(seed + 4)), x: own.x, y: own.y,
        options: TrainingOptions(loss: total, optimizer: try Adam(rate: 0.01), epochs: 4, batch: 32),
        key: RandomKey(seed: seed + 5))
    }
  }

  @Test(arguments: 0..<13, [false, true]) func equalsEachAlone(_ number: Int, _ hasOwnRows: Bool) throws {
    let jobs = try Self.jobs(number, hasOwnRows: hasOwnRows)
    let together = try Training.fitAll(jobs)
    for (job, result) in zip(jobs, together) {
      let alone = try Training.fit(
        job.model, x: job.x, y: job.y, options: job.options, stream: RandomStream(key: job.key))
      for (a, b) in zip(alone.model.parameters, result.model.parameters) {
        #expect(try a.elements(of: Float.self) == b.elements(of: Float.self))
      }
      #expect(alone.log.map(\.loss) == result.log.map(\.loss))
      #expect(alone.model.compatibleSpaces == result.model.compatibleSpaces)
    }
  }

  /// So that the test above tests something.
  @Test(arguments: 0..<13) func everyLossIsGrouped(_ number: Int) throws {
    let groups = TrainingGroup.groups(of: try Self.jobs(number, hasOwnRows: true))
    #expect(groups.count < 5)
  }
}
