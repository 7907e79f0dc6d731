import TLXNumerics

extension TangentFactors {
  /// The lower triangle of J Jᵀ by rows into memory of (n k)² numbers; what stands above the diagonal is not defined.
  ///
  /// Σ over layers of ⟨ã_i, ã_j⟩ ⟨δ_ic, δ_jd⟩, some examples' rows at a time, so that the two products of a layer are
  /// joined while they are in the cache. Cost: (n k)² Σ q, half of a full product, on all cores.
  func fillLowerKernel(_ kernel: UnsafeMutablePointer<Double>) throws {
    guard !blocks.isEmpty else { throw NumericsError("E0415", "the model has no weights to expand in") }
    try Tensor.realize(blocks.flatMap { [$0.inputs, $0.sensitivities] })
    let kernel = KernelRows(memory: kernel, examples: count, outputs: classes)
    let grain = Swift.max(1, KernelRows.height / Swift.max(1, classes))
    try Parallel.forEach(count: count, grain: grain) { part in
      var scratch = KernelRows.Scratch(part, outputs: classes)
      for (number, block) in blocks.enumerated() {
        try kernel.add(block, part, &scratch, isFirst: number == 0)
      }
    }
  }
}

/// The rows of a kernel that belong to some examples.
private struct KernelRows: @unchecked Sendable {
  /// Rows at a time: their products with all rows before them stay in the second-level cache.
  static let height = 80

  let memory: UnsafeMutablePointer<Double>
  let examples: Int
  let outputs: Int

  /// What the examples of a part have in common with those before them and with each other.
  struct Scratch {
    /// ⟨ã_i, ã_j⟩
    var inputs: [Double]
    /// ⟨δ_ic, δ_jd⟩
    var sensitivities: [Double]
    /// One row of `inputs`, each number once for every output.
    var spread: [Double]

    init(_ part: Range<Int>, outputs: Int) {
      inputs = [Double](repeating: 0, count: part.count * part.upperBound)
      sensitivities = [Double](repeating: 0, count: part.count * outputs * part.upperBound * outputs)
      spread = [Double](repeating: 0, count: part.upperBound * outputs)
    }
  }

  func add(_ block: TangentFactors.Block, _ part: Range<Int>, _ scratch: inout Scratch, isFirst: Bool) throws
  {
    try Self.products(of: block.inputs, part, block.inputs.shape[1], into: &scratch.inputs)
    let rows = part.lowerBound * outputs..<part.upperBound * outputs
    try Self.products(
      of: block.sensitivities, rows, block.sensitivities.shape[2], into: &scratch.sensitivities)
    let columns = rows.upperBound
    scratch.inputs.withUnsafeBufferPointer { inputs in
      scratch.sensitivities.withUnsafeBufferPointer { sensitivities in
        scratch.spread.withUnsafeMutableBufferPointer { spread in
          guard let weights = spread.baseAddress, let products = sensitivities.baseAddress else { return }
          for example in part {
            let line = (example - part.lowerBound) * part.upperBound
            for other in 0..<part.upperBound {
              for output in 0..<outputs { weights[other * outputs + output] = inputs[line + other] }
            }
            for row in example * outputs..<(example + 1) * outputs {
              DoubleVector.addProduct(
                weights, products + (row - rows.lowerBound) * columns, to: memory + row * examples * outputs,
                row + 1, isFirst: isFirst)
            }
          }
        }
      }
    }
  }

  /// Products of some rows of a matrix of `width` columns with all rows up to the last of them.
  private static func products(
    of matrix: Tensor, _ rows: Range<Int>, _ width: Int, into target: inout [Double]
  )
    throws
  {
    try matrix.withElements(of: Double.self) { elements in
      try target.withUnsafeMutableBufferPointer { target in
        guard let a = elements.baseAddress, let c = target.baseAddress else { return }
        try DenseProduct.setTransposed(
          a + rows.lowerBound * width, leading: width, a, leading: width, to: c, leading: rows.upperBound,
          m: rows.count, n: rows.upperBound, k: width)
      }
    }
  }
}
