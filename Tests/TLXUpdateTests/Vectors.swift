import Foundation
import TLXNumerics
import Testing

/// Reference values of an independent float64 program, as JSON.
enum Vectors {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")

  static func object(_ file: String) throws -> [String: Any] {
    let data = try Data(contentsOf: folder.appending(path: file))
    return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
  }
}

/// Whether two numbers agree to a relative 1e-10 (absolute below 1e-6).
func agrees(_ value: Double, _ reference: Double, tolerance: Double = 1e-10) -> Bool {
  abs(value - reference) <= tolerance * max(abs(reference), 1e-6)
}

extension Vectors {
  static func matrix(_ value: Any?) throws -> Tensor {
    let rows = try #require(value as? [[Double]])
    return try Tensor(rows.flatMap { $0 }, shape: [rows.count, rows[0].count])
  }

  static func labels(_ value: Any?) throws -> Tensor { try Tensor(#require(value as? [Int])) }
}

/// Expects a tensor's elements to agree with a reference matrix to a relative 1e-10 of its largest element.
func expectAgreement(_ tensor: Tensor, _ reference: Tensor, _ what: String) throws {
  #expect(tensor.shape == reference.shape, "\(what)")
  let (a, b) = (try tensor.doubles(), try reference.doubles())
  let size = b.reduce(1e-6) { max($0, abs($1)) }
  let worst = zip(a, b).reduce(0) { max($0, abs($1.0 - $1.1)) }
  #expect(worst <= 1e-10 * size, "\(what): \(worst)")
}
