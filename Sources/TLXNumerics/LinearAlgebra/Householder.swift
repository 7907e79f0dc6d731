/// What the reductions to few diagonals share. Vectors are contiguous; matrices column-major.
enum Householder<Element: LapackScalar> {
  typealias Pointer = UnsafeMutablePointer<Element>

  /// How many columns are reduced before what is left of the matrix is updated by one product.
  static var panel: Int { 32 }

  /// Turns x into the v of a reflector I − τ v vᵀ with v[0] = 1 that takes it to (β, 0, …, 0).
  ///
  /// The entries are of a matrix that was scaled to a largest entry of about 1, so that squares which underflow do not
  /// matter.
  static func reflector(_ x: Pointer, _ count: Int) -> (tau: Element, beta: Element) {
    let alpha = x[0]
    var squares: Element = 0
    if count > 1 { squares = dot(x + 1, x + 1, count - 1) }
    guard squares > 0 else {
      x[0] = 1
      return (0, alpha)
    }
    let norm = (alpha * alpha + squares).squareRoot()
    let beta = alpha < 0 ? norm : -norm
    let factor = 1 / (alpha - beta)
    for index in 1..<count { x[index] *= factor }
    x[0] = 1
    return ((beta - alpha) / beta, beta)
  }

  /// Four sums at a time: one alone waits for itself.
  static func dot(_ x: UnsafePointer<Element>, _ y: UnsafePointer<Element>, _ count: Int) -> Element {
    var result: Element = 0
    // A product with a matrix of one row is the library's dot product.
    do {
      try Element.vectorProduct(
        rows: 1, columns: count, a: x, lda: max(1, count), transposesA: false, x: y, step: 1, y: &result)
    } catch {
      // Only sizes beyond 32 bits, which no matrix has that got here.
      return .nan
    }
    return result
  }

  /// y += P t for P of `rows` × `columns`.
  static func add(
    _ p: UnsafePointer<Element>, leading: Int, rows: Int, columns: Int, _ t: UnsafePointer<Element>,
    to y: Pointer
  ) throws {
    if rows == 0 || columns == 0 { return }
    try Element.vectorProduct(
      rows: columns, columns: rows, a: p, lda: leading, transposesA: true, x: t, step: 1, y: y)
  }

  /// t = −Pᵀ v for P of `rows` × `columns`.
  static func minusTransposed(
    _ p: UnsafePointer<Element>, leading: Int, rows: Int, columns: Int, _ v: UnsafePointer<Element>,
    into t: Pointer
  ) throws {
    if columns == 0 { return }
    t.update(repeating: 0, count: columns)
    if rows == 0 { return }
    try Element.vectorProduct(
      rows: columns, columns: rows, a: p, lda: leading, transposesA: false, x: v, step: 1, y: t)
    for index in 0..<columns { t[index].negate() }
  }

  /// A −= P Qᵀ for A of `rows` × `columns` and `depth` columns of P and Q, in pieces of columns on all threads.
  static func subtract(
    _ p: UnsafePointer<Element>, leading: Int, _ q: UnsafePointer<Element>, leading leadingQ: Int, depth: Int,
    from a: Pointer, leading leadingA: Int, rows: Int, columns: Int
  ) throws {
    // Row by row these are the transposes.
    try PiecewiseProduct.matrix(
      m: columns, n: rows, k: depth, alpha: -1, a: q, lda: leadingQ, transposesA: true, b: p, ldb: leading,
      beta: 1, c: a, ldc: leadingA)
  }

  /// The power of two that brings the largest entry to between 1 and 2; 1 for zeros.
  static func scale(of x: UnsafePointer<Element>, count: Int) -> Element {
    var largest: Element = 0
    for index in 0..<count { largest = max(largest, abs(x[index])) }
    guard largest > 0, largest.isFinite else { return 1 }
    let exponent = min(-largest.exponent, Element.greatestFiniteMagnitude.exponent)
    return Element(sign: .plus, exponent: exponent, significand: 1)
  }
}
