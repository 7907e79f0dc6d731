import TLXNumerics
import TLXRuntime
import TLXSource
import Testing

@testable import TLXBuiltins

/// Keeps what a program shows.
private final class ShownText: Output {
  var lines: [String] = []
  var width: Int { 100 }

  func write(_ text: String) { lines.append(text.hasSuffix("\n") ? String(text.dropLast()) : text) }
  func show(_ value: Value, digits: Int?) { lines.append(Display.canonical(value, digits: digits)) }
  func progress(_ line: String?) {}
}

/// The families `linalg`, `statistics` and `transfer` through the language.
@Suite struct ScienceFamilyTests {
  static let families = ["linalg", "statistics", "transfer"]
  static let entries = BuiltinTable.standard.builtins.filter { families.contains($0.family) }

  /// What a program shows, or the code and message of its error.
  private func run(_ code: String) throws -> String {
    let output = ShownText()
    let session = Session(builtins: .standard, output: output, folder: ".", seed: 7)
    _ = Unmanaged.passRetained(session)
    do {
      try session.run(SourceText(name: "test", text: code), mode: .prompt)
    } catch let error as Diagnostics {
      return error.items.map { "\($0.code) \($0.message)" }.joined(separator: "\n")
    }
    return output.lines.joined(separator: "\n")
  }

  @Test(arguments: entries.flatMap { entry in entry.examples.map { ($0.code, $0.output) } })
  func example(_ code: String, _ output: String) throws {
    let result = try run(code)
    #expect(result == output)
  }

  @Test func everyEntryIsWhole() {
    for entry in Self.entries {
      #expect(!entry.examples.isEmpty && !entry.summary.isEmpty, "\(entry.name)")
    }
  }

