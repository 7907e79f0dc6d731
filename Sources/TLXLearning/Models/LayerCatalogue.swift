import TLXNumerics

/// Makes layers from what files say of them. A new layer is added here once.
enum LayerCatalogue {
  static func makeLayer(kind: String, configuration: [String: Int]) throws -> any Layer {
    if let activation = Activation(rawValue: kind) { return activation }
    switch kind {
    case "dense":
      guard let inputs = configuration["inputs"], let outputs = configuration["outputs"] else {
        throw NumericsError("E0616", "a dense layer in a model file lacks its sizes")
      }
      return try Dense(inputs: inputs, outputs: outputs)
    case "cosine":
      guard let inputs = configuration["inputs"], let outputs = configuration["outputs"],
        let scale = configuration["scale"]
      else { throw NumericsError("E0616", "a cosine head in a model file lacks its sizes") }
      return try CosineHead(inputs: inputs, outputs: outputs, scale: scale)
    case "flatten": return Flatten()
    default:
      throw NumericsError(
        "E0616", "the model file has a layer “\(kind)” that this version does not know",
        help: "it may have been written by a newer version")
    }
  }
}
