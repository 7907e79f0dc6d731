import TLXNumerics
import TLXRuntime

/// Linear algebra over the last two axes; leading axes are batches.
enum LinearAlgebraFamily {
  static let solves: [Builtin] = [
    Builtin(
      "solve", family: "linalg",
      [
        .a("f64[n, n] | sparse matrix"), .positional("b", "f64[n] | f64[n, k]", "the right-hand side"),
        .option(
          "method", "string", "how", default: "\"auto\"",
          choices: ["auto", "lu", "lower", "upper", "cg", "bicgstab", "gmres"]),
        .option(
          "preconditioner", "string", "what the iterations of a sparse matrix are helped by",
          default: "\"jacobi\"", choices: ["none", "jacobi", "ilu"]),
        .option("tolerance", "float", "the residual to reach, as a part of b", default: "1e-10"),
        .option("iterations", "int", "the most iterations; 10 n + 1000 if left out", default: "nil"),
      ],
      result: "f64[n] | f64[n, k]", summary: "solves A x = b",
      details: """
        LU with partial pivoting; a right-hand side of k columns is solved at once. A matrix that is singular to \
        working precision (reciprocal condition number below the rounding unit) is an error, where other tools \
        return numbers without a correct digit. f32 computes in f32. Cost: 2/3 n³ + 2 n² k. `lower` and `upper` take \
        the triangle of that side and read no other entry.

        A sparse matrix is solved by BiCGSTAB to a residual of 1e-12 of b, or, up to 3000 rows, by LU where that does \
        not converge. Or by `cg` (symmetric and positive definite), `bicgstab` or `gmres` (50 directions), with the \
        diagonal (`jacobi`) or ILU(0) as preconditioner: the residual is computed from the solution, and E0503 says it \
        and the iterations where it stays above the tolerance.
        """,
      errors: [
        "E0501: A is singular, or its incomplete factorization breaks down", "E0401: shapes do not fit",
        "E0503: not converged", "E0504: NaN or infinity",
      ],
      examples: [
        Builtin.Example("solve([[2, 0], [0, 4]], [1, 2])", "[0.5, 0.5]"),
        Builtin.Example(
          "solve(sparse([[4.0, 1], [1, 3]]), [1.0, 2], method=\"cg\") |> round(digits=6)",
          "[0.090909, 0.636364]"),
      ],
      source: "LAPACK gesv",
      body: { arguments in
        if case .object(let object as SparseObject)? = arguments.optional("a") {
          return try SparseFamily.solve(object.matrix, arguments)
        }
        let (a, b) = (try arguments.tensor("a"), try arguments.tensor("b"))
        switch try arguments.string("method") {
        case "auto", "lu": return .tensor(try LinearAlgebra.solve(a, b))
        case "lower": return .tensor(try LinearAlgebra.triangularSolve(a, b))
        case "upper": return .tensor(try LinearAlgebra.triangularSolve(a, b, lower: false))
        default:
          throw arguments.failure(
            "method", "E0404", "the iterations are for sparse matrices: sparse(a) makes one")
        }
      }),
    Builtin(
      "inv", family: "linalg", [.a("f64[n, n]")], result: "f64[n, n]", summary: "inverts a matrix",
      details:
        "A⁻¹, by solving A X = I. `solve(a, b)` is quicker and more precise than `inv(a) @ b`. Cost: 8/3 n³.",
      errors: ["E0501: A is singular", "E0401: not square"],
      examples: [Builtin.Example("inv([[2, 0], [0, 4]])", "[[0.5, 0], [0, 0.25]]")],
      body: { .tensor(try LinearAlgebra.inverse($0.tensor("a"))) }),
    Builtin(
      "lstsq", family: "linalg",
      [.a("f64[m, n]"), .positional("b", "f64[m] | f64[m, k]", "the right-hand side")],
      result: "f64[n] | f64[n, k]", summary: "solves A x = b in the least-squares sense",
      details: """
        The x of smallest norm that minimises ‖A x − b‖₂, for any shape and rank of A: singular values below \
        max(m, n) ε s_max count as zero. Cost: about 4 m n² + 8 n³.
        """,
      errors: ["E0401: shapes do not fit", "E0504: NaN or infinity"],
      examples: [
        Builtin.Example("lstsq([[1, 0], [1, 1], [1, 2]], [1, 3, 5]) |> round(digits=6)", "[1, 2]")
      ],
      body: { .tensor(try LinearAlgebra.lstsq($0.tensor("a"), $0.tensor("b"))) }),
    Builtin(
      "ridge", family: "linalg",
      [
        .a("f64[m, n]"), .positional("b", "f64[m] | f64[m, k]", "the right-hand side"),
        .option("l2", "float", "the weight of the penalty", default: "1.0"),
      ],
      result: "f64[n] | f64[n, k]", summary: "solves A x = b with a penalty on the size of x",
      details: """
        argmin ‖A x − b‖² + l2 ‖x‖² = (AᵀA + l2 I)⁻¹ Aᵀ b by Cholesky, or Aᵀ (A Aᵀ + l2 I)⁻¹ b where m < n. No \
        intercept: centre A and b, or add a column of ones. Cost: m n min(m, n) + min(m, n)³/3.
        """,
      errors: ["E0505: l2 is negative", "E0401: shapes do not fit"],
      examples: [Builtin.Example("ridge([[1, 0], [0, 1]], [2, 4], l2=1.0)", "[1, 2]")],
      source: "Hoerl and Kennard, Technometrics 1970",
      body: { .tensor(try LinearAlgebra.ridge($0.tensor("a"), $0.tensor("b"), l2: $0.float("l2"))) }),
    Builtin(
      "pinv", family: "linalg", [.a("f64[m, n]")], result: "f64[n, m]",
      summary: "gives the Moore–Penrose pseudo-inverse",
      details: "V diag(1/s) Uᵀ over the singular values above max(m, n) ε s_max.",
      errors: ["E0504: NaN or infinity"],
      examples: [Builtin.Example("pinv([[2, 0], [0, 0]])", "[[0.5, 0], [0, 0]]")],
      body: { .tensor(try LinearAlgebra.pinv($0.tensor("a"))) }),
  ]

