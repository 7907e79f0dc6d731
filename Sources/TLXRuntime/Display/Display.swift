import TLXNumerics

/// Values as text. There are two renderings: the *canonical* one on one line, which `print`, `{x}` and `#=>` use, and
/// the *shown* one, which wraps to a terminal's width. Where the canonical text fits, they are the same (tables and
/// objects have several lines in both).
///
/// Whole floats print without a point; single floats print shortest-exact, tensors with 6 significant digits.
public enum Display {
  /// Significant digits of tensors and table columns unless something else is asked for.
  static let standardDigits = 6

  /// What `print(value)` and `{value}` write: strings bare, the rest as `canonical`.
  public static func text(of value: Value) -> String {
    if case .string(let text) = value { return text }
    return canonical(value)
  }

  /// What `#=>` compares with.
  public static func canonical(_ value: Value, digits: Int? = nil) -> String {
    switch value {
    case .table(let table): TableText(table, width: .max, digits: digits, limit: .max).text
    case .object(let labelled as Labelled): labelledText(labelled, width: .max, digits: digits, limit: .max)
    case .object(let object): object.summary(width: 100)
    default: inline(value, digits: digits)
    }
  }

  /// What showing a value prints in `width` columns, without a newline at the end.
  public static func show(_ value: Value, width: Int, digits: Int? = nil) -> String {
    switch value {
    case .table(let table): TableText(table, width: width, digits: digits).text
    case .object(let labelled as Labelled): labelledText(labelled, width: width, digits: digits)
    case .object(let object): object.summary(width: width)
    default: Layout(width: max(width, 20), digits: digits).lines(value).joined(separator: "\n")
    }
  }

  /// On one line, whatever the kind: how values stand inside others.
  static func inline(_ value: Value, digits: Int? = nil) -> String {
    switch value {
    case .null: return "nil"
    case .bool(let flag): return flag ? "true" : "false"
    case .int(let number): return String(number)
    case .float(let number): return self.number(number, digits)
    case .string(let text): return quoted(text)
    case .tensor(let tensor): return inline(tensor, digits: digits)
    case .list(let items): return list(items.map { inline($0, digits: digits) })
    case .record(let record):
      return "{"
        + zip(record.names, record.values).map { fieldName($0) + ": " + inline($1, digits: digits) }
        .joined(separator: ", ") + "}"
    case .table(let table):
      let rows = table.rowCount == 1 ? "1 row" : "\(table.rowCount) rows"
      return "<table of \(rows): \(table.names.joined(separator: ", "))>"
    case .function(let function): return "<fn \(nameless(function.signature))>"
    case .range(let range): return self.range(range)
    case .object(let labelled as Labelled):
      return "{"
        + zip(labelled.names, TensorText.elements(labelled.tensor, digits: digits ?? standardDigits))
        .map { fieldName($0) + ": " + $1 }.joined(separator: ", ") + "}"
    case .object(let object):
      let summary = object.summary(width: 100)
      guard let end = summary.firstIndex(of: "\n") else { return summary }
      return "<" + summary[..<end] + ">"
    }
  }

  /// A function without a name shows its parameters alone: `(x, y)`.
  private static func nameless(_ signature: String) -> String {
    let mark = "<lambda>"
    return signature.hasPrefix(mark) ? String(signature.dropFirst(mark.count)) : signature
  }

  static func number(_ number: Double, _ digits: Int?) -> String {
    digits.map { Number.compact(number, digits: $0) } ?? Number.exact(number)
  }

  private static func inline(_ tensor: Tensor, digits: Int?) -> String {
    if tensor.rank == 0, digits == nil, let scalar = try? Operations.settle(.tensor(tensor)) {
      if case .tensor(let tensor) = scalar, tensor.dtype == .f32, tensor.isPlain,
        let number = try? tensor.elements(of: Float.self)[0]
      {
        return Number.exact(number)
      }
      if case .tensor = scalar {} else { return inline(scalar) }
    }
    return TensorText(tensor, digits: digits ?? standardDigits).inline
  }

