/// ILU(0): A ≈ L U on the places of A, L with ones on its diagonal. (Meijerink and van der Vorst, "An iterative solution
/// method for linear systems of which the coefficient matrix is a symmetric M-matrix", 1977; Saad, "Iterative Methods for
/// Sparse Linear Systems", algorithm 10.4.)
struct IncompleteFactors {
  private let matrix: SparseMatrix
  /// L below the diagonal and U from it on, in the places of the matrix.
  private var values: [Double]
  /// Where each row's diagonal is stored.
  private var diagonals: [Int] = []

  /// Throws E0501 where a row has no diagonal entry or a pivot becomes zero. Cost: for each entry the length of the row
  /// that it refers to.
  init(_ matrix: SparseMatrix) throws {
    self.matrix = matrix
    values = matrix.values
    let n = matrix.rowCount
    for row in 0..<n {
      guard let place = matrix.position(row, row) else {
        throw NumericsError(
          "E0501", "an incomplete factorization needs the diagonal, and entry (\(row), \(row)) is zero",
          help: "preconditioner=\"jacobi\" or \"none\" does without")
      }
      diagonals.append(place)
    }
    var places = [Int](repeating: -1, count: n)
    for row in 0..<n {
      if row & 1023 == 0 { try Interrupt.check() }
      try eliminate(row, &places)
    }
  }

  private mutating func eliminate(_ row: Int, _ places: inout [Int]) throws {
    let range = matrix.positions(ofRow: row)
    for position in range { places[Int(matrix.columns[position])] = position }
    for position in range.lowerBound..<diagonals[row] {
      let other = Int(matrix.columns[position])
      let factor = values[position] / values[diagonals[other]]
      values[position] = factor
      for inner in (diagonals[other] + 1)..<matrix.positions(ofRow: other).upperBound {
        let place = places[Int(matrix.columns[inner])]
        if place >= 0 { values[place] -= factor * values[inner] }
      }
    }
    for position in range { places[Int(matrix.columns[position])] = -1 }
    guard values[diagonals[row]] != 0, values[diagonals[row]].isFinite else {
      throw NumericsError(
        "E0501", "the incomplete factorization breaks down: pivot \(row) is \(values[diagonals[row]])",
        help: "preconditioner=\"jacobi\" or \"none\" does without")
    }
  }

  /// (L U)⁻¹ x
  func solve(_ x: [Double]) -> [Double] {
    var y = x
    for row in 0..<y.count {
      var sum = y[row]
      for position in matrix.rowStarts[row]..<diagonals[row] {
        sum -= values[position] * y[Int(matrix.columns[position])]
      }
      y[row] = sum
    }
    for row in (0..<y.count).reversed() {
      var sum = y[row]
      for position in (diagonals[row] + 1)..<matrix.rowStarts[row + 1] {
        sum -= values[position] * y[Int(matrix.columns[position])]
      }
      y[row] = sum / values[diagonals[row]]
    }
    return y
  }
}
