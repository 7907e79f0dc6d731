import Foundation
import Testing

@testable import TLXLearning
@testable import TLXNumerics

private func stream(_ seed: UInt64) -> RandomStream { RandomStream(key: RandomKey(seed: seed)) }

@Suite struct CheckpointTests {
  private let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)

  init() throws { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }

  private var file: FileName { FileName(folder.appendingPathComponent("run.safetensors").path) }

  /// Everything that a step can depend on: shuffled rows, dropout, running statistics, moments, a schedule.
  private func model() throws -> Model {
    try Model(
      layers: [
        Dense(inputs: 3, outputs: 12), BatchNormalization(width: 12), Activation.relu, Dropout(rate: 0.3),
        Dense(inputs: 12, outputs: 3),
      ], inputShape: [3], stream: stream(1))
  }

  private func rows() throws -> (x: Tensor, y: Tensor) {
    (try stream(5).normal([50, 3], dtype: .f32), try Tensor((0..<50).map { $0 % 3 }))
  }

  static let names = ["adamw", "momentum", "kfac"]

  private func optimizer(_ name: String) throws -> any Optimizer {
    switch name {
    case "adamw":
      try Adam(
        schedule: .warmup(steps: 3, then: .cosine(peak: 0.02, floor: 0, steps: 60)), weightDecay: 0.01,
        isDecoupled: true)
    case "momentum": try GradientDescent(rate: 0.05, momentum: 0.9)
    default: try KroneckerFactors(schedule: .constant(0.01), every: 3)
    }
  }

  private func options(_ optimizer: any Optimizer, epochs: Int, file: FileName? = nil) throws
    -> TrainingOptions
  {
    let (x, y) = try rows()
    return TrainingOptions(
      loss: CrossEntropy(), optimizer: optimizer, epochs: epochs, batch: 8, monitor: (x, y), clip: 1,
      checkpoint: file, resumes: file != nil)
  }

  private func fit(_ options: TrainingOptions, seed: UInt64) throws -> TrainingResult {
    let (x, y) = try rows()
    return try Training.fit(model(), x: x, y: y, options: options, stream: stream(seed))
  }

  private func elements(_ model: Model) throws -> [[Float]] {
    try model.parameters.map { try $0.elements(of: Float.self) }
  }

  @Test(arguments: names) func resumedEqualsUnbroken(_ name: String) throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let optimizer = try optimizer(name)
    let whole = try fit(options(optimizer, epochs: 8), seed: 2)
    _ = try fit(options(optimizer, epochs: 3, file: file), seed: 2)
    // Another stream: the kept one goes on.
    let resumed = try fit(options(optimizer, epochs: 8, file: file), seed: 99)
    #expect(try elements(resumed.model) == elements(whole.model))
    #expect(resumed.log.map(\.loss) == whole.log.map(\.loss))
    #expect(resumed.log.map(\.monitoredLoss) == whole.log.map(\.monitoredLoss))
    // Nothing is left to do.
    let again = try fit(options(optimizer, epochs: 8, file: file), seed: 3)
    #expect(try elements(again.model) == elements(whole.model))
  }

  @Test func loadsAsAModel() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    var options = try options(optimizer("adamw"), epochs: 2, file: file)
    options.monitor = nil
    let result = try fit(options, seed: 2)
    let loaded = try #require(try ModelFile.model(in: Safetensors.read(file), file))
    #expect(try elements(loaded) == elements(result.model))
  }

  @Test func refusesAnotherTraining() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    _ = try fit(options(optimizer("adamw"), epochs: 2, file: file), seed: 2)
    func code(_ options: TrainingOptions) -> String? {
      do { _ = try fit(options, seed: 2) } catch let error as NumericsError { return error.code } catch {}
      return nil
    }
    #expect(try code(options(optimizer("momentum"), epochs: 3, file: file)) == "E0617")
    var other = try options(optimizer("adamw"), epochs: 3, file: file)
    other.batch = 9
    #expect(code(other) == "E0617")
    // A plain model is no checkpoint; and a damaged file says so.
    try ModelFile.write(model(), to: file)
    #expect(try code(options(optimizer("adamw"), epochs: 3, file: file)) == "E0617")
    try Data([1, 2, 3]).write(to: URL(fileURLWithPath: file.path))
    #expect(try code(options(optimizer("adamw"), epochs: 3, file: file)) == "E0607")
    let table = FileName(folder.appendingPathComponent("run.csv").path)
    #expect(try code(options(optimizer("adamw"), epochs: 3, file: table)) == "E0615")
  }

  /// A loss that blows up at a known step: the model of the epoch before is kept, and its loss is a number.
  @Test(arguments: [1, 4]) func notANumberKeepsTheLastGoodModel(_ batches: Int) throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let (x, y) = try rows()
    let model = try Model(layers: [Dense(inputs: 3, outputs: 3)], inputShape: [3], stream: stream(1))
    let options = TrainingOptions(
      loss: MeanSquaredError(), optimizer: try GradientDescent(rate: 1e4), epochs: 100,
      batch: (50 + batches - 1) / batches)
    do {
      _ = try Training.fit(model, x: x, y: y, options: options, stream: stream(2))
      Issue.record("a rate of 10,000 should diverge")
    } catch let failure as TrainingFailure {
      #expect(failure.error.code == "E0506")
      #expect(failure.kept.ending == .diverged)
      let kept = failure.kept.model
      #expect(try elements(kept).allSatisfy { $0.allSatisfy(\.isFinite) })
      let targets = try Tensor.oneHot(y, classes: 3, dtype: .f32)
      let loss = try MeanSquaredError.value(kept.logits(x), targets).doubles()[0]
      #expect(loss.isFinite)
      #expect(failure.kept.log.allSatisfy { $0.loss.isFinite })
    }
  }
}
