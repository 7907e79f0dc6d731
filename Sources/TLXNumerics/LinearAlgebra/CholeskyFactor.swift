/// The lower L with A = L Lᵀ of a positive definite A of f64, and what can be had of A⁻¹ without forming all of it.
///
/// A costs its own memory only: it is filled where it is factored. Long calls can be interrupted.
public final class CholeskyFactor: @unchecked Sendable {
  public let order: Int
  /// By rows; above the diagonal stand remains.
  private let storage: Storage

  /// - Parameter fill: Writes the lower triangle of A by rows; what stands above the diagonal is not read.
  /// - Throws: E0501 with the order of the first leading minor that is not positive, what `fill` throws, E0701 when
  ///   interrupted. Cost: n³/3.
  public convenience init(order: Int, filledBy fill: (UnsafeMutablePointer<Double>) throws -> Void) throws {
    let storage = try Storage(shape: [order, order], dtype: .f64)
    try fill(storage.pointer.bindMemory(to: Double.self, capacity: order * order))
    try BLAS.load()
    // By rows, the lower triangle is by columns the upper one.
    let matrix = storage.pointer.assumingMemoryBound(to: Double.self)
    let info = try withExtendedLifetime(storage) {
      try BlockedCholesky(order: order, matrix: matrix).factor()
    }
    guard info == 0 else {
      throw NumericsError(
        "E0501",
        "the \(order)×\(order) matrix is not positive definite: its leading minor of order \(info) is not positive"
      )
    }
    self.init(order, storage)
  }

  private init(_ order: Int, _ storage: Storage) {
    (self.order, self.storage) = (order, storage)
  }

  /// Row r starts at r n; only its first r + 1 elements mean anything.
  public func withElements<Result>(_ body: (UnsafePointer<Double>) throws -> Result) rethrows -> Result {
    try withExtendedLifetime(storage) {
      try body(UnsafePointer(storage.pointer.assumingMemoryBound(to: Double.self)))
    }
  }

  /// The diagonal of L.
  public var pivots: [Double] { withElements { l in (0..<order).map { l[$0 * (order + 1)] } } }

  /// L⁻¹. Cost: n³/3.
  public func inverse() throws -> CholeskyInverse {
    let copy = try Self.copy(of: storage, order)
    _ = try Self.run(order, copy) { Lapack<Double>.trtri($0, $1) }
    return CholeskyInverse(order, copy)
  }

  fileprivate static func copy(of storage: Storage, _ order: Int) throws -> Storage {
    let copy = try Storage(shape: [order, order], dtype: .f64)
    let size = order * MemoryLayout<Double>.stride
    for row in 0..<order {
      (copy.pointer + row * size).copyMemory(from: storage.pointer + row * size, byteCount: size)
    }
    return copy
  }

  /// Runs a routine on memory that it may go on using where the caller leaves it.
  fileprivate static func run(
    _ order: Int, _ storage: Storage, _ routine: @escaping (Int32, UnsafeMutablePointer<Double>) -> Int32
  ) throws -> Int32 {
    let work = order * order * order / 6
    try BLAS.load()
    let size = try BLAS.size(order)
    let outcome = Outcome()
    let call = {
      withExtendedLifetime(storage) {
        outcome.info = routine(size, storage.pointer.assumingMemoryBound(to: Double.self))
      }
    }
    if work > 100_000_000 { try AbandonableCall.run(call) } else { call() }
    return outcome.info
  }

  private final class Outcome {
    var info: Int32 = 0
  }
}

/// L⁻¹ of a Cholesky factor: A⁻¹ = L⁻ᵀ L⁻¹.
public final class CholeskyInverse: @unchecked Sendable {
  public let order: Int
  private let storage: Storage

  fileprivate init(_ order: Int, _ storage: Storage) {
    (self.order, self.storage) = (order, storage)
  }

  /// The k × k blocks on the diagonal of A⁻¹, f64[n/k, k, k]: sums over the rows of L⁻¹ from each block on.
  /// Cost: n² k / 2.
  public func diagonalBlocks(of k: Int) throws -> Tensor {
    let count = order / k
    return try Tensor(shape: [count, k, k], of: Double.self) { target in
      target.initialize(repeating: 0)
      guard let blocks = target.baseAddress else { return }
      let l = storage.pointer.assumingMemoryBound(to: Double.self)
      try Parallel.forEach(count: count, grain: Swift.max(1, 160 / k)) { part in
        for row in part.lowerBound * k..<order {
          let line = l + row * order
          for block in part.lowerBound..<Swift.min(part.upperBound, row / k + 1) {
            addSquare(of: line + block * k, Swift.min(k, row + 1 - block * k), to: blocks + block * k * k, k)
          }
        }
      }
    }
  }

  /// B += v vᵀ for the first `length` entries of v.
  @inline(__always)
  private func addSquare(
    of v: UnsafePointer<Double>, _ length: Int, to block: UnsafeMutablePointer<Double>, _ k: Int
  ) {
    for i in 0..<length {
      let (factor, target) = (v[i], block + i * k)
      for j in 0..<length { target[j] += factor * v[j] }
    }
  }

  /// A⁻¹, f64[n, n]. Cost: n³/3.
  public func product() throws -> Tensor {
    let copy = try CholeskyFactor.copy(of: storage, order)
    _ = try CholeskyFactor.run(order, copy) { Lapack<Double>.lauum($0, $1) }
    let a = copy.pointer.assumingMemoryBound(to: Double.self)
    let tile = 32
    for top in stride(from: 0, to: order, by: tile) {
      for left in stride(from: 0, through: top, by: tile) {
        for row in top..<Swift.min(top + tile, order) {
          for column in left..<Swift.min(left + tile, row) {
            a[column * order + row] = a[row * order + column]
          }
        }
      }
    }
    return Tensor(storage: copy, shape: [order, order], dtype: .f64)
  }
}
