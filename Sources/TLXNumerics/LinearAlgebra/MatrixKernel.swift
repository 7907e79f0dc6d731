#if canImport(Glibc)
  import Glibc
#endif

/// One matrix of a batch: reads `a` (m×n) and `b` (m×k), writes `result`.
struct MatrixKernel<Element: LapackScalar> {
  let operation: LinearAlgebraOperation
  let m: Int
  let n: Int
  let k: Int
  let a: UnsafePointer<Element>
  /// `a` again where it is a copy of the caller's that the kernel may use up.
  var ownCopy: UnsafeMutablePointer<Element>?
  let b: UnsafePointer<Element>?
  let result: UnsafeMutablePointer<Element>
  /// Which matrix of a batch it is, for messages.
  let place: String

  private typealias Routines = Lapack<Element>

  func run() throws {
    try checkFinite(a, rows: m, columns: n, name: "a")
    if let b { try checkFinite(b, rows: m, columns: k, name: "b") }
    switch operation {
    case .solve: try solve()
    case .triangularSolve(let lower, let transposed, let unit): try triangularSolve(lower, transposed, unit)
    case .cholesky: try cholesky()
    case .lu: try lu()
    case .qr: try qr()
    case .svd: try svd()
    case .eigh: try eigh()
    case .eig: try eig()
    case .expm: try exponential()
    }
  }

  // MARK: Solves

  /// LAPACK factors Aᵀ = P L U; then Xᵀ P L U = Bᵀ, where the row-major B is Bᵀ as it stands.
  private func solve() throws {
    guard let b else { return }
    let (order, columns) = (try BLAS.size(n), try BLAS.size(k))
    // The 1-norm of what LAPACK sees, Aᵀ: the largest row sum of |A|.
    let norm = largestRowSum()
    try withCopy { factors in
      try Routines.withScratch(Int32.self, n) { pivots in
        let info = Routines.getrf(order, order, factors, pivots)
        try refuseSingular(info, factors, norm: norm)
        result.update(from: b, count: n * k)
        if k == 1 {
          // The same for one column, which a matrix solve would take apart as for many.
          Routines.solveVector(upper: true, unitDiagonal: false, order, factors, result)
          Routines.solveVector(upper: false, unitDiagonal: true, order, factors, result)
        } else {
          Routines.solveFromRight(
            upper: true, transposed: false, unitDiagonal: false, columns, order, factors, result)
          Routines.solveFromRight(
            upper: false, transposed: false, unitDiagonal: true, columns, order, factors, result)
        }
        // Xᵀ P = Y: undo the row exchanges of the factorization, last first. Here they exchange rows of X.
        for row in stride(from: n - 1, through: 0, by: -1) {
          let other = Int(pivots[row]) - 1
          if other != row {
            for column in 0..<k { swap(&result[row * k + column], &result[other * k + column]) }
          }
        }
      }
    }
  }

  /// A copy of A that may be changed.
  private func withCopy<Result>(_ body: (UnsafeMutablePointer<Element>) throws -> Result) throws -> Result {
    if let ownCopy { return try body(ownCopy) }
    return try Routines.withScratch(Element.self, m * n) { copy in
      copy.update(from: a, count: m * n)
      return try body(copy)
    }
  }

  /// The ∞-norm of A.
  func largestRowSum() -> Element {
    var largest: Element = 0
    for row in 0..<n {
      let line = a + row * n
      // Four sums at a time: one alone waits for itself.
      var (p, q, r, s) = (Element(0), Element(0), Element(0), Element(0))
      var column = 0
      while column + 4 <= n {
        p += Swift.abs(line[column])
        q += Swift.abs(line[column + 1])
        r += Swift.abs(line[column + 2])
        s += Swift.abs(line[column + 3])
        column += 4
      }
      while column < n {
        p += Swift.abs(line[column])
        column += 1
      }
      largest = Swift.max(largest, (p + q) + (r + s))
    }
    return largest
  }

  private func refuseSingular(_ info: Int32, _ factors: UnsafeMutablePointer<Element>, norm: Element) throws {
    let help = "solve with lstsq or pinv, or add a small multiple of eye(\(n)) to the matrix"
    if info > 0 {
      let pivot = Int(info) - 1
      let reason =
        pivot == 0
        ? "row 0 is zero" : "row \(pivot) is a combination of the rows before it (pivot \(pivot) is zero)"
      throw NumericsError("E0501", "the \(n)×\(n) matrix is singular\(place): \(reason)", help: help)
    }
    let reciprocal = try Routines.reciprocalCondition(try BLAS.size(n), factors: factors, norm: norm)
    guard reciprocal < Element.ulpOfOne else { return }
    var smallest = 0
    for index in 0..<n where Swift.abs(factors[index * (n + 1)]) < Swift.abs(factors[smallest * (n + 1)]) {
      smallest = index
    }
    let condition = reciprocal > 0 ? format(1 / Double(reciprocal)) : "infinite"
    throw NumericsError(
      "E0501",
      "the \(n)×\(n) matrix is singular to working precision\(place): pivot \(smallest) is "
        + "\(format(Double(factors[smallest * (n + 1)]))), condition number about \(condition)",
      help: help)
  }

