/// A matrix product's operand: an m×n matrix that lies in memory row by row or column by column, and a stride
/// for every batch axis (0 where a matrix is shared).
struct MatrixOperand: Sendable {
  let slot: Int
  let offset: Int
  let isTransposed: Bool
  /// Elements from one row (if transposed: column) to the next.
  let leading: Int
  let batchStrides: [Int]

  /// nil where neither rows nor columns are contiguous, so that a copy is needed.
  init?(slot: Int, offset: Int, shape: Shape, strides: [Int]) {
    let rank = shape.rank
    let (rows, columns) = (shape[rank - 2], shape[rank - 1])
    let (rowStride, columnStride) = (strides[rank - 2], strides[rank - 1])
    if rows == 0 || columns == 0 {
      isTransposed = false
      leading = max(1, columns)
    } else if (columnStride == 1 || columns == 1) && (rowStride >= max(1, columns) || rows == 1) {
      isTransposed = false
      leading = max(1, rows == 1 ? columns : rowStride)
    } else if (rowStride == 1 || rows == 1) && (columnStride >= max(1, rows) || columns == 1) {
      isTransposed = true
      leading = max(1, columns == 1 ? rows : columnStride)
    } else {
      return nil
    }
    self.slot = slot
    self.offset = offset
    self.batchStrides = Array(strides[..<(rank - 2)])
  }
}

extension MatrixOperand {
  /// One matrix of it, that begins at `start`.
  fileprivate func floats(at start: UnsafeMutableRawPointer) -> SmallProduct.Matrix {
    SmallProduct.Matrix(
      start: UnsafePointer(start.assumingMemoryBound(to: Float.self)), row: isTransposed ? 1 : leading,
      column: isTransposed ? leading : 1)
  }
}

/// C = A B over the last two axes, by OpenBLAS (f32, f64) or in own loops (i64 and small f32).
final class MatrixStep: Step, @unchecked Sendable {
  let m: Int
  let k: Int
  let n: Int
  let batches: [Int]
  let a: MatrixOperand
  let b: MatrixOperand
  let output: Int
  let dtype: DType
  let description: String

  init(
    m: Int, k: Int, n: Int, batches: [Int], a: MatrixOperand, b: MatrixOperand, output: Int, dtype: DType,
    description: String
  ) {
    self.m = m
    self.k = k
    self.n = n
    self.batches = batches
    self.a = a
    self.b = b
    self.output = output
    self.dtype = dtype
    self.description = description
  }

  func run(_ memory: RunMemory) throws {
    let batchCount = batches.reduce(1, *)
    if m == 0 || n == 0 || batchCount == 0 { return }
    if k == 0 {
      memory.slots[output].initializeMemory(
        as: UInt8.self, repeating: 0, count: batchCount * m * n * dtype.stride)
      return
    }
    let work = m * n * k
    if dtype.isFloat && !isSmall { try BLAS.load() }
    if batchCount == 1 { return try product(memory, 0, 0, 0) }
    try Parallel.forEach(count: batchCount, grain: max(1, 2_000_000 / work)) { range in
      for batch in range {
        try product(memory, position(batch, a.batchStrides), position(batch, b.batchStrides), batch)
      }
    }
  }

  private var isSmall: Bool { dtype == .f32 && SmallProduct.isSmall(m: m, n: n, k: k) }

  private func position(_ batch: Int, _ strides: [Int]) -> Int {
    var rest = batch
    var position = 0
    for axis in batches.indices.reversed() {
      position += rest % batches[axis] * strides[axis]
      rest /= batches[axis]
    }
    return position
  }

  private func product(_ memory: RunMemory, _ aPosition: Int, _ bPosition: Int, _ batch: Int) throws {
    let stride = dtype.stride
    let a = memory.slots[self.a.slot] + (self.a.offset + aPosition) * stride
    let b = memory.slots[self.b.slot] + (self.b.offset + bPosition) * stride
    let c = memory.slots[output] + batch * m * n * stride
    switch dtype {
    case .f32 where isSmall:
      SmallProduct.run(
        self.a.floats(at: a), self.b.floats(at: b), c.assumingMemoryBound(to: Float.self), m: m, n: n, k: k)
    case .f32: try floats(a, b, c, Float.self)
    case .f64: try floats(a, b, c, Double.self)
    case .i64, .bool: try integers(a, b, c)
    }
  }

