import CBlas

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
    if dtype.isFloat && !isSmall { try BLAS.prepare(work: batchCount == 1 ? work : 0) }
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
    case .f32, .f64: try floats(a, b, c)
    case .i64, .bool: try integers(a, b, c)
    }
  }

  /// Rows that one call computes: a call cannot be interrupted and should not take more than about 25 ms.
  private var rowsPerCall: Int { max(64, 1_000_000_000 / max(1, n * k)) }

  /// By OpenBLAS. The result is cleared first and added to (beta = 1): with beta = 0 a matrix-vector product would
  /// keep NaN of uninitialised memory, and a matrix product clears C in a slow loop, a tenth of a small one's time.
  private func floats(
    _ a: UnsafeMutableRawPointer, _ b: UnsafeMutableRawPointer, _ c: UnsafeMutableRawPointer
  ) throws {
    for first in Swift.stride(from: 0, to: m, by: rowsPerCall) {
      try Interrupt.check()
      let rows = min(rowsPerCall, m - first)
      let a = a + first * (self.a.isTransposed ? 1 : self.a.leading) * dtype.stride
      let c = c + first * n * dtype.stride
      c.initializeMemory(as: UInt8.self, repeating: 0, count: rows * n * dtype.stride)
      if n == 1 {
        let step = self.b.isTransposed ? 1 : self.b.leading
        let (p, q) = self.a.isTransposed ? (k, rows) : (rows, k)
        try vectorProduct(self.a, a, isTransposed: self.a.isTransposed, rows: p, columns: q, b, step: step, c)
      } else if rows == 1 {
        // c = Bᵀ a
        let step = self.a.isTransposed ? self.a.leading : 1
        let (p, q) = self.b.isTransposed ? (n, k) : (k, n)
        try vectorProduct(
          self.b, b, isTransposed: !self.b.isTransposed, rows: p, columns: q, a, step: step, c)
      } else {
        try matrixProduct(a, b, c, rows: rows)
      }
    }
  }

  private func flag(_ isTransposed: Bool) -> Int32 { Int32(isTransposed ? tlx_transpose : tlx_no_transpose) }

  private func matrixProduct(
    _ a: UnsafeMutableRawPointer, _ b: UnsafeMutableRawPointer, _ c: UnsafeMutableRawPointer, rows: Int
  ) throws {
    let (p, q, r) = try (BLAS.size(rows), BLAS.size(n), BLAS.size(k))
    let (lda, ldb) = try (BLAS.size(self.a.leading), BLAS.size(self.b.leading))
    let order = Int32(tlx_row_major)
    let (transA, transB) = (flag(self.a.isTransposed), flag(self.b.isTransposed))
    if dtype == .f32 {
      tlx_cblas_sgemm(
        order, transA, transB, p, q, r, 1, a.assumingMemoryBound(to: Float.self), lda,
        b.assumingMemoryBound(to: Float.self), ldb, 1, c.assumingMemoryBound(to: Float.self), q)
    } else {
      tlx_cblas_dgemm(
        order, transA, transB, p, q, r, 1, a.assumingMemoryBound(to: Double.self), lda,
        b.assumingMemoryBound(to: Double.self), ldb, 1, c.assumingMemoryBound(to: Double.self), q)
    }
  }

  /// c += M x, or Mᵀ x, for a matrix of `rows × columns` as it lies in memory.
  private func vectorProduct(
    _ operand: MatrixOperand, _ matrix: UnsafeMutableRawPointer, isTransposed: Bool, rows: Int, columns: Int,
    _ x: UnsafeMutableRawPointer, step: Int, _ c: UnsafeMutableRawPointer
  ) throws {
    let (p, q) = try (BLAS.size(rows), BLAS.size(columns))
    let (leading, step) = try (BLAS.size(operand.leading), BLAS.size(step))
    let order = Int32(tlx_row_major)
    if dtype == .f32 {
      tlx_cblas_sgemv(
        order, flag(isTransposed), p, q, 1, matrix.assumingMemoryBound(to: Float.self), leading,
        x.assumingMemoryBound(to: Float.self), step, 1, c.assumingMemoryBound(to: Float.self), 1)
    } else {
      tlx_cblas_dgemv(
        order, flag(isTransposed), p, q, 1, matrix.assumingMemoryBound(to: Double.self), leading,
        x.assumingMemoryBound(to: Double.self), step, 1, c.assumingMemoryBound(to: Double.self), 1)
    }
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
