import TLXLearning
import TLXNumerics
import Testing

@testable import TLXUpdate

@Suite("Training with an old model")
struct CompatibleTrainingTests {
  /// Three noisy clusters in the plane.
  static func clusters(_ count: Int, seed: UInt64) throws -> (x: Tensor, y: Tensor) {
    let stream = RandomStream(key: RandomKey(seed: seed))
    let y = try Tensor((0..<count).map { $0 % 3 })
    let centres = try Tensor([0.0, 2, 2, -1, -2, -1], shape: [3, 2]).cast(to: .f32)
    let noise = try stream.normal([count, 2], std: 0.7).cast(to: .f32)
    return (try centres.take(y) + noise, y)
  }

  static func fit(
    _ sizes: [Int], _ data: (x: Tensor, y: Tensor), _ loss: any Loss, seed: UInt64, epochs: Int = 15
  ) throws
    -> Model
  {
    let stream = RandomStream(key: RandomKey(seed: seed))
    let options = TrainingOptions(loss: loss, optimizer: try Adam(rate: 0.01), epochs: epochs, batch: 32)
    let start = try Model.mlp(sizes, activation: .relu, stream: stream)
    return try Training.fit(start, x: data.x, y: data.y, options: options, stream: stream).model
  }

  @Test("label-free distillation brings the new logits to the old ones")
  func distillation() throws {
    let data = try Self.clusters(240, seed: 1)
    let old = try Self.fit([2, 8, 3], data, CrossEntropy(), seed: 2)
    let unlabelled = (data.x, try Tensor.zeros([240], .i64))
    let copy = try Self.fit(
      [2, 16, 3], unlabelled, Distillation(.classifier(old, name: "old")), seed: 3, epochs: 60)
    let agreement = try Classification.accuracy(copy.predict(data.x), old.predict(data.x))
    #expect(agreement > 0.97, "\(agreement)")
  }

  @Test("the influence loss keeps the new embeddings where the old head expects them")
  func influence() throws {
    let data = try Self.clusters(240, seed: 4)
    let old = try Self.fit([2, 16, 3], data, CrossEntropy(), seed: 5, epochs: 40)
    let head = try FrozenHead(of: old)
    func accuracy(_ new: Model) throws -> Double {
      try Classification.accuracy(head.logits(new.features(data.x), "test").argmax(axis: 1), data.y)
    }
    let free = try Self.fit([2, 16, 3], data, CrossEntropy(), seed: 6, epochs: 40)
    let loss = WeightedLoss([
      .init(weight: 1, loss: CrossEntropy()),
      .init(weight: 1, loss: try BackwardCompatibleLoss(.model(old, name: "old"))),
    ])
    let compatible = try Self.fit([2, 16, 3], data, loss, seed: 6, epochs: 40)
    let (with, without) = (try accuracy(compatible), try accuracy(free))
    #expect(with > 0.85, "\(with)")
    #expect(with > without + 0.1, "\(with) \(without)")
    // A wider new space keeps the old one in front.
    #expect(try accuracy(Self.fit([2, 24, 3], data, loss, seed: 7, epochs: 40)) > 0.85)
  }

