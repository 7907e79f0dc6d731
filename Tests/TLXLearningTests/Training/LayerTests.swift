import Foundation
import Testing

@testable import TLXLearning
@testable import TLXNumerics

/// What small models of each layer give, as PyTorch computes it (`Scripts/fixtures/layers.py`).
private struct Reference: Decodable, Sendable {
  struct Case: Decodable, Sendable {
    var x: [Double]
    var shape: [Int]
    var start: [[Float]]
    var logits: [Double]
    var training_logits: [Double]
    var gradients: [[Double]]
    var losses: [Double]
    var end: [[Double]]
    var end_logits: [Double]
  }

  var labels: [Int]
  var rate: Double
  var momentum: Double
  var cases: [String: Case]

  static let loaded: Reference? = {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    guard let data = try? Data(contentsOf: folder.appendingPathComponent("Fixtures/layers.json")) else {
      return nil
    }
    return try? JSONDecoder().decode(Reference.self, from: data)
  }()
}

private func stream(_ seed: UInt64) -> RandomStream { RandomStream(key: RandomKey(seed: seed)) }

private func square(_ size: Int, stride: Int = 1, padding: Int = 0) throws -> Window {
  try Window(size: (size, size), stride: (stride, stride), padding: (padding, padding))
}

/// The layers of each case of the fixture.
private func layers(_ name: String) throws -> [any Layer] {
  func conv(_ inputs: Int, _ outputs: Int, _ window: Window) throws -> any Layer {
    try Convolution(inputs: inputs, outputs: outputs, window: window)
  }
  func dense(_ inputs: Int, _ outputs: Int) throws -> any Layer {
    try Dense(inputs: inputs, outputs: outputs)
  }
  func block(_ heads: Int, _ hidden: Int, _ isFirst: Bool, _ activation: Activation) throws -> any Layer {
    try TransformerBlock(
      width: 6, heads: heads, hidden: hidden, isNormFirst: isFirst, activation: activation)
  }
  switch name {
  case "convolution":
    return [
      try conv(2, 4, square(3, padding: 1)), Activation.relu, Pooling(.max, window: try square(2, stride: 2)),
      Flatten(), try dense(36, 3),
    ]
  case "strided convolution":
    return [
      try conv(2, 3, Window(size: (3, 2), stride: (2, 1), padding: (1, 0))), Activation.tanh,
      Pooling(.average, window: try square(2)), Flatten(), try dense(36, 3),
    ]
  case "overlapping pools":
    return [
      try conv(2, 4, square(3)), Pooling(.max, window: try square(3, stride: 2, padding: 1)),
      try BatchNormalization(width: 4), Activation.relu, MeanPooling(), try dense(4, 3),
    ]
  case "padded mean pool":
    return [
      Pooling(.average, window: try square(3, stride: 2, padding: 1)), try conv(2, 4, square(2)),
      Activation.gelu, MeanPooling(), try dense(4, 3),
    ]
  case "batch norm":
    return [try dense(4, 5), try BatchNormalization(width: 5), Activation.relu, try dense(5, 3)]
  case "layer norm":
    return [try dense(4, 5), try LayerNormalization(width: 5), Activation.softplus, try dense(5, 3)]
  case "embedding": return [try Embedding(count: 9, width: 4), MeanPooling(), try dense(4, 3)]
  case "attention", "causal attention":
    let isCausal = name != "attention"
    return [
      try Embedding(count: 9, width: 6),
      try Attention(width: 6, heads: isCausal ? 3 : 2, isCausal: isCausal), MeanPooling(), try dense(6, 3),
    ]
  case "transformer, norm before":
    return [
      try Embedding(count: 9, width: 6), try Positions(length: 5, width: 6), try block(2, 12, true, .gelu),
      try block(2, 12, true, .gelu), try LayerNormalization(width: 6), MeanPooling(), try dense(6, 3),
    ]
  default:
    return [
      try Embedding(count: 9, width: 6), try Positions(length: 5, width: 6), try block(3, 8, false, .relu),
      MeanPooling(), try dense(6, 3),
    ]
  }
}

private func gap(_ tensor: Tensor, _ values: [Double]) throws -> Double {
  let found = try tensor.doubles()
  guard found.count == values.count else { return .infinity }
  return zip(found, values).map { abs($0 - $1) / max(1, abs($1)) }.max() ?? 0
}

@Suite struct LayerTests {
  static let names = [
    "convolution", "strided convolution", "overlapping pools", "padded mean pool", "batch norm", "layer norm",
    "embedding", "attention", "causal attention", "transformer, norm before", "transformer, norm after",
  ]

  private func model(_ name: String, _ reference: Reference.Case) throws -> Model {
    let fresh = try Model(layers: layers(name), inputShape: Shape(reference.shape), stream: stream(1))
    let start = try zip(reference.start, fresh.parameters).map { try Tensor($0, shape: $1.shape) }
    return try fresh.replacing(parameters: start)
  }

