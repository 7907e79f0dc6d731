import TLXLearning
import TLXNumerics
import TLXRuntime
import TLXUpdate

/// Embeddings as a value of the language: in arithmetic they are their vectors (and the result is a plain tensor, which
/// no longer says where it comes from); rows of them are embeddings.
final class EmbeddingsObject: LanguageObject {
  let embeddings: Embeddings

  init(_ embeddings: Embeddings) { self.embeddings = embeddings }

  var kindName: String { "embeddings" }
  var tensorValue: Tensor? { embeddings.vectors }
  var fieldNames: [String] { ["vectors", "labels", "space", "compatible", "items", "width", "len"] }

  func field(_ name: String) throws -> Value? {
    switch name {
    case "vectors": .tensor(embeddings.vectors)
    case "labels": try embeddings.labels.map { .tensor(try Tensor($0)) } ?? .null
    case "space": .string(embeddings.space)
    case "compatible": .list(embeddings.compatibleSpaces.map { .string($0) })
    case "items": embeddings.items.map { .string($0) } ?? .null
    case "width": .int(embeddings.width)
    case "len": .int(embeddings.count)
    default: nil
    }
  }

  func selecting(_ rows: [Int]) throws -> Value? { .object(EmbeddingsObject(try embeddings.selecting(rows))) }

  func summary(width: Int) -> String {
    let labels = embeddings.labels == nil ? ", no labels" : ""
    let fit =
      embeddings.compatibleSpaces.isEmpty
      ? "" : ", fits \(embeddings.compatibleSpaces.map { String($0.prefix(8)) }.joined(separator: ", "))"
    return "\(grouped(embeddings.count)) embeddings of width \(embeddings.width) by \(embeddings.origin) "
      + "(space \(embeddings.space.prefix(8))\(fit))\(labels)"
  }
}

extension Arguments {
  /// Embeddings. E0430 for a plain tensor: where it comes from is not known.
  func embeddings(_ name: String) throws -> Embeddings {
    if case .object(let object as EmbeddingsObject) = value(name) { return object.embeddings }
    if let tensor = try? Arguments.tensor(from: value(name)), tensor.rank > 0 {
      throw failure(
        name, "E0430",
        "\(name) is \(tensor.typeDescription) without a stamp: which model's space it lives in is not known",
        help:
          "embed(model, x) stamps it; for vectors from elsewhere write embeddings(x, space=\"name\", labels=y)"
      )
    }
    throw failure(name, mustBe: "embeddings", help: "embed(model, data) makes them")
  }

  /// Rows, with labels where they come along: a data set, `{x, y}`, `{x}`, or a tensor.
  func rowsWithLabels(_ name: String) throws -> (x: Tensor, y: [Int]?) {
    let fields: (Value?, Value?)
    switch value(name) {
    case .record(let record): fields = (record["x"], record["y"])
    case .object(let object) where object.tensorValue == nil:
      fields = (try object.field("x"), try object.field("y"))
    default: fields = (value(name), nil)
    }
    guard let x = try fields.0.flatMap(Arguments.tensor(from:)), x.rank >= 1 else {
      throw failure(name, mustBe: "rows f32[n, d], a data set, or a record {x, y}")
    }
    guard let y = try fields.1.flatMap(Arguments.tensor(from:)) else { return (x, nil) }
    return (x, try labels(y, name))
  }

  /// Whole numbers, one a row.
  func labels(_ y: Tensor, _ name: String) throws -> [Int] {
    guard y.rank == 1, y.dtype != .bool else {
      throw failure(name, "E0404", "labels are whole numbers i64[n], not \(y.typeDescription)")
    }
    if y.dtype == .i64 { return try y.elements(of: Int.self) }
    return try y.doubles().enumerated().map { row, value in
      guard let label = Int(exactly: value) else {
        throw failure(name, "E0404", "label \(value) in row \(row) is no whole number")
      }
      return label
    }
  }

  func optionalLabels(_ name: String) throws -> [Int]? {
    try optionalTensor(name).map { try labels($0, name) }
  }

  /// `similarity=`, `same=`, `compatible=` and what else the call has of a retrieval's settings.
  func retrievalSettings() throws -> Retrieval.Settings {
    var settings = Retrieval.Settings()
    settings.similarity = Similarity(rawValue: try string("similarity")) ?? .cosine
    if parameter("same") != nil { settings.excludesSelf = try optionalBool("same") }
    if parameter("compatible") != nil { settings.isDeclaredCompatible = try bool("compatible") }
    return settings
  }
}

extension Builtin.Parameter {
  static let queryEmbeddings: Self = .positional("query", "embeddings[n, d]", "what searches")
  static let galleryEmbeddings: Self = .positional("gallery", "embeddings[m, d]", "what is searched")
  static let similarity: Self = .option(
    "similarity", "string", "what makes two embeddings near", default: "\"cosine\"",
    choices: ["cosine", "l2"])
  static let same: Self = .option(
    "same", "bool", "whether query i and gallery row i are one item; known from the data if left out",
    default: "nil")
  static let compatible: Self = .option(
    "compatible", "bool", "say that the two spaces fit, whatever their stamps say", default: "false")
}
