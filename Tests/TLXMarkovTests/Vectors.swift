import Foundation
import TLXMarkov
import TLXNumerics
import Testing

/// A chain with the answers of an independent reference in exact arithmetic.
struct VectorCase: CustomTestStringConvertible, @unchecked Sendable {
  let fields: [String: Any]
  var name: String { fields["name"] as? String ?? "" }
  var testDescription: String { name }
  var expect: [String: Any] { fields["expect"] as? [String: Any] ?? [:] }
  var exact: [String: Any] { fields["exact"] as? [String: Any] ?? [:] }
  var tolerance: Double { fields["rel_tol"] as? Double ?? 1e-13 }

  static func all(_ file: String) -> [VectorCase] {
    let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Fixtures/\(file).json")
    guard let data = try? Data(contentsOf: url),
      let root = try? JSONSerialization.jsonObject(with: data) as? [String: Any],
      let cases = root["cases"] as? [[String: Any]]
    else { return [] }
    return cases.map { VectorCase(fields: $0) }
  }

  static func named(_ name: String, in file: String) throws -> VectorCase {
    try #require(all(file).first { $0.name == name })
  }

  func matrix(_ key: String) -> [[Double]] { numbers(expect[key]) }

  /// Rows of numbers, fractions read; null is infinity.
  func numbers(_ value: Any?) -> [[Double]] { (value as? [[Any]] ?? []).map { $0.map(number) } }
  func row(_ value: Any?) -> [Double] { (value as? [Any] ?? []).map(number) }

  private func number(_ value: Any) -> Double {
    if let text = value as? String { return Rational(text)?.double ?? .nan }
    return value as? Double ?? .infinity
  }

  func chain() throws -> MarkovChain {
    // The fractions where there are some: Foundation reads some decimals of 16 digits a unit off.
    let rows = numbers(fields["P_exact"] ?? fields["P"])
    return try MarkovChain(
      transitions: SparseMatrix(dense: rows.flatMap { $0 }, rowCount: rows.count, columnCount: rows.count),
      states: fields["states"] as? [String])
  }
}

/// Equal up to a relative error; infinities and zeros exactly.
func agree(_ a: [Double], _ b: [Double], _ tolerance: Double) -> Bool {
  a.count == b.count
    && zip(a, b).allSatisfy { x, y in x == y || abs(x - y) <= tolerance * max(abs(x), abs(y)) }
}
