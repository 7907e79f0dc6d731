/// A = Z diag(w) Zᵀ of a symmetric matrix, on all threads: reduction to three diagonals, LAPACK's divide and conquer on these
/// (`stedc`, on one thread), and the reflectors of the reduction applied to its vectors.
struct SymmetricEigenvalues<Element: LapackScalar> {
  let order: Int
  /// Both triangles; used up.
  let matrix: UnsafeMutablePointer<Element>
  /// Receives the eigenvectors, one after the other.
  let vectors: UnsafeMutablePointer<Element>
  /// Receives the eigenvalues, ascending.
  let values: UnsafeMutablePointer<Element>

  /// Info > 0: not converged.
  func compute() throws -> Int32 {
    let count = order * order
    let scale = Householder<Element>.scale(of: matrix, count: count)
    if scale != 1 { for index in 0..<count { matrix[index] *= scale } }
    return try Lapack<Element>.withScratch(Element.self, 2 * order) { scratch in
      let (offDiagonal, tau) = (scratch, scratch + order)
      let reflectors = try Tridiagonalization(
        order: order, matrix: matrix, diagonal: values, offDiagonal: offDiagonal, tau: tau
      ).reduce()
      let info = try Lapack<Element>.stedc(order, d: values, e: offDiagonal, vectors: vectors)
      if info != 0 { return info }
      try reflectors.apply(to: vectors + 1, leading: order, columns: order)
      if scale != 1 { for index in 0..<order { values[index] /= scale } }
      return 0
    }
  }
}