  static func list(_ parts: [String]) -> String {
    parts.count == 1 ? "(\(parts[0]),)" : "(" + parts.joined(separator: ", ") + ")"
  }

  private static func range(_ range: IntegerRange) -> String {
    if range.step != 1 { return "range(\(range.start), \(range.stop), \(range.step))" }
    return range.start == 0 ? "range(\(range.stop))" : "range(\(range.start), \(range.stop))"
  }

  /// A name as it may stand before a colon: bare if it is one, else quoted.
  static func fieldName(_ name: String) -> String {
    let isPlain =
      !name.isEmpty && !(name.first?.isNumber ?? false)
      && name.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" }
    return isPlain ? name : quoted(name)
  }

  public static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      case "\r": result += "\\r"
      case "\0"..<" ", "\u{7F}": result += "\\u{\(String(scalar.value, radix: 16))}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }

  // MARK: Labelled values

  static func labelled(_ labelled: Labelled, width: Int, digits: Int?) -> String {
    labelledText(labelled, width: width, digits: digits)
  }

  /// A row for each label: name, two blanks, number aligned on its point.
  private static func labelledText(_ labelled: Labelled, width: Int, digits: Int?, limit: Int = 40) -> String
  {
    let count = labelled.names.count
    let rows = Abridgement(count: count, limit: limit, edge: 15)
    guard let chosen = try? Operations.elements(of: labelled.tensor, at: rows.positions) else { return "" }
    let numbers = PointAlignment.aligned(TensorText.elements(chosen, digits: digits ?? standardDigits))
    let names = rows.positions.map { labelled.names[$0] }
    let room = width == .max ? Int.max : max(8, width - 2 - (numbers.first.map(TextWidth.columns) ?? 0))
    let nameWidth = min(room, names.map(TextWidth.columns).max() ?? 0)
    var lines = zip(names, numbers).map { name, number in
      TextWidth.padded(TextWidth.cut(name, to: nameWidth), to: nameWidth) + "  " + number
    }.map(withoutTrailingBlanks)
    if let gap = rows.gap {
      lines.insert("…", at: gap)
      lines.append("\(count) labels")
    }
    return lines.joined(separator: "\n")
  }

  static func withoutTrailingBlanks(_ line: String) -> String {
    var bytes = line.utf8[...]
    while bytes.last == UInt8(ascii: " ") { bytes = bytes.dropLast() }
    return String(Substring(bytes))
  }
}

/// Which of many rows are shown: all, or as many from both ends.
struct Abridgement {
  var positions: [Int]
  /// Where in `positions` the `…` goes.
  var gap: Int?

  init(count: Int, limit: Int, edge: Int) {
    if count <= limit || count <= 2 * edge {
      positions = Array(0..<count)
      gap = nil
    } else {
      positions = Array(0..<edge) + Array((count - edge)..<count)
      gap = edge
    }
  }
}

/// Numbers one below the other with their points in one column.
enum PointAlignment {
  static func aligned(_ texts: [String]) -> [String] {
    let parts = texts.map(split)
    let before = parts.map(\.0.count).max() ?? 0
    let after = parts.map(\.1.count).max() ?? 0
    return parts.map { head, tail in
      String(repeating: " ", count: before - head.count) + head + tail
        + String(repeating: " ", count: after - tail.count)
    }
  }

  /// The digits before the point, and the rest with the point or exponent.
  private static func split(_ text: String) -> (String, String) {
    guard let mark = text.firstIndex(where: { $0 == "." || $0 == "e" }) else { return (text, "") }
    // A word with an e in it (`true`, `false`, `…`) is not a number with an exponent.
    guard text.first?.isNumber == true || text.first == "-" && text.dropFirst().first?.isNumber == true else {
      return (text, "")
    }
    return (String(text[..<mark]), String(text[mark...]))
  }
}
