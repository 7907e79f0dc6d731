import TLXMarkov
import TLXNumerics
import TLXRuntime

/// Sparse matrices of the language.
enum SparseFamily {
  static let all: [Builtin] = [
    Builtin(
      "sparse", family: "linalg",
      [
        .positional("i", "i64[k] | f64[m, n]", "the rows of the entries, or a dense matrix"),
        .positional("j", "i64[k]", "their columns", default: "nil"),
        .positional("v", "f64[k] | float", "their values, or one for all", default: "nil"),
        .option("shape", "list", "(rows, columns); up to the largest if left out", default: "nil"),
      ],
      result: "sparse matrix", summary: "makes a matrix of which only some entries are stored",
      details: """
        Entries of one place add up; zeros are not stored. Compressed rows: 12 bytes an entry, 8 a row. It multiplies \
        with `@` (vectors, matrices, sparse ones), adds, scales, slices (`s[1:3, ::2]`; a single row or column is a \
        vector), and has `.T`, `.shape`, `.nnz`, `.entries` (a table) \
        and `.dense`; `sum(s)`, `sum(s, axis=)` and `solve(s, b)` take it, and so do `markov` and `ctmc`.
        """,
      errors: ["E0401: unequal lengths", "E0406: an entry outside of shape"],
      examples: [
        Builtin.Example("sparse([0, 1, 1], [1, 0, 1], [2.0, 3.0, 4.0]) @ [1.0, 10.0]", "[20, 43]"),
        Builtin.Example("sparse([0, 1, 1], [1, 0, 1], [2.0, 3.0, 4.0])[1]", "[3, 4]"),
        Builtin.Example("sparse([0, 0], [2, 2], [1.5, 1.5], shape=(2, 3))", "sparse matrix 2×3, 1 entry"),
      ],
      body: { arguments in
        guard arguments.has("j") else {
          let dense = try arguments.tensor("i", rank: 2, shape: "f64[m, n]")
          return .object(
            SparseObject(
              try SparseMatrix(
                dense: dense.doubles(), rowCount: dense.shape[0], columnCount: dense.shape[1])))
        }
        return .object(SparseObject(try entries(arguments)))
      })
  ]

  /// The matrix of three lists. What tensors hold is read where it lies: of millions of entries a copy costs memory.
  private static func entries(_ arguments: Arguments) throws -> SparseMatrix {
    try arguments.withInts("i") { rows in
      try arguments.withInts("j") { columns in
        var shape = [(rows.max() ?? -1) + 1, (columns.max() ?? -1) + 1]
        if arguments.has("shape") {
          shape = try arguments.ints("shape")
          guard shape.count == 2 else { throw arguments.failure("shape", mustBe: "(rows, columns)") }
        }
        let make = { (values: UnsafeBufferPointer<Double>) in
          try SparseMatrix(
            rowCount: shape[0], columnCount: shape[1], rows: rows, columns: columns, values: values)
        }
        if case .tensor(let tensor) = arguments.value("v"), tensor.rank == 1, tensor.dtype == .f64,
          tensor.count != 1
        {
          return try tensor.withElements(of: Double.self, make)
        }
        var values = try arguments.floats("v")
        if values.count == 1 { values = [Double](repeating: values[0], count: rows.count) }
        return try values.withUnsafeBufferPointer(make)
      }
    }
  }

  /// `sum` of a sparse matrix: of all, or along an axis.
  static func sum(_ matrix: SparseMatrix, _ arguments: Arguments) throws -> Value {
    guard let axes = try arguments.axes("axis", rank: 2), axes.count == 1 else {
      return .float(matrix.values.reduce(0, +))
    }
    return .tensor(try Tensor(axes[0] == 0 ? matrix.columnSums() : matrix.rowSums()))
  }

  /// `solve` of a sparse matrix by the method asked for; else BiCGSTAB, and dense LU where that does not converge and the
  /// matrix is small.
  static func solve(_ matrix: SparseMatrix, _ arguments: Arguments) throws -> Value {
    let b = try arguments.tensor("b")
    guard b.rank == 1 || b.rank == 2 else { throw arguments.failure("b", mustBe: "f64[n] or f64[n, k]") }
    let values = try b.doubles()
    let width = b.rank == 1 ? 1 : b.shape[1]
    let columns = (0..<width).map { column in
      stride(from: column, to: values.count, by: width).map { values[$0] }
    }
    let solve = try solver(matrix, arguments)
    let solutions = try columns.map(solve)
    if b.rank == 1 { return .tensor(try Tensor(solutions[0])) }
    return .tensor(
      try Tensor(solutions.flatMap { $0 }).reshape([solutions.count, matrix.rowCount]).transpose())
  }

  private static func solver(_ matrix: SparseMatrix, _ arguments: Arguments) throws -> ([Double]) throws ->
    [Double]
  {
    let name = try arguments.string("method")
    switch name {
    case "auto": return try SparseSolver(matrix).solve
    case "lower", "upper": return { try matrix.triangularSolve($0, lower: name == "lower") }
    case "lu":
      return { b in
        try LinearAlgebra.solve(
          Tensor(matrix.dense()).reshape([matrix.rowCount, matrix.columnCount]), Tensor(b)
        ).doubles()
      }
    default:
      guard let method = IterativeMethod(rawValue: name),
        let preconditioner = SparsePreconditioner(rawValue: try arguments.string("preconditioner"))
      else { throw arguments.failure("method", mustBe: "a method of the list") }
      let solver = try IterativeSolver(
        matrix, method: method, preconditioner: preconditioner, tolerance: arguments.float("tolerance"),
        limit: arguments.has("iterations") ? arguments.int("iterations", atLeast: 1) : nil)
      return { try solver.solve($0).x }
    }
  }
}

extension Arguments {
  /// Calls `body` with the numbers of a list: those of a tensor of whole numbers where they lie.
  fileprivate func withInts<Result>(_ name: String, _ body: (UnsafeBufferPointer<Int>) throws -> Result)
    throws
    -> Result
  {
    if case .tensor(let tensor) = value(name), tensor.rank == 1, tensor.dtype == .i64 {
      return try tensor.withElements(of: Int.self, body)
    }
    return try ints(name).withUnsafeBufferPointer(body)
  }
}
