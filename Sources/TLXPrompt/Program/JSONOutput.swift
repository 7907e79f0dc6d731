import TLXLearning
import TLXNumerics
import TLXRuntime

/// `--json`: one JSON object on a line for each shown value, and for each printed text.
///
/// `{"kind": "tensor", "dtype": "f32", "shape": [2], "value": [1, 2]}`; text has the kind `text`. Numbers that JSON
/// does not know are the strings `"nan"`, `"inf"`, `"-inf"`.
final class JSONOutput: Output {
  let console: ConsoleOutput
  var width: Int { 80 }

  init(_ console: ConsoleOutput) { self.console = console }

  func write(_ text: String) {
    let line = text.hasSuffix("\n") ? String(text.dropLast()) : text
    console.write("{\"kind\": \"text\", \"value\": \(JSONValue.quoted(line))}\n")
  }

  func show(_ value: Value, digits: Int?) { console.write(JSONOutput.line(value) + "\n") }

  func progress(_ line: String?) {}

  static func line(_ value: Value) -> String {
    var fields = "{\"kind\": \(JSONValue.quoted(value.kindName))"
    if case .tensor(let tensor) = value {
      fields +=
        ", \"dtype\": \(JSONValue.quoted(tensor.dtype.name)), \"shape\": [\(list(tensor.shape.sizes.map(String.init)))]"
    }
    return fields + ", \"value\": \(encode(value))}"
  }

  static func encode(_ value: Value) -> String {
    switch value {
    case .null: return "null"
    case .bool(let flag): return flag ? "true" : "false"
    case .int(let number): return String(number)
    case .float(let number): return encode(number)
    case .string(let text): return JSONValue.quoted(text)
    case .tensor(let tensor): return encode(tensor)
    case .list(let items): return "[" + list(items.map(encode)) + "]"
    case .record(let record): return object(zip(record.names, record.values.map(encode)))
    case .table(let table): return object(zip(table.names, table.columns.map(encode)))
    case .function(let function): return JSONValue.quoted(function.signature)
    case .range(let range):
      return object([("start", "\(range.start)"), ("stop", "\(range.stop)"), ("step", "\(range.step)")])
    case .object(let labelled as Labelled):
      let numbers = (try? labelled.tensor.doubles()) ?? []
      return object(zip(labelled.names, numbers.map(encode)))
    case .object(let object):
      if let data = object.dataValue { return encode(data) }
      return JSONValue.quoted(object.summary(width: 100))
    }
  }

  private static func object(_ fields: some Sequence<(String, String)>) -> String {
    "{" + list(fields.map { JSONValue.quoted($0.0) + ": " + $0.1 }) + "}"
  }

  private static func list(_ parts: [String]) -> String { parts.joined(separator: ", ") }

  private static func encode(_ number: Double) -> String {
    if number.isNaN { return "\"nan\"" }
    if number.isInfinite { return number < 0 ? "\"-inf\"" : "\"inf\"" }
    if let whole = Int(exactly: number), abs(number) < 1e15 { return String(whole) }
    return number.description
  }

  private static func encode(_ tensor: Tensor) -> String {
    guard let leaves = try? leaves(of: tensor) else { return "null" }
    var next = leaves[...]
    func nested(_ sizes: ArraySlice<Int>) -> String {
      guard let size = sizes.first else { return next.popFirst() ?? "null" }
      return "[" + list((0..<size).map { _ in nested(sizes.dropFirst()) }) + "]"
    }
    return nested(tensor.shape.sizes[...])
  }

  private static func leaves(of tensor: Tensor) throws -> [String] {
    switch tensor.dtype {
    case .bool: try tensor.elements(of: Bool.self).map { $0 ? "true" : "false" }
    case .i64: try tensor.elements(of: Int.self).map { String($0) }
    // The shortest text that reads back as the same single-precision number.
    case .f32: try tensor.elements(of: Float.self).map { $0.isFinite ? encodeShort($0) : encode(Double($0)) }
    case .f64: try tensor.elements(of: Double.self).map(encode)
    }
  }

  private static func encodeShort(_ number: Float) -> String {
    if let whole = Int(exactly: number), abs(number) < 1e7 { return String(whole) }
    return number.description
  }
}
