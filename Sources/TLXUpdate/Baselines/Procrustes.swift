import TLXLearning
import TLXNumerics

/// The rotation that brings one embedding of some rows onto another of the same rows.
///
/// R = U Vᵀ of the singular value decomposition E_newᵀ E_old = U S Vᵀ minimises ‖E_new R − E_old‖ over matrices with
/// orthonormal columns (Schönemann, Psychometrika 1966). With equal widths R is a rotation or reflection, and distances
/// within the new space stay as they are. Cost: n d² + 22 d³.
public struct Procrustes: Sendable {
  /// f64[d_new, d_old]
  public let rotation: Tensor
  /// ‖E_new R − E_old‖², summed over rows and columns.
  public let residual: Double

  /// - Parameters:
  ///   - new: [n, d_new], with d_new ≥ d_old.
  ///   - old: [n, d_old], the same rows in the same order.
  /// - Throws: E0401 unless these are matrices of as many rows and the new one is as wide, E0406 for no rows.
  public init(_ new: Tensor, onto old: Tensor) throws {
    guard new.rank == 2, old.rank == 2, new.shape[0] == old.shape[0] else {
      throw NumericsError(
        "E0401",
        "procrustes compares two embeddings of the same rows, not \(new.typeDescription) and \(old.typeDescription)"
      )
    }
    guard new.shape[0] > 0 else { throw NumericsError("E0406", "procrustes of no rows") }
    guard new.shape[1] >= old.shape[1] else {
      throw NumericsError(
        "E0401", "the new embedding has \(new.shape[1]) numbers a row and the old one \(old.shape[1])",
        help: "a narrower space cannot be rotated onto a wider one: swap them")
    }
    let (a, b) = (try new.cast(to: .f64), try old.cast(to: .f64))
    let (u, _, vt) = try LinearAlgebra.svd(a.transpose().matmul(b))
    rotation = try u.matmul(vt)
    try rotation.realize()
    residual = try (a.matmul(rotation) - b).square().sum().doubles()[0]
  }
}
