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

  typealias Routines = Lapack<Element>

  func run() throws {
    if operation != .solve { try checkFinite(a, rows: m, columns: n, name: "a") }
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
    // The 1-norm of what LAPACK sees, Aᵀ: the largest row sum of |A|. A sum is not finite where an entry is not.
    let norm = try largestRowSum()
    if !norm.isFinite { try checkFinite(a, rows: m, columns: n, name: "a") }
    try withCopy { factors in
      try Routines.withScratch(Int32.self, n) { pivots in
        let info = try BlockedLU(order: n, matrix: factors, pivots: pivots).factor()
        try refuseSingular(info, factors, norm: norm)
        result.update(from: b, count: n * k)
        if k == 1 {
          // The same for one column, which a matrix solve would take apart as for many.
          try solveFactored(factors, result)
        } else {
          try solveTriangle(factors, upper: true, transposed: false, unitDiagonal: false)
          try solveTriangle(factors, upper: false, transposed: false, unitDiagonal: true)
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

  /// One column through both factors; the row exchanges are left out.
  private func solveFactored(
    _ factors: UnsafePointer<Element>, _ column: UnsafeMutablePointer<Element>
  ) throws {
    let order = try BLAS.size(n)
    Routines.solveVector(upper: true, unitDiagonal: false, order, factors, column)
    Routines.solveVector(upper: false, unitDiagonal: true, order, factors, column)
  }

  /// Solves for the rows of the result as LAPACK sees it, a few at a time on all threads.
  private func solveTriangle(
    _ factors: UnsafePointer<Element>, upper: Bool, transposed: Bool, unitDiagonal: Bool
  ) throws {
    let order = try BLAS.size(n)
    let leading = try BLAS.size(k)
    let grain = n * n * k < 4_000_000 ? k : Swift.max(16, (k / 8 + 15) & ~15)
    try Parallel.forEach(count: k, grain: grain) { columns in
      Routines.solveFromRight(
        upper: upper, transposed: transposed, unitDiagonal: unitDiagonal, Int32(columns.count), order,
        factors,
        result + columns.lowerBound, leading: leading)
    }
  }

  /// A copy of A that may be changed.
  func withCopy<Result>(_ body: (UnsafeMutablePointer<Element>) throws -> Result) throws -> Result {
    if let ownCopy { return try body(ownCopy) }
    return try Routines.withScratch(Element.self, m * n) { copy in
      // On all threads: the pages of new memory are made as they are written.
      try Parallel.forEach(count: m * n, grain: 1 << 17) { part in
        (copy + part.lowerBound).update(from: a + part.lowerBound, count: part.count)
      }
      return try body(copy)
    }
  }

  /// The ∞-norm of A; not finite where an entry is not.
  func largestRowSum() throws -> Element {
    let grain = Swift.max(1, 65_536 / Swift.max(1, n))
    return try Routines.withScratch(Element.self, n / grain + 1) { sums in
      try Parallel.forEach(count: n, grain: grain) { rows in
        sums[rows.lowerBound / grain] = largestRowSum(rows)
      }
      var largest: Element = 0
      for part in 0..<(n + grain - 1) / grain { largest = greater(sums[part], largest) }
      return largest
    }
  }

  /// The greater; NaN where one is.
  private func greater(_ x: Element, _ y: Element) -> Element { x > y || x.isNaN ? x : y }

  private func largestRowSum(_ rows: Range<Int>) -> Element {
    var largest: Element = 0
    for row in rows {
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
      largest = greater((p + q) + (r + s), largest)
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
    if try isFarFromSingular(factors, norm: norm) { return }
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

  /// Whether the solution for one arbitrary right-hand side shows that the condition is far below what rounding allows.
  ///
  /// It is smaller than the norm of the inverse allows by a factor of about √n, as the right-hand side has that little of
  /// the direction that the inverse stretches most. A hundred times as much is granted to chance. What this leaves open
  /// LAPACK's estimate decides, which takes five times as long.
  private func isFarFromSingular(_ factors: UnsafePointer<Element>, norm: Element) throws -> Bool {
    if n < 32 { return false }
    return try Routines.withScratch(Element.self, n) { column in
      var state: UInt64 = 1
      for row in 0..<n {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        // From −1 to 1.
        column[row] = Element(Double(Int64(bitPattern: state)) * 0x1p-63)
      }
      try solveFactored(factors, column)
      // The sum, not the largest: it becomes NaN or infinite where an entry does.
      var sum: Element = 0
      for row in 0..<n { sum += Swift.abs(column[row]) }
      return norm * sum * 100 < 1 / Element.ulpOfOne
    }
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
    try solveTriangle(a, upper: lower, transposed: transposed, unitDiagonal: unit)
  }

  // MARK: Factorizations

  /// The upper factor of what LAPACK sees is the lower one here.
  private func cholesky() throws {
    try symmetrize(into: result)
    let info = try BlockedCholesky(order: n, matrix: result).factor()
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
    try Routines.withScratch(Element.self, n * n) { factors in
      try Routines.withScratch(Int32.self, n) { pivots in
        try transpose(a, rows: n, columns: n, into: factors, stride: n)
        _ = try BlockedLU(order: n, matrix: factors, pivots: pivots).factor()
        try transpose(factors, rows: n, columns: n, into: result, stride: n + 2)
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
    try Routines.withScratch(Element.self, m * n + m * rank + rank) { factors in
      let (q, tau) = (factors + m * n, factors + m * n + m * rank)
      try transpose(a, rows: m, columns: n, into: factors, stride: m)
      let reflectors = try BlockedQR(rows: m, columns: n, matrix: factors, tau: tau).factor()
      let r = result + m * rank
      for column in 0..<n {
        for row in 0..<rank { r[column * rank + row] = row <= column ? factors[column * m + row] : 0 }
      }
      try reflectors.product(into: q, leading: m, columns: rank)
      try transpose(q, rows: rank, columns: m, into: result, stride: rank)
    }
  }

  // MARK: Eigenvalues

  private func eig() throws {
    let width = 2 * n + 2
    try Routines.withScratch(Element.self, 2 * n * n + 2 * n) { scratch in
      let (copy, vectors) = (scratch, scratch + n * n)
      let (real, imaginary) = (scratch + 2 * n * n, scratch + 2 * n * n + n)
      try transpose(a, rows: n, columns: n, into: copy, stride: n)
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

  func refuseUnconverged(_ info: Int32) throws {
    guard info != 0 else { return }
    throw NumericsError("E0503", "\(operation.name) of the \(m)×\(n) matrix did not converge\(place)")
  }

  /// (A + Aᵀ) / 2. E0505 if A is far from symmetric: then the caller has another matrix in mind.
  func symmetrize(into copy: UnsafeMutablePointer<Element>) throws {
    var largest: Element = 0
    for index in 0..<n * n { largest = Swift.max(largest, Swift.abs(a[index])) }
    let tolerance = largest * (Element.self == Float.self ? 1e-3 : 1e-4)
    // Square by square, so that both triangles stay in the cache.
    let tile = 32
    for top in stride(from: 0, to: n, by: tile) {
      try Interrupt.check()
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
  func transpose(
    _ source: UnsafePointer<Element>, rows: Int, columns: Int, into target: UnsafeMutablePointer<Element>,
    stride: Int
  ) throws {
    let tile = 32
    try Parallel.forEach(count: rows, grain: tile * Swift.max(1, 4096 / Swift.max(1, columns))) { lines in
      for top in Swift.stride(from: lines.lowerBound, to: lines.upperBound, by: tile) {
        for left in Swift.stride(from: 0, to: columns, by: tile) {
          for column in left..<Swift.min(left + tile, columns) {
            for row in top..<Swift.min(top + tile, lines.upperBound) {
              target[column * stride + row] = source[row * columns + column]
            }
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