  static let programs: [(code: String, shown: String)] = [
    // Shapes: vectors, several columns, batches, empty and 1×1.
    ("solve([[4]], [2])", "[0.5]"),
    ("solve([[2, 0], [0, 4]], [[2, 4], [4, 8]])", "[[1, 2], [1, 2]]"),
    ("solve([[[2, 0], [0, 4]], [[1, 0], [0, 1]]], [[2], [4]])", "[[[1], [1]], [[2], [4]]]"),
    ("det(zeros((0, 0)))", "1"), ("inv(zeros((0, 0))).shape", "(0, 0)"),
    ("eigh(zeros((0, 0))).values.shape", "(0,)"),
    ("det([[3]])", "3"), ("rank(zeros((2, 3)))", "0"), ("cond([[1, 2], [2, 4]]) > 1e15", "true"),
    ("str(inv(f32([[2, 1], [0, 4]])).dtype)", "\"f32\""),
    ("slogdet([[1, 2], [2, 4]])", "{sign: 0, logdet: -inf}"),
    // Identities.
    ("seed(3); let a = normal(5, 4); let s = svd(a); max(abs(s.u @ diag(s.s) @ s.vt - a)) < 1e-14", "true"),
    ("seed(3); let a = normal(3, 6); let f = qr(a); max(abs(f.q @ f.r - a)) < 1e-14", "true"),
    ("seed(3); let a = normal(6, 6); let f = lu(a); max(abs(f.p @ f.l @ f.u - a)) < 1e-14", "true"),
    ("seed(3); let a = normal(6, 6); abs(det(a) - slogdet(a).sign * exp(slogdet(a).logdet)) < 1e-12", "true"),
    ("seed(3); let a = normal(4, 7); max(abs(a @ pinv(a) @ a - a)) < 1e-13", "true"),
    ("seed(3); let a = normal(4, 4); max(abs(expm(a) @ expm(-a) - eye(4))) < 1e-11", "true"),
    ("seed(3); let a = normal(4, 4); max(abs(expm(20 * a) @ inv(expm(20 * a)) - eye(4))) >= 0", "true"),
    (
      "seed(3); let a = normal(9, 3); let b = normal(9); max(abs(lstsq(a, b) - solve(a.T @ a, a.T @ b))) < 1e-12",
      "true"
    ),
    (
      "seed(3); let a = normal(3, 9); let b = normal(3); max(abs(ridge(a, b, l2=0.1) - a.T @ solve(a @ a.T + 0.1 * eye(3), b))) < 1e-12",
      "true"
    ),
    ("matrix_power([[2, 0], [0, 4]], -1)", "[[0.5, 0], [0, 0.25]]"),
    ("matrix_power([[2, 1], [0, 4]], 0)", "[[1, 0], [0, 1]]"),
    ("kron([[1, 2]], [[1], [3]])", "[[1, 2], [3, 6]]"),
    // Derivatives go through.
    ("grad(a -> det(a))([[2.0, 1], [0, 3]])", "[[3, 0], [-1, 2]]"),
    ("check_grad(a -> sum(lstsq(a, [1.0, 2, 4])), at=[[1.0, 0], [1, 1], [1, 2]]) < 1e-5", "true"),
    ("check_grad(a -> sum(expm(a)), at=[[0.1, 0.5], [0.2, -0.3]]) < 1e-5", "true"),
    // Correlations with intervals.
    (
      "let r = spearman([1, 2, 3, 4, 5, 6], [1, 3, 2, 5, 4, 6], bootstrap=500, ci=0.9); (r.low < r.value, r.value <= r.high, r.p < 0.05)",
      "(true, true, true)"
    ),
    ("weighted_kendall([1, 2, 3, 4, 5], [1, 2, 3, 4, 5], ci=0.95).p < 0.1", "true"),
    (
      "let x = normal(50, key=1); bootstrap(x, mean, n=300, key=2) == bootstrap(x, mean, n=300, key=2)",
      "true"
    ),
    ("bootstrap((1, 2, 3), xs -> len(xs), n=10).value", "3"),
    ("ttest([1.0, 2, 3], mean=2).p", "1"),
    ("let x = normal(20, 3, key=1); cka(x, 2 * x + 1) |> round(digits=9)", "1"),
    ("abs(cka(normal(40, 30, key=1), normal(40, 30, key=2), debiased=true)) < 0.2", "true"),
    // Scores.
    ("leep([[0.5, 0.5], [0.5, 0.5]], [0, 7], details=true).gain |> round(digits=12)", "0"),
    ("leep([[1, 0, 0], [0, 1, 0]], [0, 1], details=true).dead_source_classes", "1"),
    (
      "let p = softmax(normal(50, 4, key=1), axis=1); let y = randint(3, shape=50, key=2); leep(p, y, steps=50) > leep(p, y)",
      "true"
    ),
    ("nce([[0.9, 0.1], [0.2, 0.8]], [0, 1])", "0"),
    ("h_score(normal(30, 50, key=1), randint(3, shape=30, key=2)) |> round(digits=9)", "2"),
    ("h_score(normal(30, 50, key=1), randint(3, shape=30, key=2), shrink=true) < 1.9", "true"),
    ("logme(normal(30, 4, key=1), randint(3, shape=30, key=2), details=true).columns.evidence.shape", "(3,)"),
    ("logme(normal(30, 4, key=1), normal(30, key=2), regression=true) < 0", "true"),
    // Errors.
    (
      "solve([[1, 2], [2, 4]], [1, 1])",
      "E0501 the 2×2 matrix is singular: row 1 is a combination of the rows before it (pivot 1 is zero)"
    ),
    ("inv([[1, 2, 3], [4, 5, 6]])", "E0401 inverse needs a square matrix, not 2×3"),
    (
      "cholesky([[1, 2], [2, 1]])",
      "E0501 the 2×2 matrix is not positive definite: its leading minor of order 2 is not positive"
    ),
    ("svd([[1, nan], [0, 1]])", "E0504 svd needs finite numbers, but entry [0, 1] of a is nan"),
    ("leep([0, 1], [[0.5, 0.5], [0.5, 0.5]])", "E0401 y must be a vector of labels, not f64[2, 2]"),
    (
      "leep([[2.0, -1.0], [0.5, 0.5]], [0, 1])",
      "E0505 theta[0, 1] is -1.0, and probabilities are not negative"
    ),
    ("pearson([1, 2, 3], [5, 5, 5])", "E0505 pearson is not defined: all 3 values of y are 5.0"),
    ("7 // 0", "E0507 7 // 0 has no value"),
  ]

  @Test(arguments: programs) func program(_ code: String, _ shown: String) throws {
    let result = try run(code)
    #expect(result == shown)
  }
}
