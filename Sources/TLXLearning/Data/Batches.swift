import TLXNumerics

/// The rows of each batch.
public enum Batches {
  /// 0 ..< count cut into runs of `size`, the last possibly shorter; in random order if a stream is given.
  ///
  /// - Throws: E0612 for a size below 1.
  public static func rows(_ count: Int, size: Int, stream: RandomStream?) throws -> [[Int]] {
    guard size > 0 else { throw NumericsError("E0612", "a batch must have at least 1 row, not \(size)") }
    let order = try stream.map { try $0.permutation(count) } ?? Array(0..<count)
    return stride(from: 0, to: count, by: size).map { Array(order[$0..<min($0 + size, count)]) }
  }
}
