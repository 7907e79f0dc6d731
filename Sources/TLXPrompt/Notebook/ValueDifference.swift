import TLXNumerics
import TLXRuntime

/// How two values differ, also where what is shown of them is the same: in digits or in rows that are left out.
enum ValueDifference {
  /// One line; nil where they are the same. Objects are compared by what they show, which the caller has seen.
  static func text(_ a: Value, _ b: Value) -> String? {
    switch (a, b) {
    case (.tensor(let a), .tensor(let b)): return text(a, b)
    case (.float(let a), .float(let b)):
      return a == b || (a.isNaN && b.isNaN) ? nil : "differ by \(short(abs(a - b)))"
    case (.list(let a), .list(let b)):
      guard a.count == b.count else { return "\(a.count) and \(b.count) items" }
      return first(zip(a, b).enumerated().map { ("item \($0)", $1.0, $1.1) })
    case (.record(let a), .record(let b)):
      guard a.names == b.names else { return "other fields" }
      return first(zip(a.names, zip(a.values, b.values)).map { ($0, $1.0, $1.1) })
    case (.table(let a), .table(let b)):
      guard a.names == b.names else { return "other columns" }
      guard a.rowCount == b.rowCount else { return "\(a.rowCount) and \(b.rowCount) rows" }
      return first(zip(a.names, zip(a.columns, b.columns)).map { ("column \($0)", $1.0, $1.1) })
    case (.object(let a as Labelled), .object(let b as Labelled)):
      return a.names == b.names ? text(a.tensor, b.tensor) : "other names"
    case (.object, .object), (.function, .function): return nil
    default: return Display.canonical(a) == Display.canonical(b) ? nil : "differ"
    }
  }

  private static func first(_ parts: [(name: String, a: Value, b: Value)]) -> String? {
    for part in parts {
      if let difference = text(part.a, part.b) { return "\(part.name): \(difference)" }
    }
    return nil
  }

  private static func text(_ a: Tensor, _ b: Tensor) -> String? {
    guard a.typeDescription == b.typeDescription else {
      return "\(a.typeDescription) and \(b.typeDescription)"
    }
    guard let left = try? a.doubles(), let right = try? b.doubles() else { return "cannot be read" }
    var count = 0
    var largest = 0.0
    for (x, y) in zip(left, right) where x != y && !(x.isNaN && y.isNaN) {
      count += 1
      largest = max(largest, x.isNaN || y.isNaN ? .infinity : abs(x - y))
    }
    return count == 0 ? nil : "\(count) of \(left.count) elements differ, by up to \(short(largest))"
  }

  private static func short(_ value: Double) -> String {
    (try? Display.format(.float(value), spec: ".3g")) ?? "\(value)"
  }
}
