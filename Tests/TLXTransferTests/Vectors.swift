import Foundation
import TLXNumerics
import Testing

@testable import TLXTransfer

/// The reference sets: features, source probabilities, labels and the values that independent code computed from them
/// (numpy 2.4, scipy 1.17, scikit-learn 1.9).
struct Vectors: Sendable {
  let name: String
  let features: Tensor
  let theta: Tensor
  let labels: Tensor
  let expected: [String: Double]

  init(_ name: String) throws {
    self.name = name
    features = try Self.matrix("\(name)_features.csv")
    theta = try Self.matrix("\(name)_probs.csv")
    let y = try Self.rows("\(name)_labels.csv").map { Int($0[0]) }
    labels = try Tensor(y)
    let data = try Data(contentsOf: Self.folder.appending(path: "expected.json"))
    let all = try JSONSerialization.jsonObject(with: data) as? [String: [String: Any]]
    expected = all?[name]?.compactMapValues { $0 as? Double } ?? [:]
  }

  static let names = ["iris", "wine"]
  static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")

  static func rows(_ file: String) throws -> [[Double]] {
    let text = try String(contentsOf: folder.appending(path: file), encoding: .utf8)
    return text.split(separator: "\n").map { $0.split(separator: ",").compactMap { Double($0) } }
  }

  static func matrix(_ file: String) throws -> Tensor {
    let rows = try rows(file)
    return try Tensor(rows.flatMap { $0 }, shape: [rows.count, rows[0].count])
  }

  func expect(_ value: Double, _ key: String, tolerance: Double = 1e-10) throws {
    let reference = try #require(expected[key], "no \(key) for \(name)")
    #expect(abs(value - reference) <= tolerance * abs(reference), "\(name) \(key): \(value) ≠ \(reference)")
  }
}

func narrowed(_ tensor: Tensor) throws -> Tensor {
  try Tensor(tensor.doubles().map { Float($0) }, shape: tensor.shape)
}

/// Rows of random distributions: softmax of normals, the sharper the larger `scale`.
func randomDistributions(_ rows: Int, _ width: Int, scale: Double, _ stream: RandomStream) throws -> Tensor {
  var values = try stream.normal([rows * width], std: scale).doubles().map { exp($0) }
  for row in 0..<rows {
    let total = values[row * width..<(row + 1) * width].reduce(0, +)
    for column in 0..<width { values[row * width + column] /= total }
  }
  return try Tensor(values, shape: [rows, width])
}
