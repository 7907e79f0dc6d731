#if canImport(Glibc)
  import Glibc
#endif

// Draws that choose among things: categories, orders, subsets.

extension RandomStream {
  /// Class numbers with the given probabilities.
  ///
  /// - Parameters:
  ///   - probabilities: [k] or [..., k]; each row non-negative and summing to 1 (to 1e-6 in f64, 1e-4 in f32).
  ///   - shape: Independent draws from each row.
  /// - Returns: i64 of `shape` followed by the leading axes of `probabilities`.
  /// - Throws: E0505 for a row that is no distribution. Cost: O(k) a row, O(log k) a draw.
  public func categorical(_ probabilities: Tensor, shape: Shape = []) throws -> Tensor {
    guard let classes = probabilities.shape.last else {
      throw NumericsError(
        "E0403", "categorical needs a vector of probabilities, not \(probabilities.typeDescription)")
    }
    let rows = probabilities.count / Swift.max(classes, 1)
    guard classes > 0 else { throw NumericsError("E0406", "categorical needs at least one class") }
    var sums = try probabilities.doubles()
    let tolerance = probabilities.dtype == .f32 ? 1e-4 : 1e-6
    for row in 0..<rows {
      try accumulate(&sums, row * classes..<(row + 1) * classes) { "probability \($0) of row \(row)" }
      let total = sums[(row + 1) * classes - 1]
      guard Swift.abs(total - 1) <= tolerance else {
        throw NumericsError(
          "E0505", "the probabilities of row \(row) sum to \(total), not 1",
          help: "divide by their sum, or use softmax")
      }
    }
    let draws = try shape.checkedCount(.f64)
    let start = reserve(draws * rows)
    return try Tensor(shape: Shape(shape.sizes + probabilities.shape.sizes.dropLast()), of: Int.self) {
      buffer in
      sums.withUnsafeBufferPointer { sums in
        forEachWord(key, start, count: draws * rows) { index, word in
          let row = index % rows
          let slice = UnsafeBufferPointer(rebasing: sums[row * classes..<(row + 1) * classes])
          buffer[index] = firstIndex(above: unitInterval(word) * slice[classes - 1], inCumulative: slice)
        }
      }
    }
  }

  /// 0 ..< count in random order (Fisher–Yates).
  public func permutation(_ count: Int) throws -> [Int] {
    guard count >= 0 else { throw NumericsError("E0505", "permutation needs a count ≥ 0, not \(count)") }
    var order = Array(0..<count)
    for last in stride(from: count - 1, to: 0, by: -1) { order.swapAt(last, nextInt(below: last + 1)) }
    return order
  }

  /// `size` of 0 ..< count.
  ///
  /// - Parameters:
  ///   - replacing: Whether one index may come up again.
  ///   - weights: Relative, not negative. Without replacement an index is drawn in turn with probability
  ///     proportional to its weight among those left.
  /// - Throws: E0505 if there are not enough to choose from.
  public func choice(_ count: Int, size: Int, replacing: Bool = true, weights: [Double]? = nil) throws
    -> [Int]
  {
    guard size >= 0, count >= 0, size == 0 || count > 0 else {
      throw NumericsError("E0505", "cannot choose \(size) out of \(count)")
    }
    if let weights {
      guard weights.count == count else {
        throw NumericsError("E0401", "\(weights.count) weights for \(count) things to choose from")
      }
      return try replacing ? weighted(size, weights) : weightedWithoutReplacement(size, weights)
    }
    if replacing { return (0..<size).map { _ in nextInt(below: count) } }
    guard size <= count else {
      throw NumericsError(
        "E0505", "cannot choose \(size) out of \(count) without replacement", help: "use replace=true")
    }
    return size > count / 16 ? Array(try permutation(count).prefix(size)) : sparsePermutation(count, size)
  }

  /// The first `size` steps of a Fisher–Yates shuffle that keeps only the entries it moved.
  private func sparsePermutation(_ count: Int, _ size: Int) -> [Int] {
    var moved: [Int: Int] = [:]
    return (0..<size).map { step in
      let pick = step + nextInt(below: count - step)
      let value = moved[pick] ?? pick
      moved[pick] = moved[step] ?? step
      return value
    }
  }

  private func weighted(_ size: Int, _ weights: [Double]) throws -> [Int] {
    var sums = weights
    try accumulate(&sums, 0..<weights.count) { "weight \($0)" }
    guard let total = sums.last, total > 0 || size == 0 else {
      throw NumericsError("E0505", "all weights are zero")
    }
    return (0..<size).map { _ in nextIndex(cumulative: sums) }
  }

  /// Efraimidis and Spirakis, "Weighted random sampling with a reservoir" (2006): the largest log(u)/w win.
  private func weightedWithoutReplacement(_ size: Int, _ weights: [Double]) throws -> [Int] {
    var sums = weights
    try accumulate(&sums, 0..<weights.count) { "weight \($0)" }
    var keys: [(key: Double, index: Int)] = []
    for (index, weight) in weights.enumerated() where weight > 0 {
      keys.append((log(nextUniform()) / weight, index))
    }
    guard size <= keys.count else {
      throw NumericsError(
        "E0505",
        "cannot choose \(size) without replacement: only \(keys.count) of \(weights.count) weights are not zero"
      )
    }
    keys.sort { $0.key > $1.key }
    return keys.prefix(size).map(\.index)
  }

  /// Running sums in place; every term must be finite and not negative.
  private func accumulate(_ values: inout [Double], _ range: Range<Int>, name: (Int) -> String) throws {
    var total = 0.0
    for index in range {
      let value = values[index]
      guard value >= 0, value.isFinite else {
        throw NumericsError("E0505", "\(name(index - range.lowerBound)) is \(value)")
      }
      total += value
      values[index] = total
    }
  }
}

extension RandomStream {
  /// The tensor's parts along axis 0 in random order.
  public func shuffled(_ tensor: Tensor) throws -> Tensor {
    guard let rows = tensor.shape.first else {
      throw NumericsError("E0403", "a scalar has no rows to shuffle")
    }
    try tensor.realize()
    guard let source = tensor.node.storage else {
      throw NumericsError("E0409", "cannot shuffle \(tensor.typeDescription) while a program is traced")
    }
    let order = try permutation(rows)
    let bytes = rows == 0 ? 0 : tensor.count / rows * tensor.dtype.stride
    let storage = try Storage(byteCount: tensor.count * tensor.dtype.stride)
    let start = source.pointer + tensor.node.offset * tensor.dtype.stride
    for (to, from) in order.enumerated() {
      (storage.pointer + to * bytes).copyMemory(from: start + from * bytes, byteCount: bytes)
    }
    return Tensor(storage: storage, shape: tensor.shape, dtype: tensor.dtype)
  }
}
