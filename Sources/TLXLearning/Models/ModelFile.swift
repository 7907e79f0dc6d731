import TLXNumerics

/// Models as safetensors files: the parameters under their names, and in the metadata, under `tlx.model`, the layers as
/// JSON. Other tools read the tensors; TLX reads the whole model.
public enum ModelFile {
  private static let key = "tlx.model"
  private static let spacesKey = "tlx.compatible"

  /// Writes aside and renames, so that a file is whole or not there. E0615 for a layer that files cannot describe.
  public static func write(_ model: Model, to file: FileName) throws {
    if let odd = model.layers.first(where: { !$0.isStorable }) {
      throw NumericsError(
        "E0615",
        "cannot save a model with a \(odd.kind) layer to \(file.shown): a file cannot describe it",
        help: "save its parameters: save(params(model), \"\(file.lastPart)\"), and make it again from those")
    }
    try Safetensors.write(contents(of: model), to: file)
  }

  /// A model as named tensors; without its description where a layer is none that a file can hold.
  public static func contents(of model: Model) -> NamedTensors {
    let layers = model.layers.map { layer in
      JSONValue.object(
        [.init("kind", .string(layer.kind))]
          + layer.configuration.sorted { $0.key < $1.key }.map { .init($0.key, .int($0.value)) }
          + layer.settings.sorted { $0.key < $1.key }.map { .init($0.key, .float($0.value)) })
    }
    let document = JSONValue.object([
      .init("input", .array(model.inputShape.sizes.map(JSONValue.int))), .init("layers", .array(layers)),
    ])
    let tensors = zip(model.parameterNames, model.parameters).map { (name: $0, tensor: $1) }
    var metadata = [(name: "format", text: "tlx")]
    if model.layers.allSatisfy(\.isStorable) { metadata.append((name: key, text: document.text)) }
    if !model.compatibleSpaces.isEmpty {
      metadata.append((name: spacesKey, text: model.compatibleSpaces.joined(separator: " ")))
    }
    return NamedTensors(Array(tensors), metadata: metadata)
  }

  /// The model that a file's contents describe, or nil if they are plain tensors.
  /// Throws E0616 for a description that is malformed or does not fit the tensors.
  public static func model(in contents: NamedTensors, _ file: FileName) throws -> Model? {
    guard let text = contents.note(key) else { return nil }
    let bytes = Array(text.utf8)
    guard let document = try? bytes.withUnsafeBufferPointer({ try JSONParser.parse($0) }),
      case .array(let layerItems)? = document["layers"], case .array(let sizes)? = document["input"]
    else { throw malformed(file, "its description is not readable") }
    let layers = try layerItems.map { try layer($0, file) }
    let input = sizes.compactMap { if case .int(let size) = $0, size > 0 { size } else { nil } }
    guard input.count == sizes.count else { throw malformed(file, "its input shape is not readable") }
    var byLayer = [[Parameter]](repeating: [], count: layers.count)
    for (name, tensor) in contents.tensors where !name.hasPrefix(TrainingCheckpoint.prefix) {
      let parts = name.split(separator: ".", maxSplits: 1)
      guard parts.count == 2, let position = Int(parts[0]), byLayer.indices.contains(position) else {
        throw malformed(file, "tensor “\(name)” belongs to none of its \(layers.count) layers")
      }
      byLayer[position].append(Parameter(name: String(parts[1]), value: tensor))
    }
    let spaces = contents.note(spacesKey)?.split(separator: " ").map(String.init) ?? []
    return try assembled(layers, input: Shape(input), parameters: byLayer, file).declaringCompatible(
      with: spaces)
  }

  private static func layer(_ item: JSONValue, _ file: FileName) throws -> any Layer {
    guard case .object(let members) = item, case .string(let kind)? = item["kind"] else {
      throw malformed(file, "a layer has no kind")
    }
    var configuration: [String: Int] = [:]
    var settings: [String: Double] = [:]
    for member in members {
      if case .int(let number) = member.value { configuration[member.name] = number }
      if case .float(let number) = member.value { settings[member.name] = number }
    }
    return try LayerCatalogue.makeLayer(kind: kind, configuration: configuration, settings: settings)
  }

  /// Puts each layer's tensors into the layer's own order and checks their shapes against a fresh layer's.
  private static func assembled(
    _ layers: [any Layer], input: Shape, parameters: [[Parameter]], _ file: FileName
  ) throws -> Model {
    let stream = RandomStream(key: RandomKey(seed: 0))
    var ordered: [[Parameter]] = []
    for (position, layer) in layers.enumerated() {
      ordered.append(
        try layer.makeParameters(stream: stream, followedBy: nil).map { wanted in
          guard let found = parameters[position].first(where: { $0.name == wanted.name }),
            found.value.shape == wanted.value.shape
          else {
            throw malformed(file, "layer \(position) lacks \(wanted.name) \(wanted.value.typeDescription)")
          }
          return Parameter(
            name: wanted.name, value: try found.value.cast(to: .f32), isTrained: wanted.isTrained)
        })
    }
    return try Model(layers: layers, inputShape: input, parameters: ordered)
  }

  private static func malformed(_ file: FileName, _ what: String) -> NumericsError {
    NumericsError(
      "E0616", "\(file.lastPart) holds no model that can be read: \(what)",
      help: "it may be damaged, or written by another version")
  }
}
