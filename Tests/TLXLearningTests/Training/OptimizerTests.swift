import Foundation
import Testing

@testable import TLXLearning
@testable import TLXNumerics

/// Losses and parameters after a few steps, as PyTorch computes them (`Scripts/fixtures/training.py`).
private struct Reference: Decodable, Sendable {
  struct Result: Decodable, Sendable {
    var losses: [Double]
    var parameters: [[Double]]
  }

  var x: [Float]
  var y: [Int]
  var shapes: [[Int]]
  var start: [[Float]]
  var steps: Int
  var results: [String: Result]

  static let loaded: Reference? = {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    guard let data = try? Data(contentsOf: folder.appendingPathComponent("Fixtures/training.json")) else {
      return nil
    }
    return try? JSONDecoder().decode(Reference.self, from: data)
  }()
}

/// A way to train, as the fixture names it.
private struct Recipe {
  var optimizer: any Optimizer
  var loss: any Loss = CrossEntropy()
  var clip: Double?

  init(_ name: String, steps: Int) throws {
    func sgd(_ rate: LearningRate) throws -> any Optimizer { try GradientDescent(schedule: rate) }
    optimizer = try sgd(.constant(0.5))
    let weights = [1, 3, 0.5]
    switch name {
    case "momentum": optimizer = try GradientDescent(rate: 0.1, momentum: 0.9)
    case "adam": optimizer = try Adam(rate: 0.01)
    case "adamw": optimizer = try Adam(schedule: .constant(0.01), weightDecay: 0.3, isDecoupled: true)
    case "adam, decay": optimizer = try Adam(schedule: .constant(0.01), weightDecay: 0.3)
    case "sgd, decay": optimizer = try GradientDescent(schedule: .constant(0.5), weightDecay: 0.1)
    case "nesterov":
      optimizer = try GradientDescent(
        schedule: .constant(0.1), momentum: 0.9, weightDecay: 0.01, isNesterov: true)
    case "cosine": optimizer = try sgd(.cosine(peak: 0.5, floor: 0.1, steps: nil))
    case "warm cosine":
      optimizer = try sgd(.warmup(steps: 3, then: .cosine(peak: 0.5, floor: 0, steps: nil)))
    case "step decay": optimizer = try sgd(.steps(rate: 0.5, every: 2, factor: 0.5))
    case "clip": clip = 0.2
    case "smoothing": loss = try CrossEntropy(weights: nil, smoothing: 0.2)
    case "weights": loss = try CrossEntropy(weights: weights)
    case "smoothing and weights": loss = try CrossEntropy(weights: weights, smoothing: 0.2)
    case "kfac":
      optimizer = try KroneckerFactors(
        schedule: .constant(0.1), momentum: 0.9, damping: 0.05, decay: 0.8, every: 1, weightDecay: 0.02,
        sample: .empirical)
    case "kfac, rare":
      optimizer = try KroneckerFactors(
        schedule: .constant(0.1), momentum: 0.5, damping: 0.05, decay: 0.8, every: 3, sample: .empirical)
    default: break
    }
  }
}

@Suite struct OptimizerTests {
  static let names = [
    "sgd", "momentum", "adam", "adamw", "adam, decay", "sgd, decay", "nesterov", "cosine", "warm cosine",
    "step decay", "clip", "smoothing", "weights", "smoothing and weights", "kfac", "kfac, rare",
  ]

  private func start(_ reference: Reference) throws -> Model {
    let start = try zip(reference.start, reference.shapes).map { try Tensor($0, shape: Shape($1)) }
    let layers: [any Layer] = [
      try Dense(inputs: 4, outputs: 5), Activation.relu, try Dense(inputs: 5, outputs: 3),
    ]
    let names = ["weight", "bias"]
    return try Model(
      layers: layers, inputShape: [4],
      parameters: [
        zip(names, start[..<2]).map { Parameter(name: $0, value: $1) }, [],
        zip(names, start[2...]).map { Parameter(name: $0, value: $1) },
      ])
  }