  private func floats<Element: BLASElement>(
    _ a: UnsafeMutableRawPointer, _ b: UnsafeMutableRawPointer, _ c: UnsafeMutableRawPointer,
    _ type: Element.Type
  ) throws {
    let a = UnsafePointer(a.assumingMemoryBound(to: Element.self))
    let b = UnsafePointer(b.assumingMemoryBound(to: Element.self))
    let c = c.assumingMemoryBound(to: Element.self)
    if n == 1 {
      try vectorProduct(
        self.a, a, isTransposed: self.a.isTransposed, m, k, b, self.b.isTransposed ? 1 : self.b.leading, c)
    } else if m == 1 {
      // c = Bᵀ a
      try vectorProduct(
        self.b, b, isTransposed: !self.b.isTransposed, k, n, a, self.a.isTransposed ? self.a.leading : 1, c)
    } else {
      try PiecewiseProduct.matrix(
        m: m, n: n, k: k, a: a, lda: self.a.leading, transposesA: self.a.isTransposed, b: b,
        ldb: self.b.leading, transposesB: self.b.isTransposed, beta: 0, c: c, ldc: n)
    }
  }

  /// c = M x, or Mᵀ x, for a matrix that is rows × columns, or lies in memory as its transpose.
  private func vectorProduct<Element: BLASElement>(
    _ operand: MatrixOperand, _ matrix: UnsafePointer<Element>, isTransposed: Bool, _ rows: Int,
    _ columns: Int, _ x: UnsafePointer<Element>, _ step: Int, _ c: UnsafeMutablePointer<Element>
  ) throws {
    let (p, q) = operand.isTransposed ? (columns, rows) : (rows, columns)
    try PiecewiseProduct.vector(
      rows: p, columns: q, a: matrix, lda: operand.leading, transposesA: isTransposed, x: x, step: step, y: c)
  }

  /// Exact, or E0502. Bounds on the operands mostly show beforehand that nothing can overflow.
  private func integers(
    _ a: UnsafeMutableRawPointer, _ b: UnsafeMutableRawPointer, _ c: UnsafeMutableRawPointer
  ) throws {
    let a = a.assumingMemoryBound(to: Int.self)
    let b = b.assumingMemoryBound(to: Int.self)
    let c = c.assumingMemoryBound(to: Int.self)
    let (aRow, aColumn) = self.a.isTransposed ? (1, self.a.leading) : (self.a.leading, 1)
    let (bRow, bColumn) = self.b.isTransposed ? (1, self.b.leading) : (self.b.leading, 1)
    var (aMax, bMax) = (0.0, 0.0)
    for i in 0..<m { for j in 0..<k { aMax = max(aMax, Swift.abs(Double(a[i * aRow + j * aColumn]))) } }
    for i in 0..<k { for j in 0..<n { bMax = max(bMax, Swift.abs(Double(b[i * bRow + j * bColumn]))) } }
    let isSafe = aMax * bMax * Double(k) < 0x1p62
    for i in 0..<m {
      try Interrupt.check()
      let row = c + i * n
      row.update(repeating: 0, count: n)
      for p in 0..<k {
        let factor = a[i * aRow + p * aColumn]
        let other = b + p * bRow
        if isSafe {
          for j in 0..<n { row[j] &+= factor &* other[j &* bColumn] }
          continue
        }
        for j in 0..<n {
          let (product, tooLarge) = factor.multipliedReportingOverflow(by: other[j * bColumn])
          let (sum, overflow) = row[j].addingReportingOverflow(product)
          if tooLarge || overflow {
            throw NumericsError.integerFault(
              .overflow, "a matrix product (\(factor) * \(other[j * bColumn]))")
          }
          row[j] = sum
        }
      }
    }
  }
}