  @Test("every loss trains: its values are finite and fall")
  func all() throws {
    let data = try Self.clusters(120, seed: 8)
    let old = try Self.fit([2, 8, 3], data, CrossEntropy(), seed: 9)
    let logits = OldLogits.classifier(old, name: "old")
    let space = OldSpace.model(old, name: "old")
    let losses: [any Loss] = [
      try Distillation(logits, matching: .probabilities(temperature: 2, isReversed: false)),
      try Distillation(logits, matching: .probabilities(temperature: 2, isReversed: true)),
      try Distillation(logits, focus: .init(alpha: 1, beta: 5)),
      OldRightCrossEntropy(logits, name: "new_error"),
      StrictImitation(logits), try LogitDifferenceInhibition(logits), LearningWithoutForgetting(space),
      FeatureMatching(space), try FeatureContrast(space, temperature: 0.1),
      try FeatureTriplets(space, margin: 0.2),
      try BackwardCompatibleLoss(space, scale: 16),
    ]
    for loss in losses {
      let stream = RandomStream(key: RandomKey(seed: 10))
      let options = TrainingOptions(
        loss: loss, optimizer: try Adam(rate: 0.01), epochs: 12, batch: 32, monitor: (data.x, data.y))
      let start = try Model.mlp([2, 8, 3], activation: .relu, stream: stream)
      let result = try Training.fit(start, x: data.x, y: data.y, options: options, stream: stream)
      let values = result.log.map(\.loss)
      let bad = values.filter { !$0.isFinite }
      #expect(bad.isEmpty, "\(loss.description)")
      #expect(try #require(values.last) < values[0], "\(loss.description): \(values)")
      #expect(result.log.compactMap(\.monitoredLoss).count == 12)
    }
  }

  @Test("a weight that makes the loss infinite stops the training with the step")
  func divergence() throws {
    let data = try Self.clusters(60, seed: 11)
    let old = try Self.fit([2, 4, 3], data, CrossEntropy(), seed: 12)
    let loss = WeightedLoss([
      .init(weight: 1e40, loss: try Distillation(.classifier(old, name: "old")))
    ])
    let failure = #expect(throws: TrainingFailure.self) { try Self.fit([2, 4, 3], data, loss, seed: 13) }
    #expect(failure?.error.code == "E0506")
  }

  @Test("a cosine head ignores lengths, and its model says what the frozen head says")
  func cosineHead() throws {
    let stream = RandomStream(key: RandomKey(seed: 14))
    let model = try Model(
      layers: [Dense(inputs: 2, outputs: 4), CosineHead(inputs: 4, outputs: 3, scale: 12)], inputShape: [2],
      stream: stream)
    let features = try model.features(Tensor([Float(1), 2], shape: [1, 2]))
    let head = try FrozenHead(of: model)
    #expect(head.scale == 12)
    let (once, twice) = (
      try head.logits(features, "test").doubles(), try head.logits(features * 2, "test").doubles()
    )
    for (a, b) in zip(once, twice) { #expect(abs(a - b) < 1e-4) }
    #expect(try head.logits(features * 0, "test").doubles() == [0, 0, 0])
    let logits = try model.logits(Tensor([Float(1), 2], shape: [1, 2])).doubles()
    for (a, b) in zip(once, logits) { #expect(abs(a - b) < 1e-5) }
  }

  @Test("baselines: mean logits, and weights on the way from old to new")
  func baselines() throws {
    let data = try Self.clusters(60, seed: 15)
    let models = try (0..<3).map {
      try Self.fit([2, 4, 3], data, CrossEntropy(), seed: UInt64(20 + $0), epochs: 2)
    }
    let mean =
      try models.map { try $0.logits(data.x) }.reduce(Tensor.zeros([60, 3], .f32)) { try $0 + $1 } / 3
    let ensemble = try Ensemble(models).logits(data.x)
    #expect(try zip(mean.doubles(), ensemble.doubles()).allSatisfy { abs($0 - $1) < 1e-5 })
    #expect(throws: NumericsError.self) { try Ensemble([]) }
    let other = try Self.fit([2, 4, 5], data, CrossEntropy(), seed: 30, epochs: 1)
    #expect(throws: NumericsError.self) { try Ensemble([models[0], other]) }
    #expect(throws: NumericsError.self) { try other.interpolated(with: models[0], share: 0.5) }
    #expect(throws: NumericsError.self) { try models[1].interpolated(with: models[0], share: 1.5) }
    let whole = try models[1].interpolated(with: models[0], share: 1)
    #expect(try whole.logits(data.x).doubles() == models[0].logits(data.x).doubles())
  }
}
