import Foundation
import TLXLearning
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
      let floor = try Swift.max(l2, products.max().doubles()[0] * (Double(ProcessInfo.processInfo.environment["DAMP"] ?? "1e-12") ?? 0), .leastNormalMagnitude)
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
