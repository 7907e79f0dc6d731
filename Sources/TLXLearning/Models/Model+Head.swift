import TLXNumerics

extension Model {
  /// The model with a fresh head for `classes` classes: what transfer starts from. Throws E0415 if its last layer with
  /// parameters is no head.
  public func replacingHead(classes: Int, stream: RandomStream) throws -> Model {
    guard let position = headPosition, let old = layers[position] as? any HeadLayer else {
      throw NumericsError("E0415", "the model's last layer is no head that can be replaced")
    }
    let head = try old.resized(outputs: classes)
    var layers = layers
    layers[position] = head
    var parameters = parametersByLayer
    parameters[position] = try head.makeParameters(stream: stream, followedBy: nil)
    return try Model(layers: layers, inputShape: inputShape, parameters: parameters)
      .declaringCompatible(with: compatibleSpaces)
  }

  /// The head alone, as a model over features.
  public func headModel() throws -> Model {
    guard let position = headPosition, let head = layers[position] as? Dense else {
      throw NumericsError("E0415", "the model's last layer is not dense")
    }
    return try Model(layers: [head], inputShape: [head.inputs], parameters: [parametersByLayer[position]])
  }

  /// The model with the parameters of `head` (a model over its features) in the place of its own head's.
  public func replacingHead(with head: Model) throws -> Model {
    guard let position = headPosition else { throw NumericsError("E0415", "the model has no head") }
    var layers = layers
    var parameters = parametersByLayer
    layers[position] = head.layers[0]
    parameters[position] = head.parametersByLayer[0]
    return try Model(layers: layers, inputShape: inputShape, parameters: parameters)
      .declaringCompatible(with: compatibleSpaces)
  }

  /// The layer that scores the classes, with its parameters.
  public var head: (layer: any Layer, parameters: [Tensor])? {
    headPosition.map { (layers[$0], Array(parameters[parameterRanges[$0]])) }
  }

  public var parametersByLayer: [[Parameter]] {
    parameterRanges.map { range in
      range.map { position in
        let name = parameterNames[position]
        let plain = name.split(separator: ".", maxSplits: 1).last.map(String.init) ?? name
        return Parameter(name: plain, value: parameters[position], isTrained: isTrained[position])
      }
    }
  }
}