  static let factorizations: [Builtin] = [
    Builtin(
      "lu", family: "linalg", [.a("f64[n, n]")], result: "{p, l, u}",
      summary: "factors a matrix into triangles",
      details: """
        A = P L U with partial pivoting: P a permutation matrix, L lower triangular with ones on its diagonal, U \
        upper triangular. A singular matrix has a zero on U's diagonal. Cost: 2/3 n³.
        """,
      errors: ["E0401: not square", "E0504: NaN or infinity"],
      examples: [
        Builtin.Example(
          "lu([[1, 2], [2, 4]])", "{p: [[0, 1], [1, 0]], l: [[1, 0], [0.5, 1]], u: [[2, 4], [0, 0]]}")
      ],
      source: "LAPACK getrf",
      body: {
        let (p, l, u) = try LinearAlgebra.lu($0.tensor("a"))
        return .fields([("p", p), ("l", l), ("u", u)])
      }),
    Builtin(
      "qr", family: "linalg", [.a("f64[m, n]")], result: "{q, r}",
      summary: "factors a matrix into orthonormal columns and a triangle",
      details: """
        A = Q R with Q [m, k] of orthonormal columns and R [k, n] upper triangular, k = min(m, n). Signs are \
        LAPACK's, as in NumPy: R's diagonal may be negative. Cost: 4 m n² for m ≥ n.
        """,
      errors: ["E0504: NaN or infinity"],
      examples: [Builtin.Example("qr([[3, 1], [4, 2]]).r |> abs |> round(digits=6)", "[[5, 2.2], [0, 0.4]]")],
      source: "LAPACK geqrf",
      body: {
        let (q, r) = try LinearAlgebra.qr($0.tensor("a"))
        return .fields([("q", q), ("r", r)])
      }),
    Builtin(
      "cholesky", family: "linalg", [.a("f64[n, n]")], result: "f64[n, n]",
      summary: "factors a positive definite matrix",
      details: "The lower triangular L with L Lᵀ = A. Rounding asymmetry is averaged out. Cost: n³/3.",
      errors: [
        "E0501: A is not positive definite (names the leading minor)", "E0505: A is not symmetric",
        "E0401: not square",
      ],
      examples: [Builtin.Example("cholesky([[4, 2], [2, 5]])", "[[2, 0], [1, 2]]")],
      source: "LAPACK potrf",
      body: { .tensor(try LinearAlgebra.cholesky($0.tensor("a"))) }),
    Builtin(
      "svd", family: "linalg", [.a("f64[m, n]")], result: "{u, s, vt}",
      summary: "gives the singular value decomposition",
      details: """
        A = U diag(s) Vᵀ, thin: U [m, k], s [k] descending, Vᵀ [k, n], k = min(m, n). The largest entry of each \
        column of U is positive. Cost: about 6 m n² + 20 n³ for m ≥ n.
        """,
      errors: ["E0503: not converged", "E0504: NaN or infinity"],
      examples: [Builtin.Example("svd([[0, 2], [3, 0]]).s", "[3, 2]")], source: "LAPACK gesdd",
      body: {
        let (u, s, vt) = try LinearAlgebra.svd($0.tensor("a"))
        return .fields([("u", u), ("s", s), ("vt", vt)])
      }),
    Builtin(
      "eigh", family: "linalg", [.a("f64[n, n]")], result: "{values, vectors}",
      summary: "gives the eigenvalues and vectors of a symmetric matrix",
      details: """
        A V = V diag(values): values ascending, vectors orthonormal columns whose largest entry is positive. \
        Cost: about 9 n³.
        """,
      errors: ["E0505: A is not symmetric", "E0503: not converged", "E0504: NaN or infinity"],
      examples: [Builtin.Example("eigh([[2, 0], [0, 1]])", "{values: [1, 2], vectors: [[0, 1], [1, 0]]}")],
      source: "LAPACK syevd",
      body: {
        let (values, vectors) = try LinearAlgebra.eigh($0.tensor("a"))
        return .fields([("values", values), ("vectors", vectors)])
      }),
    Builtin(
      "eig", family: "linalg", [.a("f64[n, n]")], result: "{values, vectors}",
      summary: "gives the eigenvalues and vectors of any square matrix",
      details: """
        A V = V diag(values), vectors columns of length 1, in LAPACK's order. Where eigenvalues are complex the \
        record also has `values_imag` and `vectors_imag`, and `values` and `vectors` are the real parts. For a \
        symmetric matrix use `eigh`. Cost: about 25 n³.
        """,
      errors: ["E0503: not converged", "E0401: not square", "E0504: NaN or infinity"],
      examples: [
        Builtin.Example("eig([[2, 1], [0, 3]]).values", "[2, 3]"),
        Builtin.Example("eig([[0, -1], [1, 0]]).values_imag", "[1, -1]"),
      ],
      source: "LAPACK geev",
      body: {
        let (values, vectors) = try LinearAlgebra.eig($0.tensor("a"))
        let isReal = try values.imaginary.doubles().allSatisfy { $0 == 0 }
        let real = [("values", values.real), ("vectors", vectors.real)]
        return .fields(
          isReal ? real : real + [("values_imag", values.imaginary), ("vectors_imag", vectors.imaginary)])
      }),
  ]

