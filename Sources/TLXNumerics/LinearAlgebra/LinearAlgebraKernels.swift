/// The kernels of `Primitive.linearAlgebra`: one call computes every matrix of a batch.
///
/// Tensors are row-major, LAPACK is column-major: it sees each matrix transposed. Where a factorization of the
/// transpose gives the same answer (solves, Cholesky, SVD, symmetric eigenvectors) no matrix is turned round;
/// LU, QR and general eigenvectors are copied in and out by tiles.
enum LinearAlgebraKernels {
  /// An operand in memory: contiguous, row-major.
  struct Operand {
    var pointer: UnsafeRawPointer
    var shape: Shape
  }

  /// - Parameters:
  ///   - inputs: All of `dtype`, f32 or f64, with equal leading axes.
  ///   - output: Room for the packed result of all matrices.
  /// - Throws: E0501 singular or not positive definite, E0503 not converged, E0504 NaN or infinity in an input.
  static func run(
    _ operation: LinearAlgebraOperation, inputs: [Operand], output: UnsafeMutableRawPointer, dtype: DType
  ) throws {
    switch dtype {
    case .f32: try Batch<Float>(operation, inputs, output).run()
    case .f64: try Batch<Double>(operation, inputs, output).run()
    default: throw NumericsError("E0404", "\(operation.name) computes in f32 or f64, not \(dtype.name)")
    }
  }

  private struct Batch<Element: LapackScalar> {
    let operation: LinearAlgebraOperation
    let inputs: [Operand]
    let output: UnsafeMutablePointer<Element>

    init(_ operation: LinearAlgebraOperation, _ inputs: [Operand], _ output: UnsafeMutableRawPointer) {
      self.operation = operation
      self.inputs = inputs
      self.output = output.assumingMemoryBound(to: Element.self)
    }

    func run() throws {
      guard let first = inputs.first, first.shape.rank >= 2 else { return }
      let rank = first.shape.rank
      let (m, n) = (first.shape[rank - 2], first.shape[rank - 1])
      let count = first.shape.sizes.dropLast(2).reduce(1, *)
      let columns = inputs.count > 1 ? inputs[1].shape[rank - 1] : 0
      let size = operation.resultShape(m, n, columns).elementCount
      if size == 0 || count == 0 { return }
      try BLAS.prepare(work: m * n * Swift.max(columns, Swift.min(m, n)))
      for matrix in 0..<count {
        try Interrupt.check()
        let kernel = MatrixKernel<Element>(
          operation: operation, m: m, n: n, k: columns,
          a: first.pointer.assumingMemoryBound(to: Element.self) + matrix * m * n,
          b: inputs.count > 1
            ? inputs[1].pointer.assumingMemoryBound(to: Element.self) + matrix * m * columns : nil,
          result: output + matrix * size,
          place: count == 1 ? "" : " (matrix \(matrix) of the batch)")
        try kernel.run()
      }
    }
  }
}

extension LinearAlgebraOperation {
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
    }
  }

  /// The packed result of one m×n matrix, with a right-hand side of `columns` where there is one.
  func resultShape(_ m: Int, _ n: Int, _ columns: Int) -> Shape {
    let k = Swift.min(m, n)
    switch self {
    case .solve, .triangularSolve: return [n, columns]
    case .cholesky: return [n, n]
    case .lu: return [n, n + 2]
    case .qr: return [m + n, k]
    case .svd: return [m * k + k + k * n]
    case .eigh: return [n, n + 1]
    case .eig: return [n, 2 * n + 2]
    }
  }
}