  private func rows(_ reference: Reference.Case, _ count: Int) throws -> Tensor {
    let shape = Shape([count] + reference.shape)
    if reference.shape.count == 1, reference.x.allSatisfy({ $0 == $0.rounded() }) {
      return try Tensor(reference.x.map { Int($0) }, shape: shape)
    }
    return try Tensor(reference.x.map { Float($0) }, shape: shape)
  }

  @Test(arguments: names) func agreesWithPyTorch(_ name: String) throws {
    let reference = try #require(Reference.loaded)
    let expected = try #require(reference.cases[name])
    let model = try model(name, expected)
    let x = try rows(expected, reference.labels.count)
    let y = try Tensor(reference.labels)
    #expect(try gap(model.logits(x), expected.logits) < 2e-5)

    // One training pass: logits and gradients.
    let trained = model.isTrained.indices.filter { model.isTrained[$0] }
    let record = PassRecord()
    let (loss, gradients) = try Differentiation.gradient(
      of: { values in
        var parameters = model.parameters
        for (place, index) in trained.enumerated() { parameters[index] = values[place] }
        let logits = try model.logits(
          model.conforming(x), parameters: parameters, pass: ForwardPass(recordingTo: record))
        #expect(try gap(logits, expected.training_logits) < 2e-5)
        return try CrossEntropy.value(logits: logits, labels: y)
      }, at: model.trainedParameters)
    #expect(abs(try loss.doubles()[0] - expected.losses[0]) < 1e-5)
    #expect(gradients.count == expected.gradients.count)
    for (gradient, values) in zip(gradients, expected.gradients) { #expect(try gap(gradient, values) < 2e-5) }

    // Five steps.
    let result = try Training.fit(
      model, x: x, y: y,
      options: TrainingOptions(
        loss: CrossEntropy(),
        optimizer: GradientDescent(rate: reference.rate, momentum: reference.momentum),
        epochs: expected.losses.count, batch: x.shape[0], shuffles: false), stream: stream(2))
    for (report, loss) in zip(result.log, expected.losses) { #expect(abs(report.loss - loss) < 1e-5) }
    for (index, values) in expected.end.enumerated() {
      #expect(try gap(result.model.parameters[index], values) < 5e-5, "\(model.parameterNames[index])")
    }
    #expect(try gap(result.model.logits(x), expected.end_logits) < 1e-4)
  }

  @Test(arguments: names) func summaryCountsWhatIsTrained(_ name: String) throws {
    let reference = try #require(Reference.loaded)
    let expected = try #require(reference.cases[name])
    let model = try model(name, expected)
    let lines = try model.layerSummaries()
    #expect(lines.count == model.layers.count)
    #expect(lines.last?.output == [3])
    let trained = zip(model.isTrained, expected.start).filter(\.0).reduce(0) { $0 + $1.1.count }
    #expect(lines.reduce(0) { $0 + $1.parameterCount } == trained)
    #expect(model.parameterCount == trained)
  }

  /// State and settings come back from a file.
  @Test(arguments: names) func isReadAsItWasWritten(_ name: String) throws {
    let reference = try #require(Reference.loaded)
    let expected = try #require(reference.cases[name])
    let model = try model(name, expected)
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = FileName(folder.appendingPathComponent("m.safetensors").path)
    try ModelFile.write(model, to: file)
    let read = try #require(try ModelFile.model(in: Safetensors.read(file), file))
    #expect(read.parameterNames == model.parameterNames)
    #expect(read.isTrained == model.isTrained)
    #expect(read.layers.map(\.configuration) == model.layers.map(\.configuration))
    #expect(read.layers.map(\.settings) == model.layers.map(\.settings))
    let x = try rows(expected, reference.labels.count)
    #expect(try read.logits(x).elements(of: Float.self) == model.logits(x).elements(of: Float.self))
  }

  /// Central differences, in f64, through every layer's training pass, by inputs and parameters.
  @Test(arguments: names) func gradientsAgreeWithDifferences(_ name: String) throws {
    let reference = try #require(Reference.loaded)
    let expected = try #require(reference.cases[name])
    let model = try model(name, expected)
    let x = try rows(expected, reference.labels.count)
    let trained = model.isTrained.indices.filter { model.isTrained[$0] }
    let takesReals = x.dtype.isFloat
    let starts = try model.trainedParameters.map { try $0.cast(to: .f64) }
    func value(_ values: [Tensor]) throws -> Tensor {
      var parameters = try model.parameters.map { try $0.cast(to: .f64) }
      for (place, index) in trained.enumerated() { parameters[index] = values[place] }
      let input = takesReals ? values[values.count - 1] : x
      let logits = try model.logits(
        input, parameters: parameters, pass: ForwardPass(recordingTo: PassRecord()))
      return try (logits * (Tensor.arange(logits.count) + 2).cast(to: .f64).sin().reshape(logits.shape)).sum()
    }
    let inputs = takesReals ? try starts + [x.cast(to: .f64)] : starts
    #expect(try Differentiation.check(of: value, at: inputs) < 1e-5)
  }

  @Test func dropoutDropsInTrainingOnly() throws {
    let layer = try Dropout(rate: 0.25)
    let x = try Tensor.ones([200, 50], .f32)
    #expect(
      try layer.apply(x, parameters: [], pass: .inference).elements(of: Float.self).allSatisfy { $0 == 1 })
    let mask = try Noise(kind: .mask(dropping: 0.25), shape: x.shape).draw(stream(4))
    let record = PassRecord(noise: [mask])
    let dropped = try layer.apply(x, parameters: [], pass: ForwardPass(recordingTo: record)).doubles()
    #expect(record.requests == [Noise(kind: .mask(dropping: 0.25), shape: x.shape)])
    let kept = Double(Float(1 / 0.75))
    #expect(dropped.allSatisfy { $0 == 0 || $0 == kept })
    // 10,000 draws: five deviations of the share are 0.022.
    #expect(abs(Double(dropped.count { $0 == 0 }) / 10_000 - 0.25) < 0.022)
    #expect(throws: NumericsError.self) {
      try layer.apply(x, parameters: [], pass: ForwardPass(isTraining: true))
    }
  }