  @Test(arguments: names) func agreesWithTheReference(_ name: String) throws {
    let reference = try #require(Reference.loaded)
    let expected = try #require(reference.results[name])
    let recipe = try Recipe(name, steps: reference.steps)
    let result = try Training.fit(
      start(reference), x: Tensor(reference.x, shape: [12, 4]), y: Tensor(reference.y),
      options: TrainingOptions(
        loss: recipe.loss, optimizer: recipe.optimizer, epochs: reference.steps, batch: 12, shuffles: false,
        clip: recipe.clip),
      stream: RandomStream(key: RandomKey(seed: 1)))
    let tolerance = name.hasPrefix("kfac") ? 1e-4 : 5e-6
    for (report, loss) in zip(result.log, expected.losses) { #expect(abs(report.loss - loss) < tolerance) }
    for (parameter, values) in zip(result.model.parameters, expected.parameters) {
      let gap = zip(try parameter.doubles(), values).map { abs($0 - $1) }.max() ?? .infinity
      #expect(gap < tolerance)
    }
  }

  /// On one row, G of the sampled Fisher information tends to diag(p) − p pᵀ, whatever the label.
  @Test func sampledCurvatureIsTheFishers() throws {
    let model = try Model(
      layers: [Dense(inputs: 1, outputs: 3)], inputShape: [1],
      parameters: [
        [
          Parameter(name: "weight", value: try Tensor.zeros([1, 3], .f32)),
          Parameter(name: "bias", value: try Tensor([Float(0.5), 0, -1])),
        ]
      ])
    let rows = 4000
    let options = TrainingOptions(
      loss: CrossEntropy(), optimizer: try KroneckerFactors(schedule: .constant(0), decay: 0), epochs: 1,
      batch: rows, shuffles: false)
    let loop = try TrainingLoop(
      model, x: Tensor.ones([rows, 1], .f32), y: Tensor([Int](repeating: 2, count: rows)), options: options)
    _ = try loop.step(
      rows: Array(0..<rows)[...], at: TrainingMoment(step: 1, total: 1),
      stream: RandomStream(key: RandomKey(seed: 3)))
    let g = try loop.slots()[3].doubles()
    let p = try Tensor([0.5, 0, -1.0]).softmax().doubles()
    for i in 0..<3 {
      for j in 0..<3 {
        let wanted = (i == j ? p[i] : 0) - p[i] * p[j]
        #expect(abs(g[i * 3 + j] - wanted) < 0.03, "\(i), \(j)")
      }
    }
    // Its mean gradient is not that of the labels: the labels are all 2.
    #expect(try loop.parameters()[1].doubles()[0] == 0.5)
  }

  @Test func kfacLeavesLayersOfSequencesToTheGradient() throws {
    let stream = RandomStream(key: RandomKey(seed: 5))
    let block = try TransformerBlock(width: 4, heads: 2, hidden: 8)
    let model = try Model.transformer(
      input: .width(3), length: 5, classes: 2, blocks: 1, block: block, stream: stream)
    let x = try stream.normal([12, 5, 3], dtype: .f32)
    let options = TrainingOptions(
      loss: CrossEntropy(), optimizer: try KroneckerFactors(schedule: .constant(0.02), every: 2), epochs: 6,
      batch: 12)
    let result = try Training.fit(
      model, x: x, y: Tensor((0..<12).map { $0 % 2 }), options: options, stream: stream)
    #expect(try #require(result.log.last).loss < (try #require(result.log.first)).loss)
  }

  @Test func schedulesKeepTheirShape() {
    let cosine = LearningRate.cosine(peak: 1, floor: 0.2, steps: 10)
    #expect(cosine.rate(at: TrainingMoment(step: 1, total: 99)) == 1)
    #expect(abs(cosine.rate(at: TrainingMoment(step: 6, total: 99)) - 0.6) < 1e-12)
    #expect(cosine.rate(at: TrainingMoment(step: 50, total: 99)) == 0.2)
    let warm = LearningRate.warmup(steps: 4, then: .constant(2))
    #expect((1...5).map { warm.rate(at: TrainingMoment(step: $0, total: 9)) } == [0.5, 1, 1.5, 2, 2])
    #expect(throws: NumericsError.self) { try LearningRate.warmup(steps: 0, then: .constant(1)).checked() }
    #expect(throws: NumericsError.self) {
      try LearningRate.cosine(peak: .nan, floor: 0, steps: nil).checked()
    }
  }
}
