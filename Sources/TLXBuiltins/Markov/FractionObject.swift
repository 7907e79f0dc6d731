import TLXMarkov
import TLXNumerics
import TLXRuntime

/// A fraction as a value: it calculates exactly with fractions and whole numbers, as a float with the rest.
final class FractionObject: LanguageObject {
  /// Nil is infinity.
  let value: Rational?

  init(_ value: Rational?) { self.value = value }

  var kindName: String { "fraction" }
  var text: String { value?.description ?? "inf" }
  var double: Double { value?.double ?? .infinity }
  var tensorValue: Tensor? { Tensor(double) }
  var fieldNames: [String] { ["value"] }
  func field(_ name: String) throws -> Value? { name == "value" ? .float(double) : nil }
  func summary(width: Int) -> String { text }

  func combine(_ operation: String, with other: Value, reversed: Bool) throws -> Value? {
    let second: Rational?
    switch other {
    case .int(let number): second = Rational(number)
    case .object(let object as FractionObject): second = object.value
    default: return nil
    }
    guard let own = value, let second else { return nil }
    let (a, b) = reversed ? (second, own) : (own, second)
    switch operation {
    case "+": return .object(FractionObject(a + b))
    case "-": return .object(FractionObject(a - b))
    case "*": return .object(FractionObject(a * b))
    case "/": return b.isZero ? nil : .object(FractionObject(a / b))
    default: return nil
    }
  }

  func equals(_ other: any LanguageObject) -> Bool { (other as? FractionObject)?.value == value }
}

/// Fractions under labels: `v["name"]`, `v.name`, `v[0]`; `.values` are the nearest floats.
final class FractionVector: LanguageObject {
  let names: [String]
  let values: [Rational?]

  init(names: [String], values: [Rational?]) {
    self.names = names
    self.values = values
  }

  var kindName: String { "vector of fractions" }
  var fieldNames: [String] { names + ["names", "values"] }

  func field(_ name: String) throws -> Value? {
    if let position = names.firstIndex(of: name) { return .object(FractionObject(values[position])) }
    switch name {
    case "names": return .list(names.map { .string($0) })
    case "values":
      return .object(try Labelled(names: names, tensor: Tensor(values.map { $0?.double ?? .infinity })))
    default: return nil
    }
  }

  var items: ObjectItems? {
    ObjectItems(count: values.count) { [values] in .object(FractionObject(values[$0])) }
  }

  func selecting(_ positions: [Int]) throws -> Value? {
    .object(FractionVector(names: positions.map { names[$0] }, values: positions.map { values[$0] }))
  }

  func equals(_ other: any LanguageObject) -> Bool {
    guard let other = other as? FractionVector else { return false }
    return other.names == names && other.values == values
  }

  func summary(width: Int) -> String {
    let texts = values.map { $0?.description ?? "inf" }
    let (left, right) = (names.map(\.count).max() ?? 0, texts.map(\.count).max() ?? 0)
    return zip(names, texts).map { name, text in
      name + String(repeating: " ", count: left - name.count + 2 + right - text.count) + text
    }.joined(separator: "\n")
  }
}

/// A matrix of fractions with labelled rows and columns: `m["row"]` is a labelled vector.
final class FractionMatrix: LanguageObject {
  let rowNames: [String]
  let columnNames: [String]
  let rows: [[Rational?]]

  init(rowNames: [String], columnNames: [String], rows: [[Rational?]]) {
    self.rowNames = rowNames
    self.columnNames = columnNames
    self.rows = rows
  }

  var kindName: String { "matrix of fractions" }
  var fieldNames: [String] { rowNames + ["values", "shape"] }

  private func row(_ position: Int) -> Value {
    .object(FractionVector(names: columnNames, values: rows[position]))
  }

  func field(_ name: String) throws -> Value? {
    if let position = rowNames.firstIndex(of: name) { return row(position) }
    switch name {
    case "values":
      return .tensor(
        try Tensor(rows.flatMap { $0.map { $0?.double ?? .infinity } }).reshape([
          rows.count, columnNames.count,
        ]))
    case "shape": return .list([.int(rows.count), .int(columnNames.count)])
    default: return nil
    }
  }

  var items: ObjectItems? { ObjectItems(count: rows.count) { self.row($0) } }

  func equals(_ other: any LanguageObject) -> Bool {
    guard let other = other as? FractionMatrix else { return false }
    return other.rowNames == rowNames && other.columnNames == columnNames && other.rows == rows
  }

  func summary(width: Int) -> String {
    let grid = [[""] + columnNames] + zip(rowNames, rows).map { [$0] + $1.map { $0?.description ?? "inf" } }
    let widths = grid[0].indices.map { column in grid.map { $0[column].count }.max() ?? 0 }
    return grid.map { line in
      let cells = line.enumerated().map { column, text in
        let pad = String(repeating: " ", count: widths[column] - text.count)
        return column == 0 ? text + pad : pad + text
      }
      return cells.joined(separator: "  ")
    }.joined(separator: "\n")
  }
}