  static let functions: [Builtin] = [
    Builtin(
      "det", family: "linalg", [.a("f64[n, n]")], result: "float", summary: "gives the determinant",
      details: "The product of the pivots of LU. It overflows for large n: see `slogdet`. Cost: 2/3 n³.",
      errors: ["E0401: not square", "E0504: NaN or infinity"],
      examples: [Builtin.Example("det([[2, 1], [0, 3]])", "6")],
      body: { .tensor(try LinearAlgebra.determinant($0.tensor("a"))) }),
    Builtin(
      "slogdet", family: "linalg", [.a("f64[n, n]")], result: "{sign, logdet}",
      summary: "gives sign and logarithm of the determinant",
      details: "det A = sign · e^logdet, without overflow. A singular matrix has sign 0 and logdet −inf.",
      errors: ["E0401: not square", "E0504: NaN or infinity"],
      examples: [Builtin.Example("slogdet([[0, 1], [1, 0]])", "{sign: -1, logdet: 0}")],
      body: {
        let (sign, logdet) = try LinearAlgebra.slogdet($0.tensor("a"))
        return .fields([("sign", sign), ("logdet", logdet)])
      }),
    Builtin(
      "trace", family: "linalg", [.a("f64[n, n]")], result: "float", summary: "adds up the main diagonal",
      examples: [Builtin.Example("trace([[1, 2], [3, 4]])", "5")],
      body: { .tensor(try LinearAlgebra.trace($0.tensor("a"))) }),
    Builtin(
      "rank", family: "linalg", [.a("f64[m, n]")], result: "int", summary: "gives the rank of a matrix",
      details: "The number of singular values above max(m, n) ε s_max.",
      errors: ["E0504: NaN or infinity"],
      examples: [Builtin.Example("rank([[1, 2], [2, 4]])", "1")],
      body: { .tensor(try LinearAlgebra.rank($0.tensor("a"))) }),
    Builtin(
      "cond", family: "linalg", [.a("f64[m, n]")], result: "float", summary: "gives the condition number",
      details: "s_max / s_min, in the 2-norm: how much a relative error of b may grow in `solve(a, b)`.",
      errors: ["E0504: NaN or infinity"],
      examples: [Builtin.Example("cond([[2, 0], [0, 4]])", "2")],
      body: { .tensor(try LinearAlgebra.cond($0.tensor("a"))) }),
    Builtin(
      "expm", family: "linalg", [.a("f64[n, n]")], result: "f64[n, n]",
      summary: "gives the matrix exponential",
      details: """
        Σ Aᵏ/k!, by scaling, a Padé approximant and squaring, to the rounding unit. Not elementwise: that is `exp`. \
        Cost: about (20 + 2 log₂ ‖A‖) n³.
        """,
      errors: ["E0401: not square", "E0504: NaN or infinity"],
      examples: [Builtin.Example("expm([[0, 1], [0, 0]])", "[[1, 1], [0, 1]]")],
      source: "Higham, SIAM J. Matrix Anal. Appl. 2005, algorithm 2.3",
      body: { .tensor(try LinearAlgebra.expm($0.tensor("a"))) }),
    Builtin(
      "matrix_power", family: "linalg", [.a("f64[n, n]"), .positional("n", "int", "the exponent")],
      result: "f64[n, n]", summary: "multiplies a matrix by itself n times",
      details:
        "By repeated squaring. A⁰ = I; a negative n inverts first. Ints stay exact. Elementwise: `a ^ n`.",
      errors: ["E0401: not square", "E0501: singular, for n < 0", "E0502: ints overflow"],
      examples: [Builtin.Example("matrix_power([[1, 1], [1, 0]], 10)", "[[89, 55], [55, 34]]")],
      body: { .tensor(try LinearAlgebra.matrixPower($0.tensor("a"), $0.int("n"))) }),
    Builtin(
      "kron", family: "linalg",
      [.a("f64[m, n]"), .positional("b", "f64[p, q]", "the second matrix")],
      result: "f64[m·p, n·q]", summary: "gives the Kronecker product",
      details: "The blocks a[i, j] B. Two vectors give a vector.",
      errors: ["E0401: not two matrices or two vectors"],
      examples: [Builtin.Example("kron([1, 10], [1, 2])", "[1, 2, 10, 20]")],
      body: { .tensor(try LinearAlgebra.kron($0.tensor("a"), $0.tensor("b"))) }),
  ]
}

extension Builtin.Parameter {
  fileprivate static func a(_ type: String) -> Self { .positional("a", type, "the matrix") }
}

extension Value {
  /// A record of tensors.
  static func fields(_ fields: [(String, Tensor)]) -> Value {
    .record(Record(fields.map { ($0.0, .tensor($0.1)) }))
  }
}
