import TLXNumerics

extension Model {
  /// A convolutional network over images [h, w, c]: for each number of `channels` a convolution that keeps the size, ReLU and
  /// a max-pool of 2×2; then dense layers.
  ///
  /// - Parameters:
  ///   - size: the convolutions' windows, size×size with padding (size − 1) / 2.
  ///   - isNormalized: batch normalization between each convolution and its ReLU.
  ///   - dropout: before each dense layer, in training.
  /// - Throws: E0415 for sizes that do not fit.
  public static func convnet(
    input: Shape, classes: Int, channels: [Int], hidden: [Int], size: Int = 3, isNormalized: Bool = false,
    dropout: Double = 0, stream: RandomStream
  ) throws -> Model {
    guard input.rank == 3, !channels.isEmpty, size > 0, size % 2 == 1 else {
      throw NumericsError(
        "E0415",
        "a convnet needs images [height, width, channels], at least one number of channels and an odd window, not "
          + "\(input.listDescription), \(channels.count) and \(size)",
        help: "write convnet([28, 28], 10, channels=[32, 64])")
    }
    var layers: [any Layer] = []
    var shape = input
    for outputs in channels {
      let window = try Window(size: (size, size), padding: (size / 2, size / 2))
      layers.append(try Convolution(inputs: shape[2], outputs: outputs, window: window))
      if isNormalized { layers.append(try BatchNormalization(width: outputs)) }
      layers += [Activation.relu, Pooling(.max, window: try Window(size: (2, 2), stride: (2, 2)))]
      shape = [shape[0] / 2, shape[1] / 2, outputs]
      guard shape[0] > 0, shape[1] > 0 else {
        throw NumericsError(
          "E0415", "images of \(input[0])×\(input[1]) cannot be halved \(channels.count) times",
          help: "give fewer channels")
      }
    }
    layers.append(Flatten())
    var width = shape.elementCount
    for outputs in hidden + [classes] {
      if dropout > 0 { layers.append(try Dropout(rate: dropout)) }
      layers.append(try Dense(inputs: width, outputs: outputs))
      layers.append(Activation.relu)
      width = outputs
    }
    return try Model(layers: layers.dropLast(), inputShape: input, stream: stream)
  }

  /// What goes into a transformer: words as numbers below a count, or vectors.
  public enum SequenceInput: Sendable {
    case vocabulary(Int)
    case width(Int)
  }

  /// A transformer encoder that classifies sequences: an embedding of words (or a dense layer of vectors), learned positions,
  /// blocks, with the norm before them a last norm, the mean over the positions, and a dense head.
  public static func transformer(
    input: SequenceInput, length: Int, classes: Int, blocks: Int, block: TransformerBlock,
    stream: RandomStream
  ) throws -> Model {
    guard length > 0, blocks > 0 else {
      throw NumericsError(
        "E0415", "a transformer needs a positive length and number of layers, not \(length) and \(blocks)")
    }
    var layers: [any Layer] = []
    let inputShape: Shape
    switch input {
    case .vocabulary(let count):
      layers.append(try Embedding(count: count, width: block.width))
      inputShape = [length]
    case .width(let width):
      layers.append(try Dense(inputs: width, outputs: block.width))
      inputShape = [length, width]
    }
    layers.append(try Positions(length: length, width: block.width))
    layers += [any Layer](repeating: block, count: blocks)
    if block.isNormFirst { layers.append(try LayerNormalization(width: block.width)) }
    layers += [MeanPooling(), try Dense(inputs: block.width, outputs: classes)] as [any Layer]
    return try Model(layers: layers, inputShape: inputShape, stream: stream)
  }
}
