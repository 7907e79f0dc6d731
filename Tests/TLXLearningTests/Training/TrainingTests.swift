import Foundation
import Testing

@testable import TLXLearning
@testable import TLXNumerics

private func stream(_ seed: UInt64) -> RandomStream { RandomStream(key: RandomKey(seed: seed)) }

/// Three clouds that a line cannot part from each other in one dimension.
private func clouds(_ count: Int) throws -> (x: Tensor, y: Tensor) {
  let random = stream(3)
  let labels = (0..<count).map { $0 % 3 }
  let noise = try random.normal([count, 2], mean: 0, std: 0.3, dtype: .f32).elements(of: Float.self)
  var x: [Float] = []
  for (row, label) in labels.enumerated() {
    x.append(Float(label) * 2 + noise[2 * row])
    x.append((label == 1 ? 2 : 0) + noise[2 * row + 1])
  }
  return (try Tensor(x, shape: [count, 2]), try Tensor(labels))
}

private func options(epochs: Int, batch: Int = 16, loss: any Loss = CrossEntropy(), rate: Double = 0.02)
  throws
  -> TrainingOptions
{
  TrainingOptions(loss: loss, optimizer: try Adam(rate: rate), epochs: epochs, batch: batch)
}

@Suite struct TrainingTests {
  @Test func learnsClouds() throws {
    let (x, y) = try clouds(90)
    let model = try Model.mlp([2, 16, 3], activation: .relu, stream: stream(1))
    let result = try Training.fit(model, x: x, y: y, options: options(epochs: 40), stream: stream(2))
    #expect(result.ending == .finished)
    #expect(result.log.count == 40)
    #expect(try Classification.accuracy(result.model.predict(x), y) > 0.97)
    // The model that was given stays as it was.
    #expect(try Classification.accuracy(model.predict(x), y) < 0.9)
  }

  /// A last batch of another size, and one row a step.
  @Test(arguments: [1, 7, 64, 1000]) func takesAnyBatch(_ batch: Int) throws {
    let (x, y) = try clouds(30)
    let model = try Model.mlp([2, 8, 3], activation: .tanh, stream: stream(1))
    let result = try Training.fit(
      model, x: x, y: y, options: options(epochs: 3, batch: batch), stream: stream(2))
    #expect(result.log.allSatisfy { $0.loss.isFinite })
    #expect(try #require(result.log.last).loss < (try #require(result.log.first)).loss)
  }

  @Test func repeatsWithTheSameStream() throws {
    let (x, y) = try clouds(30)
    let model = try Model.mlp([2, 8, 3], activation: .gelu, stream: stream(1))
    let runs = try (0..<2).map { _ in
      try Training.fit(model, x: x, y: y, options: options(epochs: 2), stream: stream(9)).model.parameters.map
      {
        try $0.elements(of: Float.self)
      }
    }
    #expect(runs[0] == runs[1])
  }

  @Test func patienceKeepsTheBestModel() throws {
    let (x, y) = try clouds(60)
    // Monitored labels that contradict the training ones: the first epoch is as good as it gets.
    let wrong = try Tensor(try y.elements(of: Int.self).map { ($0 + 1) % 3 })
    var options = try options(epochs: 50)
    options.monitor = (x, wrong)
    options.patience = 3
    let model = try Model.mlp([2, 8, 3], activation: .relu, stream: stream(1))
    let result = try Training.fit(model, x: x, y: y, options: options, stream: stream(2))
    #expect(result.ending == .patience)
    let best = try #require(result.log.compactMap(\.monitoredLoss).min())
    let kept = try CrossEntropy.value(logits: result.model.logits(x), labels: wrong).doubles()[0]
    #expect(abs(kept - best) < 1e-6)
    #expect(result.log.count < 50)
  }

  @Test func divergenceSaysTheStepAndKeepsTheModel() throws {
    let (x, y) = try clouds(30)
    let model = try Model.mlp([2, 8, 3], activation: .relu, stream: stream(1))
    var options = try options(epochs: 50, loss: MeanSquaredError())
    options.optimizer = try GradientDescent(rate: 1e5)
    do {
      _ = try Training.fit(model, x: x, y: y, options: options, stream: stream(2))
      Issue.record("a rate of 100,000 should diverge")
    } catch let failure as TrainingFailure {
      #expect(failure.error.code == "E0506")
      #expect(failure.error.message.contains("step"))
      for parameter in failure.kept.model.parameters {
        #expect(try parameter.elements(of: Float.self).allSatisfy(\.isFinite))
      }
    }
  }

  @Test func retrainedHeadLeavesTheTrunk() throws {
    let (x, y) = try clouds(60)
    let source = try Model.mlp([2, 8, 5], activation: .relu, stream: stream(1))
    let result = try Training.retrainHead(
      source, x: x, y: y, classes: 3, options: options(epochs: 60, rate: 0.05), stream: stream(2))
    #expect(result.model.classCount == 3)
    #expect(
      try result.model.parameters[0].elements(of: Float.self) == source.parameters[0].elements(of: Float.self)
    )
    #expect(try Classification.accuracy(result.model.predict(x), y) > 0.9)
  }

  @Test func weightedLossesAdd() throws {
    let z = try Tensor([1.0, -1, 0.5, 2], shape: [2, 2])
    let batch = LossBatch(
      logits: z, targets: try Tensor([0, 1]), parameters: [try Tensor([3.0, 4], shape: [1, 2])],
      parameterNames: ["0.weight"])
    let sum = WeightedLoss([.init(weight: 1, loss: CrossEntropy()), .init(weight: 0.1, loss: SquaredNorm())])
    let separate = try CrossEntropy().value(batch).doubles()[0] + 0.1 * 12.5
    #expect(abs(try sum.value(batch).doubles()[0] - separate) < 1e-12)
  }

  @Test func badDataAreRefused() throws {
    let (x, y) = try clouds(9)
    let model = try Model.mlp([2, 4, 2], activation: .relu, stream: stream(1))
    func code(_ x: Tensor, _ y: Tensor) -> String? {
      do {
        _ = try Training.fit(model, x: x, y: y, options: options(epochs: 1), stream: stream(2))
        return nil
      } catch { return (error as? NumericsError)?.code }
    }
    #expect(code(x, y) == "E0416")
    #expect(code(try Tensor.zeros([9, 3], .f32), y) == "E0415")
    #expect(code(x, try Tensor([0, 1])) == "E0401")
    #expect(
      code(try Tensor([Float](repeating: .nan, count: 18), shape: [9, 2]), try Tensor.zeros([9], .i64))
        == "E0504")
  }

  @Test func modelFilesRoundTrip() throws {
    let model = try Model(
      layers: [
        Flatten(), try Dense(inputs: 4, outputs: 3), Activation.gelu, try Dense(inputs: 3, outputs: 5),
        try CosineHead(inputs: 5, outputs: 2, scale: 9),
      ],
      inputShape: [2, 2], stream: stream(4))
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).safetensors").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    let file = FileName(path)
    try ModelFile.write(model, to: file)
    let loaded = try #require(try ModelFile.model(in: Safetensors.read(file), file))
    #expect(loaded.parameterNames == model.parameterNames)
    #expect(loaded.inputShape == model.inputShape)
    let x = try stream(5).normal([3, 2, 2], mean: 0, std: 1, dtype: .f32)
    #expect(try loaded.logits(x).elements(of: Float.self) == model.logits(x).elements(of: Float.self))
  }
}
