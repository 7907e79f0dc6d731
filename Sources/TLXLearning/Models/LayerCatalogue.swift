import TLXNumerics

/// Makes layers from what files say of them. A new layer is added here once.
enum LayerCatalogue {
  static func makeLayer(kind: String, configuration: [String: Int], settings: [String: Double] = [:]) throws
    -> any Layer
  {
    if let activation = Activation(rawValue: kind) { return activation }
    func size(_ name: String) throws -> Int {
      guard let size = configuration[name] else { throw lacking(kind, name) }
      return size
    }
    func setting(_ name: String) throws -> Double {
      guard let setting = settings[name] ?? configuration[name].map(Double.init) else {
        throw lacking(kind, name)
      }
      return setting
    }
    func window() throws -> Window {
      guard let window = try Window(configuration: configuration) else { throw lacking(kind, "window") }
      return window
    }
    switch kind {
    case "dense": return try Dense(inputs: size("inputs"), outputs: size("outputs"))
    case "cosine":
      return try CosineHead(inputs: size("inputs"), outputs: size("outputs"), scale: size("scale"))
    case "flatten": return Flatten()
    case "conv2d":
      return try Convolution(inputs: size("inputs"), outputs: size("outputs"), window: window())
    case "max_pool": return Pooling(.max, window: try window())
    case "avg_pool": return Pooling(.average, window: try window())
    case "mean_pool": return MeanPooling()
    case "batch_norm":
      return try BatchNormalization(
        width: size("width"), momentum: setting("momentum"), epsilon: setting("eps"))
    case "layer_norm": return try LayerNormalization(width: size("width"), epsilon: setting("eps"))
    case "dropout": return try Dropout(rate: setting("rate"))
    case "embedding": return try Embedding(count: size("count"), width: size("width"))
    case "positions": return try Positions(length: size("length"), width: size("width"))
    case "attention":
      return try Attention(
        width: size("width"), heads: size("heads"), isCausal: size("causal") == 1,
        dropout: setting("dropout"))
    case "transformer":
      let number = try size("activation")
      guard Activation.allCases.indices.contains(number) else { throw lacking(kind, "activation") }
      return try TransformerBlock(
        width: size("width"), heads: size("heads"), hidden: size("hidden"), dropout: setting("dropout"),
        isNormFirst: size("norm_first") == 1, isCausal: size("causal") == 1,
        activation: Activation.allCases[number])
    default:
      throw NumericsError(
        "E0616", "the model file has a layer “\(kind)” that this version does not know",
        help: "it may have been written by a newer version")
    }
  }

  private static func lacking(_ kind: String, _ name: String) -> NumericsError {
    NumericsError("E0616", "a \(kind) layer in a model file lacks its \(name)")
  }
}