  /// Xᵀ op(A)ᵀ = Bᵀ: LAPACK sees Aᵀ, so that a lower triangle is its upper one.
  private func triangularSolve(_ lower: Bool, _ transposed: Bool, _ unit: Bool) throws {
    guard let b else { return }
    if !unit, let zero = (0..<n).first(where: { a[$0 * (n + 1)] == 0 }) {
      throw NumericsError(
        "E0501",
        "the triangular \(n)×\(n) matrix is singular\(place): entry [\(zero), \(zero)] of its diagonal is zero"
      )
    }
    result.update(from: b, count: n * k)
    Routines.solveFromRight(
      upper: lower, transposed: transposed, unitDiagonal: unit, try BLAS.size(k), try BLAS.size(n), a, result)
  }

  // MARK: Factorizations

  /// The upper factor of what LAPACK sees is the lower one here.
  private func cholesky() throws {
    try symmetrize(into: result)
    let info = Routines.potrf(try BLAS.size(n), result)
    guard info == 0 else {
      throw NumericsError(
        "E0501",
        "the \(n)×\(n) matrix is not positive definite\(place): its leading minor of order \(info) is not positive",
        help: "add a small multiple of eye(\(n)), or use eigh to look at the eigenvalues")
    }
    for row in 0..<n { for column in row + 1..<Swift.max(n, row + 1) { result[row * n + column] = 0 } }
  }

  /// Rows [L\U | permutation | ±1 per exchange]; A[permutation] = L U.
  private func lu() throws {
    let order = try BLAS.size(n)
    try Routines.withScratch(Element.self, n * n) { factors in
      try Routines.withScratch(Int32.self, n) { pivots in
        transpose(a, rows: n, columns: n, into: factors, stride: n)
        _ = Routines.getrf(order, order, factors, pivots)
        transpose(factors, rows: n, columns: n, into: result, stride: n + 2)
        var permutation = Array(0..<n)
        for row in 0..<n {
          let other = Int(pivots[row]) - 1
          permutation.swapAt(row, other)
          result[row * (n + 2) + n + 1] = other == row ? 1 : -1
        }
        for row in 0..<n { result[row * (n + 2) + n] = Element(permutation[row]) }
      }
    }
  }

  private func qr() throws {
    let rank = Swift.min(m, n)
    let (rows, columns) = (try BLAS.size(m), try BLAS.size(n))
    try Routines.withScratch(Element.self, m * n) { factors in
      try Routines.withScratch(Element.self, rank) { tau in
        transpose(a, rows: m, columns: n, into: factors, stride: m)
        _ = try Routines.geqrf(rows, columns, factors, tau: tau)
        let r = result + m * rank
        for column in 0..<n {
          for row in 0..<rank { r[column * rank + row] = row <= column ? factors[column * m + row] : 0 }
        }
        _ = try Routines.orgqr(rows, Int32(rank), factors, tau: tau)
        transpose(factors, rows: rank, columns: m, into: result, stride: rank)
      }
    }
  }

