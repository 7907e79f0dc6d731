import TLXNumerics

#if canImport(Glibc)
  import Glibc
#endif

/// Functions of the C library under a name that does not collide.
enum Libm {
  static func log(_ x: Double) -> Double { Glibc.log(x) }
  static func exp(_ x: Double) -> Double { Glibc.exp(x) }
  static func sqrt(_ x: Double) -> Double { x.squareRoot() }
}

extension MarkovChain {
  /// The moduli of the eigenvalues, the largest first. A reversible irreducible chain goes by the symmetric matrix
  /// √πᵢ pᵢⱼ / √πⱼ, whose eigenvalues are well conditioned.
  /// - Throws: E0702 beyond 2000 states.
  public func eigenvalueModuli() throws -> [Double] {
    let n = stateCount
    guard n <= 2000 else {
      throw NumericsError("E0702", "the spectrum of \(n) states needs a dense matrix; at most 2000")
    }
    if try isIrreducible(), try isReversible() {
      var symmetric = [Double](repeating: 0, count: n * n)
      for row in 0..<n {
        for position in transitions.positions(ofRow: row) {
          let column = Int(transitions.columns[position])
          // The geometric mean of both directions is symmetric to the last digit.
          symmetric[row * n + column] =
            (transitions.values[position] * transitions.value(column, row)).squareRoot()
        }
      }
      let (values, _) = try LinearAlgebra.eigh(Tensor(symmetric).reshape([n, n]))
      return try values.doubles().map { abs($0) }.sorted(by: >)
    }
    return try Self.moduli(transitions.dense(), n)
  }

  private static func moduli(_ dense: [Double], _ n: Int) throws -> [Double] {
    let values = try LinearAlgebra.eig(Tensor(dense).reshape([n, n])).values
    let (real, imaginary) = (try values.real.doubles(), try values.imaginary.doubles())
    return zip(real, imaginary).map { ($0 * $0 + $1 * $1).squareRoot() }.sorted(by: >)
  }

  /// The second largest modulus of the eigenvalues: distances to the limit shrink by it each step. 1 for a periodic
  /// chain, 0 for a chain of one state.
  public func secondEigenvalue() throws -> Double {
    let moduli = try eigenvalueModuli()
    return moduli.count > 1 ? min(1, moduli[1]) : 0
  }
}
