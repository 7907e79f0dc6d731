import TLXLearning
import TLXNumerics
import TLXRuntime

/// Values in files whose names say the format.
enum StoredValue {
  static func load(_ file: FileName) throws -> Value {
    switch file.format {
    case "csv", "tsv": return .table(try Table(CSV.read(file)))
    case "jsonl":
      let values = try JSONFile.readLines(file)
      if let frame = DataFrame(objects: values), !values.isEmpty { return .table(try Table(frame)) }
      return .list(try values.map(Value.init(json:)))
    case "json": return try Value(json: JSONFile.read(file))
    case "npy": return try Value(NumpyFile.read(file))
    case "npz": return .record(Record(try NumpyArchive.read(file).map { ($0.name, try Value($0.array)) }))
    case "safetensors":
      let contents = try Safetensors.read(file)
      if let model = try ModelFile.model(in: contents, file) { return .object(ModelObject(model)) }
      return .record(Record(contents.tensors.map { ($0.name, .tensor($0.tensor)) }))
    case "txt", "md": return .string(try FileContents.text(of: file))
    default:
      throw NumericsError(
        "E0615", "cannot tell the format of \(file.shown)",
        help: "load knows .csv .tsv .jsonl .json .npy .npz .safetensors .txt; read gives any file's text")
    }
  }

  static func save(_ value: Value, to file: FileName) throws {
    switch file.format {
    case "csv", "tsv": try CSV.write(DataFrame(columnsOf: value, for: file), to: file)
    case "jsonl": try JSONFile.writeLines(lines(of: value, file), to: file)
    case "json": try JSONFile.write(JSONValue(value, for: file), to: file)
    case "npy": try saveArray(value, to: file)
    case "npz": try NumpyArchive.write(arrays(of: value, file), to: file)
    case "safetensors":
      if case .object(let object as ModelObject) = value {
        return try ModelFile.write(object.model, to: file)
      }
      let tensors = try arrays(of: value, file).map { name, array -> (name: String, tensor: Tensor) in
        guard case .tensor(let tensor) = array else {
          throw unfit("the texts \(name)", file, help: ".npz holds texts too")
        }
        return (name, tensor)
      }
      try Safetensors.write(NamedTensors(tensors), to: file)
    default:
      guard case .string(let text) = value else {
        throw unfit(
          Value.withArticle(value.kindName), file,
          help: "save knows .csv .tsv .jsonl .json .npy .npz .safetensors, and any name for a string")
      }
      try AtomicFile.write(file) { try $0.write(text) }
    }
  }

  /// `cannot save a model as .csv (to m.csv)`
  static func unfit(_ what: String, _ file: FileName, help: String? = nil) -> NumericsError {
    let format = file.format.isEmpty ? "a file without a format" : "." + file.format
    return NumericsError("E0615", "cannot save \(what) as \(format) (to \(file.shown))", help: help)
  }

  private static func lines(of value: Value, _ file: FileName) throws -> [JSONValue] {
    guard case .array(let items) = try JSONValue(value, for: file) else {
      throw unfit(Value.withArticle(value.kindName), file, help: "a table or a list has lines")
    }
    return items
  }

  private static func saveArray(_ value: Value, to file: FileName) throws {
    guard let array = try StoredArray(value) else {
      throw unfit(Value.withArticle(value.kindName), file, help: help(for: value))
    }
    guard case .tensor(let tensor) = array else {
      throw unfit("texts", file, help: "save({texts: …}, \"a.npz\") holds them")
    }
    try NumpyFile.write(tensor, to: file)
  }

  private static func help(for value: Value) -> String? {
    switch value {
    case .table: "save it as .csv or .jsonl"
    case .record: "save it as .npz or .safetensors"
    case .object(is ModelObject): "save it as .safetensors"
    case .object(is DataSetObject): "save it as .npz"
    default: nil
    }
  }

  /// The arrays of a record, its nested names joined with dots.
  private static func arrays(of value: Value, _ file: FileName) throws -> [(name: String, array: StoredArray)]
  {
    switch value {
    case .object(let object as DataSetObject):
      let data = object.data
      return [
        ("x", .tensor(data.x)), ("y", .tensor(data.y)),
        ("classes", .strings(data.classes, shape: [data.classes.count])),
      ]
    case .record(let record):
      return try zip(record.names, record.values).flatMap { name, field in
        if case .record = field {
          return try arrays(of: field, file).map { ("\(name).\($0.name)", $0.array) }
        }
        guard let array = try StoredArray(field) else {
          throw unfit("\(name), \(field.kindDescription),", file, help: help(for: field))
        }
        return [(name: name, array: array)]
      }
    case .table(let table):
      return try arrays(of: .record(Record(Array(zip(table.names, table.columns)))), file)
    default:
      throw unfit(
        Value.withArticle(value.kindName), file, help: help(for: value) ?? "give it a name: save({x: …}, …)")
    }
  }
}

extension StoredArray {
  /// Numbers as a tensor, a list of strings as texts; nil for anything else.
  init?(_ value: Value) throws {
    if case .list(let items) = value, !items.isEmpty {
      let texts = items.compactMap { if case .string(let text) = $0 { text } else { nil } }
      if texts.count == items.count {
        self = .strings(texts, shape: [texts.count])
        return
      }
    }
    guard let tensor = try Arguments.tensor(from: value) else { return nil }
    self = .tensor(tensor)
  }
}

extension Value {
  /// A tensor, or a list of strings.
  init(_ array: StoredArray) throws {
    switch array {
    case .tensor(let tensor): self = try Operations.settle(.tensor(tensor))
    case .strings(let texts, _): self = .list(texts.map { .string($0) })
    }
  }
}
