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

@Suite struct OptimizerTests {
  @Test(arguments: ["sgd", "momentum", "adam"]) func agreesWithPyTorch(_ name: String) throws {
    let reference = try #require(Reference.loaded)
    let expected = try #require(reference.results[name])
    let optimizer: any Optimizer =
      switch name {
      case "sgd": try GradientDescent(rate: 0.5)
      case "momentum": try GradientDescent(rate: 0.1, momentum: 0.9)
      default: try Adam(rate: 0.01)
      }
    let start = try zip(reference.start, reference.shapes).map { try Tensor($0, shape: Shape($1)) }
    let layers: [any Layer] = [
      try Dense(inputs: 4, outputs: 5), Activation.relu, try Dense(inputs: 5, outputs: 3),
    ]
    let names = ["weight", "bias"]
    let model = try Model(
      layers: layers, inputShape: [4],
      parameters: [
        zip(names, start[..<2]).map { Parameter(name: $0, value: $1) }, [],
        zip(names, start[2...]).map { Parameter(name: $0, value: $1) },
      ])
    let result = try Training.fit(
      model, x: Tensor(reference.x, shape: [12, 4]), y: Tensor(reference.y),
      options: TrainingOptions(
        loss: CrossEntropy(), optimizer: optimizer, epochs: reference.steps, batch: 12, shuffles: false),
      stream: RandomStream(key: RandomKey(seed: 1)))
    for (report, loss) in zip(result.log, expected.losses) { #expect(abs(report.loss - loss) < 2e-6) }
    for (parameter, values) in zip(result.model.parameters, expected.parameters) {
      let gap = zip(try parameter.doubles(), values).map { abs($0 - $1) }.max() ?? .infinity
      #expect(gap < 5e-6)
    }
  }
}