  /// LAPACK factors Aᵀ = V S Uᵀ: its column-major V is Vᵀ here, its Uᵀ is U.
  private func svd() throws {
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

  private func eigh() throws {
    try Routines.withScratch(Element.self, n * n) { vectors in
      try Routines.withScratch(Element.self, n) { values in
        try symmetrize(into: vectors)
        try refuseUnconverged(try Routines.syevd(try BLAS.size(n), vectors, values: values))
        for index in 0..<n where isNegative({ vectors[index * n + $0] }, count: n) {
          for row in 0..<n { vectors[index * n + row].negate() }
        }
        transpose(vectors, rows: n, columns: n, into: result + 1, stride: n + 1)
        for index in 0..<n { result[index * (n + 1)] = values[index] }
      }
    }
  }

  private func eig() throws {
    let width = 2 * n + 2
    try Routines.withScratch(Element.self, 2 * n * n + 2 * n) { scratch in
      let (copy, vectors) = (scratch, scratch + n * n)
      let (real, imaginary) = (scratch + 2 * n * n, scratch + 2 * n * n + n)
      transpose(a, rows: n, columns: n, into: copy, stride: n)
      let info = try Routines.geev(
        try BLAS.size(n), copy, real: real, imaginary: imaginary, vectors: vectors)
      try refuseUnconverged(info)
      for row in 0..<n {
        result[row * width] = real[row]
        result[row * width + 1] = imaginary[row]
      }
      var column = 0
      while column < n {
        let isPair = imaginary[column] != 0 && column + 1 < n
        for row in 0..<n {
          let line = result + row * width + 2
          let x = vectors[column * n + row]
          let y = isPair ? vectors[(column + 1) * n + row] : 0
          line[column] = x
          line[n + column] = y
          if isPair {
            line[column + 1] = x
            line[n + column + 1] = -y
          }
        }
        column += isPair ? 2 : 1
      }
    }
  }

  // MARK: Parts

  private func refuseUnconverged(_ info: Int32) throws {
    guard info != 0 else { return }
    throw NumericsError("E0503", "\(operation.name) of the \(m)×\(n) matrix did not converge\(place)")
  }

  /// Signs of eigenvectors and singular vectors are free. Here the largest entry is positive (the first of those
  /// within a thousandth of it), so that results do not depend on the library's version or its threads.
  private func isNegative(_ entry: (Int) -> Element, count: Int) -> Bool {
    var largest: Element = 0
    for index in 0..<count { largest = Swift.max(largest, Swift.abs(entry(index))) }
    for index in 0..<count where Swift.abs(entry(index)) >= largest * 0.999 { return entry(index) < 0 }
    return false
  }

  /// −1 for each column that is `isNegative`, else 1, row by row as the columns lie in memory. `scratch` is for twice as
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

  /// (A + Aᵀ) / 2. E0505 if A is far from symmetric: then the caller has another matrix in mind.
  private func symmetrize(into copy: UnsafeMutablePointer<Element>) throws {
    var largest: Element = 0
    for index in 0..<n * n { largest = Swift.max(largest, Swift.abs(a[index])) }
    let tolerance = largest * (Element.self == Float.self ? 1e-3 : 1e-4)
    // Square by square, so that both triangles stay in the cache.
    let tile = 32
    for top in stride(from: 0, to: n, by: tile) {
      for left in stride(from: 0, through: top, by: tile) {
        for row in top..<Swift.min(top + tile, n) {
          for column in left..<Swift.min(left + tile, row + 1) {
            let (x, y) = (a[row * n + column], a[column * n + row])
            if Swift.abs(x - y) > tolerance { throw notSymmetric(row, column) }
            let mean = row == column ? x : x / 2 + y / 2
            copy[row * n + column] = mean
            copy[column * n + row] = mean
          }
        }
      }
    }
  }

  private func notSymmetric(_ row: Int, _ column: Int) -> NumericsError {
    NumericsError(
      "E0505",
      "\(operation.name) needs a symmetric matrix\(place), but entry [\(row), \(column)] is "
        + "\(a[row * n + column]) and [\(column), \(row)] is \(a[column * n + row])",
      help: operation == .eigh ? "use eig for a matrix that is not symmetric" : nil)
  }

  private func checkFinite(_ values: UnsafePointer<Element>, rows: Int, columns: Int, name: String) throws {
    // The sum of x − x is 0 unless some x is NaN or infinite; it needs no branch per entry.
    // Four sums at a time: one alone waits for itself.
    var (p, q, r, s) = (Element(0), Element(0), Element(0), Element(0))
    let count = rows * columns
    var start = 0
    while start + 4 <= count {
      p += values[start] - values[start]
      q += values[start + 1] - values[start + 1]
      r += values[start + 2] - values[start + 2]
      s += values[start + 3] - values[start + 3]
      start += 4
    }
    while start < count {
      p += values[start] - values[start]
      start += 1
    }
    if p + q + r + s == 0 { return }
    for index in 0..<rows * columns where !values[index].isFinite {
      throw NumericsError(
        "E0504",
        "\(operation.name) needs finite numbers, but entry [\(index / columns), \(index % columns)] of \(name) is "
          + "\(values[index])\(place)")
    }
  }

  /// Turns a rows×columns matrix round, tile by tile: entry [r, c] goes to c·stride + r.
  private func transpose(
    _ source: UnsafePointer<Element>, rows: Int, columns: Int, into target: UnsafeMutablePointer<Element>,
    stride: Int
  ) {
    let tile = 32
    for top in Swift.stride(from: 0, to: rows, by: tile) {
      for left in Swift.stride(from: 0, to: columns, by: tile) {
        for column in left..<Swift.min(left + tile, columns) {
          for row in top..<Swift.min(top + tile, rows) {
            target[column * stride + row] = source[row * columns + column]
          }
        }
      }
    }
  }
}

/// Three significant digits, for messages.
private func format(_ value: Double) -> String {
  var buffer = [CChar](repeating: 0, count: 32)
  _ = withVaList([value]) { vsnprintf(&buffer, buffer.count, "%.3g", $0) }
  return buffer.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
}
