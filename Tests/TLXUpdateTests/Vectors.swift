import Foundation
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
