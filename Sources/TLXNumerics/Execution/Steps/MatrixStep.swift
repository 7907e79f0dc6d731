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

/// C = A B over the last two axes, by OpenBLAS (f32, f64) or in own loops (i64).
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
    if dtype.isFloat { try BLAS.prepare(work: batchCount == 1 ? work : 0) }
    if batchCount == 1 { return try product(memory, 0, 0, 0) }
    try Parallel.forEach(count: batchCount, grain: max(1, 2_000_000 / work)) { range in
      for batch in range {
        try product(memory, position(batch, a.batchStrides), position(batch, b.batchStrides), batch)
      }
    }
  }

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
    case .f32: try singles(a, b, c)
    case .f64: try doubles(a, b, c)
    case .i64, .bool: try integers(a, b, c)
    }
  }

  /// Rows that one call computes: a call cannot be interrupted and should not take more than about 50 ms.
  private var rowsPerCall: Int { max(64, 2_000_000_000 / max(1, n * k)) }

  private func singles(
    _ a: UnsafeMutableRawPointer, _ b: UnsafeMutableRawPointer, _ c: UnsafeMutableRawPointer
  ) throws {
    let a = a.assumingMemoryBound(to: Float.self)
    let b = b.assumingMemoryBound(to: Float.self)
    let c = c.assumingMemoryBound(to: Float.self)
    let (lda, ldb) = try (BLAS.size(self.a.leading), BLAS.size(self.b.leading))
    let (columns, depth) = try (BLAS.size(n), BLAS.size(k))
    let transA = Int32(self.a.isTransposed ? tlx_transpose : tlx_no_transpose)
    let transB = Int32(self.b.isTransposed ? tlx_transpose : tlx_no_transpose)
    let order = Int32(tlx_row_major)
    for first in Swift.stride(from: 0, to: m, by: rowsPerCall) {
      try Interrupt.check()
      let rows = try BLAS.size(min(rowsPerCall, m - first))
      let a = a + first * (self.a.isTransposed ? 1 : self.a.leading)
      let c = c + first * n
      if n == 1 {
        // y must not hold NaN, which 0·y would keep.
        c.update(repeating: 0, count: Int(rows))
        let step = self.b.isTransposed ? 1 : ldb
        let (p, q) = self.a.isTransposed ? (depth, rows) : (rows, depth)
        tlx_cblas_sgemv(order, transA, p, q, 1, a, lda, b, step, 0, c, 1)
      } else if rows == 1 {
        c.update(repeating: 0, count: n)
        let step = self.a.isTransposed ? lda : 1
        let (p, q) = self.b.isTransposed ? (columns, depth) : (depth, columns)
        let flipped = Int32(self.b.isTransposed ? tlx_no_transpose : tlx_transpose)
        tlx_cblas_sgemv(order, flipped, p, q, 1, b, ldb, a, step, 0, c, 1)
      } else {
        // Zeros and beta = 1: OpenBLAS clears C for beta = 0 in a slow loop, a tenth of a small product's time.
        c.update(repeating: 0, count: Int(rows) * n)
        tlx_cblas_sgemm(order, transA, transB, rows, columns, depth, 1, a, lda, b, ldb, 1, c, columns)
      }
    }
  }

  private func doubles(
    _ a: UnsafeMutableRawPointer, _ b: UnsafeMutableRawPointer, _ c: UnsafeMutableRawPointer
  ) throws {
    let a = a.assumingMemoryBound(to: Double.self)
    let b = b.assumingMemoryBound(to: Double.self)
    let c = c.assumingMemoryBound(to: Double.self)
    let (lda, ldb) = try (BLAS.size(self.a.leading), BLAS.size(self.b.leading))
    let (columns, depth) = try (BLAS.size(n), BLAS.size(k))
    let transA = Int32(self.a.isTransposed ? tlx_transpose : tlx_no_transpose)
    let transB = Int32(self.b.isTransposed ? tlx_transpose : tlx_no_transpose)
    let order = Int32(tlx_row_major)
    for first in Swift.stride(from: 0, to: m, by: rowsPerCall) {
      try Interrupt.check()
      let rows = try BLAS.size(min(rowsPerCall, m - first))
      let a = a + first * (self.a.isTransposed ? 1 : self.a.leading)
      let c = c + first * n
      if n == 1 {
        // y must not hold NaN, which 0·y would keep.
        c.update(repeating: 0, count: Int(rows))
        let step = self.b.isTransposed ? 1 : ldb
        let (p, q) = self.a.isTransposed ? (depth, rows) : (rows, depth)
        tlx_cblas_dgemv(order, transA, p, q, 1, a, lda, b, step, 0, c, 1)
      } else if rows == 1 {
        c.update(repeating: 0, count: n)
        let step = self.a.isTransposed ? lda : 1
        let (p, q) = self.b.isTransposed ? (columns, depth) : (depth, columns)
        let flipped = Int32(self.b.isTransposed ? tlx_no_transpose : tlx_transpose)
        tlx_cblas_dgemv(order, flipped, p, q, 1, b, ldb, a, step, 0, c, 1)
      } else {
        // Zeros and beta = 1: OpenBLAS clears C for beta = 0 in a slow loop, a tenth of a small product's time.
        c.update(repeating: 0, count: Int(rows) * n)
        tlx_cblas_dgemm(order, transA, transB, rows, columns, depth, 1, a, lda, b, ldb, 1, c, columns)
      }
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
