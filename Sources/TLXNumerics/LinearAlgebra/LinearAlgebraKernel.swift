/// The kernels of `Primitive.linearAlgebra`: one call computes every matrix of a batch.
///
/// Tensors are row-major, LAPACK is column-major: it sees each matrix transposed. Where a factorization of the
/// transpose gives the same answer (solves, Cholesky, SVD, symmetric eigenvectors) no matrix is turned round;
/// LU, QR and general eigenvectors are copied in and out by tiles.
enum LinearAlgebraKernel {
  /// Computes one operation. Inputs and output are contiguous and row-major, with the dtype of the output (f32 or
  /// f64); leading axes beyond the last two are batches. `output` is uninitialised and is filled wholly.
  ///
  /// - Throws: E0501 singular or not positive definite, E0503 not converged, E0504 NaN or infinity in an input,
  ///   E0505 not symmetric where it must be.
  static func run(_ operation: LinearAlgebraOperation, inputs: [Operand], output: Operand) throws {
    switch output.dtype {
    case .f32: try run(operation, inputs, output, Float.self)
    case .f64: try run(operation, inputs, output, Double.self)
    default:
      throw NumericsError("E0404", "\(operation.name) computes in f32 or f64, not \(output.dtype.name)")
    }
  }

  private static func run<Element: LapackScalar>(
    _ operation: LinearAlgebraOperation, _ inputs: [Operand], _ output: Operand, _ type: Element.Type
  ) throws {
    guard let first = inputs.first, first.shape.rank >= 2, output.count > 0 else { return }
    let rank = first.shape.rank
    let (m, n) = (first.shape[rank - 2], first.shape[rank - 1])
    let count = first.shape.sizes.dropLast(2).reduce(1, *)
    let columns = inputs.count > 1 ? inputs[1].shape[rank - 1] : 0
    let size = output.count / count
    try BLAS.load()
    let elements = inputs.map { UnsafePointer($0.pointer.assumingMemoryBound(to: Element.self)) }
    let result = output.pointer.assumingMemoryBound(to: Element.self)
    let isLong = operation.work(m, n, columns) > (operation.isInPieces ? 10 : 1) * longWork
    for matrix in 0..<count {
      try Interrupt.check()
      let kernel = MatrixKernel<Element>(
        operation: operation, m: m, n: n, k: columns, a: elements[0] + matrix * m * n,
        b: inputs.count > 1 ? elements[1] + matrix * m * columns : nil, result: result + matrix * size,
        place: count == 1 ? "" : " (matrix \(matrix) of the batch)")
      if isLong { try runApart(kernel, size) } else { try kernel.run() }
    }
  }

  /// Multiply-adds that may take longer than the tenth of a second within which an interrupt must be heard.
  private static let longWork = 2e8

  /// Runs a long call on copies of its operands, so that an interrupt need not wait for its end.
  private static func runApart<Element: LapackScalar>(_ kernel: MatrixKernel<Element>, _ size: Int) throws {
    let (m, n, k) = (kernel.m, kernel.n, kernel.k)
    let counts = [m * n, kernel.b == nil ? 0 : m * k, size]
    let copies = try counts.map { try Storage(byteCount: $0 * MemoryLayout<Element>.stride) }
    let pointers = copies.map { $0.pointer.assumingMemoryBound(to: Element.self) }
    // Page by page, new memory is slow enough for an interrupt to fall into it.
    func copy(_ from: UnsafePointer<Element>, _ to: UnsafeMutablePointer<Element>, _ count: Int) throws {
      try Interrupt.forEachPart(of: count) {
        (to + $0.lowerBound).update(from: from + $0.lowerBound, count: $0.count)
      }
    }
    try copy(kernel.a, pointers[0], counts[0])
    if let b = kernel.b { try copy(b, pointers[1], counts[1]) }
    let apart = MatrixKernel<Element>(
      operation: kernel.operation, m: m, n: n, k: k, a: UnsafePointer(pointers[0]), ownCopy: pointers[0],
      b: kernel.b == nil ? nil : UnsafePointer(pointers[1]), result: pointers[2], place: kernel.place)
    try AbandonableCall.run { try withExtendedLifetime(copies) { try apart.run() } }
    // The pointers alone do not keep the memory.
    try withExtendedLifetime(copies) { try copy(UnsafePointer(pointers[2]), kernel.result, size) }
  }
}

extension LinearAlgebraOperation {
  /// Whether nearly all of it is done in pieces between which an interrupt is heard.
  fileprivate var isInPieces: Bool {
    switch self {
    case .solve, .triangularSolve, .cholesky, .lu, .qr, .expm: true
    case .svd, .eigh, .eig: false
    }
  }

  /// Multiply-adds, roughly: LAPACK's counts, with those of its slow parts weighed by their speed.
  fileprivate func work(_ m: Int, _ n: Int, _ columns: Int) -> Double {
    let (m, n, k) = (Double(m), Double(n), Double(columns))
    switch self {
    case .solve: return n * n * n / 3 + n * n * k
    case .triangularSolve: return n * n * k / 2
    case .cholesky: return n * n * n / 6
    case .lu: return n * n * n / 3
    case .qr: return 2 * m * n * Swift.min(m, n)
    case .svd: return 20 * m * n * Swift.min(m, n)
    case .eigh: return 10 * n * n * n
    case .eig: return 40 * n * n * n
    case .expm: return 50 * n * n * n
    }
  }

  /// The name in messages.
  var name: String {
    switch self {
    case .solve: "solve"
    case .triangularSolve: "triangular solve"
    case .cholesky: "cholesky"
    case .lu: "lu"
    case .qr: "qr"
    case .svd: "svd"
    case .eigh: "eigh"
    case .eig: "eig"
    case .expm: "expm"
    }
  }

  /// The packed result of one m×n matrix, with a right-hand side of `columns` where there is one.
  func resultShape(_ m: Int, _ n: Int, _ columns: Int) -> Shape {
    let k = Swift.min(m, n)
    switch self {
    case .solve, .triangularSolve: return [n, columns]
    case .cholesky, .expm: return [n, n]
    case .lu: return [n, n + 2]
    case .qr: return [m + n, k]
    case .svd: return [m * k + k + k * n]
    case .eigh: return [n, n + 1]
    case .eig: return [n, 2 * n + 2]
    }
  }
}
