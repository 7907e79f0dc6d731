/// Singular values, and eigenvalues of symmetric matrices, with their vectors.
extension MatrixKernel {
  /// Smaller matrices are left to LAPACK's own drivers: a dozen threads' meetings a column would take longer than the work.
  private static var smallOrder: Int { 128 }

  // MARK: Singular values

  func svd() throws {
    if Swift.min(m, n) < Self.smallOrder { return try smallSVD() }
    // M = L S Rᵀ of a column-major M that is not wider than high: Aᵀ as it lies in memory, or A turned round.
    let isTurned = m > n
    let (high, wide) = isTurned ? (m, n) : (n, m)
    let (u, s) = (result, result + m * wide)
    let vt = s + wide
    try Routines.withScratch(Element.self, m * n + high * wide + wide * wide) { scratch in
      let (matrix, other) = (scratch, scratch + m * n)
      if isTurned {
        try transpose(a, rows: m, columns: n, into: matrix, stride: m)
      } else {
        matrix.update(from: a, count: m * n)
      }
      // What is to be turned round at the end is made in scratch memory.
      let vectors = isTurned ? (left: other, right: vt) : (left: vt, right: other)
      let decomposition = SingularValues(
        rows: high, columns: wide, matrix: matrix, left: vectors.left, right: vectors.right, values: s)
      try refuseUnconverged(try decomposition.compute())
      let height = isTurned ? high : wide
      try makeDefinite(other, height: height, with: vt, height: n, count: wide)
      try transpose(other, rows: wide, columns: height, into: u, stride: wide)
    }
  }

  /// LAPACK factors Aᵀ = V S Uᵀ: its column-major V is Vᵀ here, its Uᵀ is U.
  private func smallSVD() throws {
    let rank = Swift.min(m, n)
    let (u, s) = (result, result + m * rank)
    let vt = s + rank
    let info = try withCopy { copy in
      try Routines.gesdd(try BLAS.size(n), try BLAS.size(m), copy, s: s, u: vt, vt: u)
    }
    try refuseUnconverged(info)
    try Routines.withScratch(Element.self, 2 * rank) { scratch in
      let signs = columnSigns(u, rows: m, columns: rank, scratch)
      for row in 0..<m {
        let line = u + row * rank
        for index in 0..<rank { line[index] *= signs[index] }
      }
      for index in 0..<rank where signs[index] < 0 {
        for column in 0..<n { vt[index * n + column].negate() }
      }
    }
  }

  // MARK: Eigenvalues

  func eigh() throws {
    try Routines.withScratch(Element.self, 2 * n * n + n) { scratch in
      let (matrix, vectors, values) = (scratch, scratch + n * n, scratch + 2 * n * n)
      try symmetrize(into: matrix)
      var found = vectors
      if n < Self.smallOrder {
        found = matrix
        try refuseUnconverged(try Routines.syevd(try BLAS.size(n), matrix, values: values))
      } else {
        let decomposition = SymmetricEigenvalues(order: n, matrix: matrix, vectors: vectors, values: values)
        try refuseUnconverged(try decomposition.compute())
      }
      try makeDefinite(found, height: n, with: nil, height: 0, count: n)
      try transpose(found, rows: n, columns: n, into: result + 1, stride: n + 1)
      for index in 0..<n { result[index * (n + 1)] = values[index] }
    }
  }

  // MARK: Signs

  /// Signs of eigenvectors and singular vectors are free. Here the largest entry is positive (the first of those within a
  /// thousandth of it), so that results do not depend on the library's version. `partners` change signs along.
  private func makeDefinite(
    _ vectors: UnsafeMutablePointer<Element>, height: Int, with partners: UnsafeMutablePointer<Element>?,
    height other: Int, count: Int
  ) throws {
    try Parallel.forEach(count: count, grain: Swift.max(1, 65_536 / Swift.max(1, height))) { range in
      for index in range {
        let vector = vectors + index * height
        guard isNegative(vector, height) else { continue }
        for row in 0..<height { vector[row].negate() }
        guard let partners else { continue }
        for row in 0..<other { partners[index * other + row].negate() }
      }
    }
  }

  private func isNegative(_ vector: UnsafePointer<Element>, _ count: Int) -> Bool {
    var largest: Element = 0
    for index in 0..<count { largest = Swift.max(largest, Swift.abs(vector[index])) }
    for index in 0..<count where Swift.abs(vector[index]) >= largest * 0.999 { return vector[index] < 0 }
    return false
  }

  /// −1 for each column that is to change its sign, else 1, row by row as the columns lie in memory. `scratch` is for twice as
  /// many numbers as there are columns.
  private func columnSigns(
    _ x: UnsafePointer<Element>, rows: Int, columns: Int, _ scratch: UnsafeMutablePointer<Element>
  ) -> UnsafeMutablePointer<Element> {
    let (largest, signs) = (scratch, scratch + columns)
    largest.update(repeating: 0, count: columns)
    signs.update(repeating: 0, count: columns)
    for row in 0..<rows {
      let line = x + row * columns
      for column in 0..<columns { largest[column] = Swift.max(largest[column], Swift.abs(line[column])) }
    }
    for column in 0..<columns { largest[column] *= 0.999 }
    for row in 0..<rows {
      let line = x + row * columns
      for column in 0..<columns where signs[column] == 0 && Swift.abs(line[column]) >= largest[column] {
        signs[column] = line[column] < 0 ? -1 : 1
      }
    }
    return signs
  }
}
