/// Householder reflectors H₁ H₂ … H_count, as a factorization leaves them below the diagonal of a column-major matrix, and
/// their application to other matrices on all threads.
///
/// Reflector i is I − τ v vᵀ with v zero above row i, one there, and below it what column i of `vectors` holds. Blocks of
/// them are applied as two products each (Schreiber and Van Loan 1989, LAPACK's `larft` and `larfb`).
struct BlockReflectors<Element: LapackScalar> {
  typealias Pointer = UnsafeMutablePointer<Element>

  let rows: Int
  let count: Int
  let vectors: Pointer
  let leading: Int
  let tau: Pointer
  /// The triangular factors of the blocks, `block` × `block` each.
  private let factors: Storage

  static var block: Int { 32 }

  init(rows: Int, count: Int, vectors: Pointer, leading: Int, tau: Pointer) throws {
    self.rows = rows
    self.count = count
    self.vectors = vectors
    self.leading = leading
    self.tau = tau
    let blocks = (count + Self.block - 1) / Self.block
    factors = try Storage(
      byteCount: Swift.max(1, blocks) * Self.block * Self.block * MemoryLayout<Element>.stride)
  }

  private func factor(_ block: Int) -> Pointer {
    factors.pointer.assumingMemoryBound(to: Element.self) + block * Self.block * Self.block
  }

  private func columns(_ block: Int) -> Range<Int> {
    block * Self.block..<min(count, (block + 1) * Self.block)
  }

  private var blocks: Int { (count + Self.block - 1) / Self.block }

  /// Finds the triangular factor of a block whose reflectors are known.
  func prepare(_ block: Int) throws {
    let columns = columns(block)
    let first = columns.lowerBound
    try Lapack<Element>.larft(
      rows - first, columns.count, vectors + first * (leading + 1), leading: leading, tau + first,
      factor(block),
      leading: Self.block)
  }

  /// Finds the triangular factors of all blocks, on all threads.
  func prepare() throws {
    try Parallel.forEach(count: blocks, grain: 1) { range in for block in range { try prepare(block) } }
  }

  /// Applies one block to columns of a matrix, H C or Hᵀ C.
  func apply(_ block: Int, transposed: Bool, to c: Pointer, leading leadingC: Int, columns count: Int) throws
  {
    let columns = columns(block)
    let first = columns.lowerBound
    try Lapack<Element>.withScratch(Element.self, count * columns.count) { work in
      try Lapack<Element>.larfb(
        transposed: transposed, rows - first, count, columns.count, vectors + first * (leading + 1),
        leading: leading, factor(block), leading: Self.block, c + first, leading: leadingC, work)
    }
  }

  /// C becomes H₁ H₂ … C, for a matrix of `rows` × `columns`.
  func apply(to c: Pointer, leading leadingC: Int, columns: Int) throws {
    try Parallel.forEach(count: columns, grain: pieceWidth(columns)) { piece in
      for block in (0..<blocks).reversed() {
        try Interrupt.check()
        try apply(
          block, transposed: false, to: c + piece.lowerBound * leadingC, leading: leadingC,
          columns: piece.count)
      }
    }
  }

  /// The first columns of the product H₁ H₂ … itself.
  func product(into c: Pointer, leading leadingC: Int, columns: Int) throws {
    try Parallel.forEach(count: columns, grain: pieceWidth(columns)) { piece in
      for column in piece {
        let line = c + column * leadingC
        line.update(repeating: 0, count: rows)
        line[column] = 1
      }
      // A block leaves the columns before its own as they are.
      for block in (0..<blocks).reversed() where self.columns(block).lowerBound < piece.upperBound {
        try Interrupt.check()
        let first = Swift.max(piece.lowerBound, self.columns(block).lowerBound)
        try apply(
          block, transposed: false, to: c + first * leadingC, leading: leadingC,
          columns: piece.upperBound - first)
      }
    }
  }

  private func pieceWidth(_ columns: Int) -> Int {
    rows * count * columns < 2_000_000 ? columns : Swift.max(64, (columns / 8 + 15) & ~15)
  }
}
