import Testing

@testable import TLXNumerics

@Suite struct SparseSystemTests {
  /// −Δ on a line with a drift: symmetric and positive definite without one.
  private func line(_ n: Int, drift: Double) throws -> SparseMatrix {
    var (rows, columns, values): ([Int], [Int], [Double]) = ([], [], [])
    for i in 0..<n {
      for (j, value) in [(i - 1, -1 - drift), (i, 2.1), (i + 1, -1 + drift)] where j >= 0 && j < n {
        rows.append(i)
        columns.append(j)
        values.append(value)
      }
    }
    return try SparseMatrix(rowCount: n, columnCount: n, rows: rows, columns: columns, values: values)
  }

  @Test(arguments: IterativeMethod.allCases, SparsePreconditioner.allCases)
  func methodsAgreeWithLU(_ method: IterativeMethod, _ preconditioner: SparsePreconditioner) throws {
    let n = 300
    let matrix = try line(n, drift: method == .cg ? 0 : 0.3)
    let b = (0..<n).map { Double($0 % 7) - 3 }
    let exact = try LinearAlgebra.solve(Tensor(matrix.dense()).reshape([n, n]), Tensor(b)).doubles()
    let solver = try IterativeSolver(
      matrix, method: method, preconditioner: preconditioner, tolerance: 1e-12)
    let found = try solver.solve(b)
    #expect(found.residual <= 1e-12)
    #expect(zip(found.x, exact).allSatisfy { abs($0 - $1) <= 1e-9 * max(1, abs($1)) })
    // The factors of a tridiagonal matrix fill no other places: ILU(0) is exact.
    if preconditioner == .ilu { #expect(found.iterations <= 3) }
  }

  @Test func saysWhatItReached() throws {
    let matrix = try line(400, drift: 0)
    let b = [Double](repeating: 1, count: 400)
    let solver = try IterativeSolver(matrix, method: .cg, preconditioner: .none, limit: 5)
    let error = #expect(throws: NumericsError.self) { try solver.solve(b) }
    #expect(error?.code == "E0503" && error?.message.contains("5 iterations") == true)
    // Conjugate gradients are not for an indefinite matrix, and do not claim to be.
    let indefinite = try SparseMatrix(
      rowCount: 2, columnCount: 2, rows: [0, 1], columns: [1, 0], values: [1, 1])
    let other = try IterativeSolver(indefinite, method: .cg)
    #expect(throws: NumericsError.self) { try other.solve([1, -1]) }
    #expect(throws: NumericsError.self) {
      try IterativeSolver(indefinite, method: .gmres, preconditioner: .ilu)
    }
    let solution = try IterativeSolver(indefinite, method: .gmres).solve([1, -2])
    #expect(zip(solution.x, [-2, 1]).allSatisfy { abs($0 - $1) < 1e-9 })
  }

  @Test func triangles() throws {
    let matrix = try line(50, drift: 0.2)
    let b = (0..<50).map { Double($0) }
    for lower in [true, false] {
      let dense = try Tensor(matrix.dense()).reshape([50, 50])
      let expected = try LinearAlgebra.triangularSolve(dense, Tensor(b), lower: lower).doubles()
      let found = try matrix.triangularSolve(b, lower: lower)
      #expect(zip(found, expected).allSatisfy { abs($0 - $1) <= 1e-10 * max(1, abs($1)) })
    }
    let gap = try SparseMatrix(rowCount: 2, columnCount: 2, rows: [0], columns: [0], values: [1])
    #expect(throws: NumericsError.self) { try gap.triangularSolve([1, 1], lower: true) }
  }

  @Test func parts() throws {
    let matrix = try line(6, drift: 0.1)
    let dense = try Tensor(matrix.dense()).reshape([6, 6])
    for (rows, columns) in [([0, 3, 4], [5, 1, 4]), ([2, 2], [3, 3, 0]), ([], [1])] {
      let part = try matrix.picking(rows: rows, columns: columns)
      let expected = try dense.take(Tensor(rows), axis: 0).take(Tensor(columns), axis: 1).doubles()
      #expect(part.dense() == expected && part.rowCount == rows.count && part.columnCount == columns.count)
    }
    #expect(throws: NumericsError.self) { try matrix.picking(rows: [6], columns: [0]) }
  }
}
