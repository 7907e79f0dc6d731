import TLXFigures
import TLXLearning
import TLXNumerics
import TLXRuntime

/// A data set as a value of the language. Its items are its rows as records {x, y}; slices are data sets.
final class DataSetObject: LanguageObject {
  let data: DataSet

  init(_ data: DataSet) { self.data = data }

  var kindName: String { "data set" }

  var fieldNames: [String] {
    ["name", "x", "y", "classes"] + (data.imageShape == nil ? [] : ["images"])
      + (data.features.isEmpty ? [] : ["features"]) + ["len", "origin", "licence"]
  }

  func field(_ name: String) throws -> Value? {
    switch name {
    case "name": .string(data.name)
    case "x": .tensor(data.x)
    case "y": .tensor(data.y)
    case "classes": .list(data.classes.map { .string($0) })
    case "images": try data.images().map { .tensor($0) }
    case "features": data.features.isEmpty ? nil : .list(data.features.map { .string($0) })
    case "len": .int(data.count)
    case "origin": .string(data.origin)
    case "licence": .string(data.licence)
    default: nil
    }
  }

  var items: ObjectItems? {
    ObjectItems(count: data.count) { [data] row in
      let one = try data.rows([row])
      return .record(
        Record([
          ("x", .tensor(try one.x.reshape([one.x.shape[1]]))), ("y", .int(try one.labels().first ?? 0)),
        ]))
    }
  }

  var itemCount: Int? { data.count }

  /// The first images, where its rows are images.
  var picture: (any Picture)? {
    let count = min(12, data.count)
    guard let image = data.imageShape, count > 0, let some = try? data.rows(Array(0..<count)),
      let values = try? some.x.doubles(), let labels = try? some.labels()
    else { return nil }
    let captions = labels.map { data.classes.indices.contains($0) ? data.classes[$0] : "\($0)" }
    return FigurePicture(
      figure: Figure(
        content: .images(
          ImageGrid(height: image.height, width: image.width, values: values, captions: captions))))
  }

  func stored() throws -> StoredObject? {
    let image = data.imageShape.map { Value.list([.int($0.height), .int($0.width)]) }
    return StoredObject(
      kind: "data set",
      contents: .record(
        Record([
          ("name", .string(data.name)), ("x", .tensor(data.x)), ("y", .tensor(data.y)),
          ("classes", .list(data.classes.map { .string($0) })), ("image", image ?? .null),
          ("features", .list(data.features.map { .string($0) })), ("origin", .string(data.origin)),
          ("licence", .string(data.licence)),
        ])))
  }

  static let reader: ObjectReader = { value, _ in
    var data = try DataSet(
      name: value.storedField("name").storedText(), x: value.storedField("x").storedTensor(),
      y: value.storedField("y").storedTensor(), classes: value.storedField("classes").storedTexts())
    if case .list(let sizes) = try value.storedField("image"), sizes.count == 2,
      case .int(let height) = sizes[0], case .int(let width) = sizes[1]
    {
      data.imageShape = DataSet.ImageShape(height: height, width: width)
    }
    data.features = try value.storedField("features").storedTexts()
    data.origin = try value.storedField("origin").storedText()
    data.licence = try value.storedField("licence").storedText()
    return DataSetObject(data)
  }

  func selecting(_ rows: [Int]) throws -> Value? { .object(DataSetObject(try data.rows(rows))) }

  func summary(width: Int) -> String {
    var lines = ["data set \(data.name): \(grouped(data.count)) \(rowText), \(data.classes.count) classes"]
    lines += wrapped(classText, to: max(width, 20))
    if !data.origin.isEmpty {
      lines += wrapped([data.origin + (data.licence.isEmpty ? "" : "; \(data.licence)")], to: max(width, 20))
    }
    return lines.joined(separator: "\n")
  }

  private var rowText: String {
    if let image = data.imageShape { return "images of \(image.height)×\(image.width)" }
    return "rows of \(data.x.shape[1]) features"
  }

  /// Names with counts; where the counts are equal, once.
  private var classText: [String] {
    guard let counts = try? data.classCounts(), let first = counts.first else { return [] }
    if counts.allSatisfy({ $0 == first }) {
      return ["\(grouped(first)) each of"] + Self.separated(data.classes)
    }
    return Self.separated(zip(data.classes, counts).map { "\($0) ×\(grouped($1))" })
  }

  private static func separated(_ words: [String]) -> [String] {
    words.enumerated().map { $1 + ($0 + 1 < words.count ? "," : "") }
  }

  /// Words on as many indented lines as they need.
  private func wrapped(_ parts: [String], to width: Int) -> [String] {
    var lines: [String] = []
    var line = " "
    for word in parts.flatMap({ $0.split(separator: " ") }) {
      if line.count + 1 + word.count > width && line.count > 1 {
        lines.append(line)
        line = " "
      }
      line += " " + word
    }
    return line.count > 1 ? lines + [line] : lines
  }
}

extension Arguments {
  func dataSet(_ name: String) throws -> DataSet {
    try object(name, as: DataSetObject.self, kind: "data set").data
  }
}