  /// Each step draws a mask of its own, the same for the same stream.
  @Test func dropoutDrawsFromTheStream() throws {
    let x = try stream(5).normal([40, 6], dtype: .f32)
    let y = try Tensor((0..<40).map { $0 % 2 })
    let model = try Model(
      layers: [
        Dense(inputs: 6, outputs: 16), Activation.relu, Dropout(rate: 0.5), Dense(inputs: 16, outputs: 2),
      ], inputShape: [6], stream: stream(1))
    func losses(_ seed: UInt64) throws -> [Double] {
      // The parameters do not move: what changes from step to step is the mask.
      let options = TrainingOptions(
        loss: CrossEntropy(), optimizer: try GradientDescent(rate: 0), epochs: 4, batch: 40, shuffles: false)
      return try Training.fit(model, x: x, y: y, options: options, stream: stream(seed)).log.map(\.loss)
    }
    let first = try losses(7)
    #expect(Set(first).count == 4)
    #expect(try losses(7) == first)
    #expect(try losses(8) != first)
  }

  /// A last batch of one row has no variance: the running statistics stand in.
  @Test func batchNormTakesASingleRow() throws {
    let x = try stream(5).normal([5, 3], dtype: .f32)
    let model = try Model(
      layers: [BatchNormalization(width: 3), Dense(inputs: 3, outputs: 2)], inputShape: [3],
      stream: stream(1))
    let options = TrainingOptions(
      loss: CrossEntropy(), optimizer: try GradientDescent(rate: 0.1), epochs: 3, batch: 4)
    let result = try Training.fit(
      model, x: x, y: Tensor([0, 1, 0, 1, 1]), options: options, stream: stream(2))
    #expect(result.log.allSatisfy { $0.loss.isFinite })
    #expect(try result.model.parameters[2].doubles() != [0, 0, 0])
  }

  @Test func refusesWhatDoesNotFit() throws {
    func code(_ body: () throws -> Void) -> String? {
      do { try body() } catch let error as NumericsError { return error.code } catch {}
      return nil
    }
    #expect(code { _ = try Window(size: (0, 3)) } == "E0415")
    #expect(code { _ = try square(5).count(height: 3, width: 9) } == "E0415")
    #expect(code { _ = try Tensor.zeros([1, 4, 4, 1]).maxPool(square(2, padding: 2)) } == "E0415")
    #expect(code { _ = try Tensor.zeros([4, 4]).convolve(Tensor.zeros([3, 3, 1, 1])) } == "E0401")
    #expect(code { _ = try Tensor.zeros([1, 4, 4, 2]).convolve(Tensor.zeros([3, 3, 1, 1])) } == "E0401")
    #expect(code { _ = try Dropout(rate: 1) } == "E0416")
    #expect(code { _ = try Dropout(rate: .nan) } == "E0416")
    #expect(code { _ = try Attention(width: 10, heads: 3) } == "E0415")
    #expect(code { _ = try Embedding(count: 0, width: 3) } == "E0415")
    #expect(code { _ = try LayerNormalization(width: 3).outputShape(for: [4]) } == "E0415")
    let words = try Model(
      layers: [Embedding(count: 5, width: 2), MeanPooling()], inputShape: [3], stream: stream(1))
    #expect(code { _ = try words.logits(Tensor([1.0, 2, 3], shape: [1, 3])) } == "E0404")
    #expect(code { try words.logits(Tensor([1, 2, 5], shape: [1, 3])).realize() } == "E0406")
    #expect(
      code {
        _ = try Model.convnet(
          input: [4, 4, 1], classes: 2, channels: [2, 2, 2], hidden: [], stream: stream(1))
      } == "E0415")
  }
}
