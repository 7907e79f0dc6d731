import TLXNumerics
import TLXRuntime
import TLXSource
import TLXSyntax
import Testing

@testable import TLXBuiltins

/// Every operation of the numeric families with tensors of no elements, in every dtype: a result, or an error with a code.
@Suite struct EmptyShapesTests {
  static let families = ["math", "reduce", "shape", "linalg"]

  /// Calls of the built-ins that need more than one tensor; `X` is the empty one.
  static let calls: [String: [String]] = [
    "atan2": ["atan2(X, X)"], "maximum": ["maximum(X, X)", "maximum(X, 1)"], "minimum": ["minimum(X, X)"],
    "where": ["where(X == X, X, X)"], "allclose": ["allclose(X, X)"], "quantile": ["quantile(X, 0.5)"],
    "reshape": ["reshape(X, 0)", "reshape(X, 0, 5)"], "rearrange": ["rearrange(X, \"... a -> a ...\")"],
    "concat": ["concat((X, X))", "concat((X, X), axis=-1)"], "stack": ["stack((X, X))"],
    "split_at": ["split_at(X, 0)"], "tile": ["tile(X, 2)", "tile(X, 0)"], "repeat": ["repeat(X, 2, axis=0)"],
    "pad": ["pad(X, 1)", "pad(X, 0)"], "roll": ["roll(X, 1)", "roll(X, -3, axis=0)"],
    "broadcast": ["broadcast(X, 0)", "broadcast(X, 4, 0, 3)"],
    "take": ["take(X, [0])", "take(X, zeros(0, dtype=i64))"], "gather": ["gather(X, i64(zeros(X.shape)))"],
    "topk": ["topk(X, 0)", "topk(X, 1)"], "einsum": ["einsum(\"ij,jk->ik\", X, X)", "einsum(\"i->\", X)"],
    "outer": ["outer(X, X)"], "solve": ["solve(X, X)", "solve(zeros(0, 0), zeros(0))"],
    "lstsq": ["lstsq(X, X)", "lstsq(zeros(0, 0), zeros(0))"],
    "ridge": ["ridge(X, X)", "ridge(zeros(3, 0), ones(3))"],
    "matrix_power": ["matrix_power(X, 2)", "matrix_power(zeros(0, 0), -1)"], "kron": ["kron(X, X)"],
    "sparse": [
      "sparse(X)", "sparse(zeros(0, dtype=i64), zeros(0, dtype=i64), zeros(0), shape=(0, 3)).dense",
    ],
    "bincount": ["bincount(X)", "bincount(X, bins=3)"], "pairwise": ["pairwise(X)", "pairwise(X, X)"],
  ]
  static let shapes = ["0", "0, 3", "3, 0", "0, 0", "2, 0, 3"]
  static let dtypes = ["f64", "f32", "i64", "bool"]

  static let names = BuiltinTable.standard.builtins.filter { families.contains($0.family) }.map(\.name)

  @Test(arguments: names) func answers(_ name: String) throws {
    var answered = false
    for shape in Self.shapes {
      for dtype in Self.dtypes {
        for call in Self.calls[name] ?? ["\(name)(X)"] + (Self.takesAxis(name) ? ["\(name)(X, axis=-1)"] : [])
        {
          let text = "let X = zeros(\(shape), dtype=\(dtype))\n\(call)"
          let session = Session(builtins: .standard, output: Transcript(), folder: "/", seed: 1)
          defer { withExtendedLifetime(session) {} }
          do {
            let value = try session.run(SourceText(name: name, text: text), mode: .prompt) ?? .null
            _ = Display.canonical(value)
            answered = true
          } catch let error as Diagnostics {
            let item = try #require(error.items.first)
            #expect(
              item.code.hasPrefix("E04") || item.code.hasPrefix("E05"),
              "\(text): \(item.code) \(item.message)")
            if item.code != "E0405" { answered = true }
          }
        }
      }
    }
    #expect(answered, "\(name) was never called as it should be")
  }

  private static func takesAxis(_ name: String) -> Bool {
    BuiltinTable.standard[name]?.parameters.contains { $0.name == "axis" } ?? false
  }
}
