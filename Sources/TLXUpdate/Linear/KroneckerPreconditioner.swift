import TLXNumerics

/// An approximate inverse of `JᵀJ + λI`: block by block `(n A ⊗ G + λI)⁻¹` with A = mean ã ãᵀ and G = mean over rows of
/// Σ_c δ_c δ_cᵀ, through the eigenvectors of both.
///
/// Martens and Grosse, "Optimizing neural networks with Kronecker-factored approximate curvature", ICML 2015, section 3;
/// for an expansion the factors do not change, so that they are computed once. The damping is the ridge itself, and the
/// inverse of the Kronecker product plus λI is exact (their factored damping is an approximation of it).
struct KroneckerPreconditioner: Sendable {
  private struct Factor: Sendable {
    var left: Tensor
    var right: Tensor
    /// 1 / (n a_i g_j + λ)
    var scale: Tensor
  }

  private let factors: [Factor]

  /// Cost: (p³ + q³) a block.
  init(_ tangents: TangentFactors, l2: Double) throws {
    let n = Double(tangents.count)
    factors = try tangents.blocks.map { block in
      let q = block.sensitivities.shape[2]
      let flat = try block.sensitivities.reshape([tangents.count * tangents.classes, q])
      let a = try LinearAlgebra.eigh(block.inputs.transpose().matmul(block.inputs) / n)
      let g = try LinearAlgebra.eigh(flat.transpose().matmul(flat) / n)
      let products = try Tensor.outer(a.values.relu(), g.values.relu()) * n
      // Without a ridge, directions without curvature stay as they are.
      let floor = try Swift.max(l2, products.max().doubles()[0] * 1e-12, .leastNormalMagnitude)
      let factor = Factor(left: a.vectors, right: g.vectors, scale: try (products + floor).reciprocal())
      try Tensor.realize([factor.left, factor.right, factor.scale])
      return factor
    }
  }

  func apply(_ v: [Tensor]) throws -> [Tensor] {
    try zip(factors, v).map { factor, v in
      let turned = try factor.left.transpose().matmul(v).matmul(factor.right) * factor.scale
      return try factor.left.matmul(turned).matmul(factor.right.transpose())
    }
  }
}

/// The same idea on the side of the examples: an approximate inverse of `J Jᵀ + λI` by `(N ⊗ C + λI)⁻¹`, with N the kernel
/// between examples summed over outputs and C the one between outputs summed over examples, scaled to the same trace.
///
/// Exact for the last layer, whose kernel is a Kronecker product. It serves where there are fewer outputs over all rows
/// than weights: there the blocks of weights above would damp directions in which `JᵀJ` has nothing to say.
struct ExamplePreconditioner: Sendable {
  private let examples: Tensor
  private let outputs: Tensor
  private let scale: Tensor

  /// Cost: n³ + n² Σ q k.
  init(_ tangents: TangentFactors, l2: Double) throws {
    let (n, k) = (tangents.count, tangents.classes)
    var (between, across) = (try Tensor.zeros([n, n]), try Tensor.zeros([k, k]))
    for block in tangents.blocks {
      let q = block.sensitivities.shape[2]
      let flat = try block.sensitivities.reshape([n, k * q])
      between = try between + block.inputs.matmul(block.inputs.transpose()) * flat.matmul(flat.transpose())
      let squares = try block.inputs.square().sum(axes: [1]).sqrt().reshape([n, 1, 1])
      let weighted = try (block.sensitivities * squares).permute([1, 0, 2]).reshape([k, n * q])
      across = try across + weighted.matmul(weighted.transpose())
    }
    try Tensor.realize([between, across])
    let trace = try Swift.max(LinearAlgebra.trace(across).doubles()[0], .leastNormalMagnitude)
    let (a, c) = (try LinearAlgebra.eigh(between), try LinearAlgebra.eigh(across / trace))
    let products = try Tensor.outer(a.values.relu(), c.values.relu())
    let floor = try Swift.max(l2, products.max().doubles()[0] * 1e-12, .leastNormalMagnitude)
    (examples, outputs, scale) = (a.vectors, c.vectors, try (products + floor).reciprocal())
    try Tensor.realize([examples, outputs, scale])
  }

  /// For u f64[n, k].
  func apply(_ u: Tensor) throws -> Tensor {
    let turned = try examples.transpose().matmul(u).matmul(outputs) * scale
    return try examples.matmul(turned).matmul(outputs.transpose())
  }
}
