extension Translation {
  static let python = Translation(
    name: "from-python", title: "TLX for those who know Python and NumPy",
    differences: [
      "Blocks stand in braces, not behind a colon; indentation means nothing.",
      "`let` defines a fixed name, `var` one that may change. Assigning to a name without either is an error.",
      "Everything is a value: `var b = a` copies, and changing b leaves a as it was.",
      "Options are given by name: `mean(x, axis=0)`, never `mean(x, 0)`.",
      "Functions are not methods: `len(xs)`, `sum(x, axis=0)`, or `x |> sum`; only x.shape, x.T, x.dtype, x.size and x.ndim are fields.",
      "f64[n] - f64[n, 1] is an error instead of an n×n result; write `y[new, :]` if you want all pairs.",
      "An index out of range is an error for slices too: `x[0:99]` does not cut silently.",
      "Strings in double quotes always interpolate: no f before them, and `{{` for a brace.",
      "Booleans need brackets nowhere: `x > 1 and x < 3`, `not mask`, also for arrays.",
    ],
    prelude: """
      let x = [3.0, 1, 2]
      let A = [[2.0, 1], [1, 3]]
      let xs = ("a", "b", "c")
      let d = {lr: 0.1, steps: 20}
      """,
    sections: [
      Section(
        title: "Names, functions, control",
        rows: [
          Row("n = 3", "var n = 3"),
          Row("n += 1", "n += 1"),
          Row("True, False, None", "(true, false, nil)", "(true, false, nil)"),
          Row("def f(x, y=2): return x * y", "fn f(x, y=2) = x * y"),
          Row("f(3, y=5)", "f(3, y=5)", "15"),
          Row("lambda x: x ** 2", "let square = x -> x^2"),
          Row("a if c else b", "if n > 3 { \"big\" } else { \"small\" }", "\"big\""),
          Row("for i in range(3): n += i", "for i in range(3) { n += i }"),
          Row("while n > 5: n -= 1", "while n > 5 { n -= 1 }"),
          Row("for i, s in enumerate(xs): …", "for (i, s) in enumerate(xs) { }"),
          Row("a, b = 1, 2", "let (a, b) = (1, 2)"),
          Row("1 <= n <= 9", "1 <= n <= 9", "true"),
          Row("7 // 2, 7 % 2, 7 / 2", "(7 // 2, 7 % 2, 7 / 2)", "(3, 1, 3.5)"),
          Row("assert n > 0, f\"n is {n}\"", "assert n > 0, \"n is {n}\""),
          Row("raise ValueError(\"no\")", "try error(\"no\") else err -> err.message", "\"no\""),
          Row("try: … except: …", "try [1, 2] + [1, 2, 3] else 0", "0"),
        ]),
      Section(
        title: "Strings, lists, dictionaries",
        rows: [
          Row("f\"{n:.2f}\"", "\"{n:.2f}\"", "\"5.00\""),
          Row("\"a\" + str(n)", "\"a\" + str(n)", "\"a5\""),
          Row("len(xs), xs[-1], xs[1:]", "(len(xs), xs[-1], xs[1:])", "(3, \"c\", (\"b\", \"c\"))"),
          Row("xs + [\"d\"]", "xs + (\"d\",)", "(\"a\", \"b\", \"c\", \"d\")"),
          Row("[s * 2 for s in xs if s != \"b\"]", "[s * 2 for s in xs if s != \"b\"]", "(\"aa\", \"cc\")"),
          Row("list(map(len, xs))", "map(xs, len)", "(1, 1, 1)"),
          Row("\"b\" in xs", "\"b\" in xs", "true"),
          Row("d[\"lr\"]", "d.lr", "0.1"),
          Row("{**d, \"lr\": 0.2}", "{..d, lr: 0.2}", "{lr: 0.2, steps: 20}"),
          Row("d.keys()", "keys(d)", "(\"lr\", \"steps\")"),
          Row("list(zip(xs, [1, 2, 3]))", "zip(xs, [1, 2, 3])", "((\"a\", 1), (\"b\", 2), (\"c\", 3))"),
        ]),
      Section(
        title: "Arrays",
        rows: [
          Row("np.array([3.0, 1, 2])", "[3.0, 1, 2]", "[3, 1, 2]"),
          Row("np.zeros((2, 2))", "zeros(2, 2)", "[[0, 0], [0, 0]]"),
          Row("np.arange(0, 1, 0.5)", "arange(0, 1, 0.5)", "[0, 0.5]"),
          Row("np.linspace(0, 1, 3)", "linspace(0, 1, 3)", "[0, 0.5, 1]"),
          Row("A @ x[:2]", "A @ x[:2]", "[7, 6]"),
          Row("A * A, A ** 2", "A^2", "[[4, 1], [1, 9]]"),
          Row("A.T, A.shape", "A.shape", "(2, 2)"),
          Row("A[0, 1], A[:, 1]", "A[:, 1]", "[1, 3]"),
          Row("x[x > 1]", "x[x > 1]", "[3, 2]"),
          Row("x[:, None]", "x[:, new].shape", "(3, 1)"),
          Row("x.sum(), A.mean(axis=0)", "mean(A, axis=0)", "[1.5, 2]"),
          Row("np.argmax(x)", "argmax(x)", "0"),
          Row("np.sort(x)[::-1]", "sort(x)[::-1]", "[3, 2, 1]"),
          Row("np.concatenate([x, x])", "concat((x, x))", "[3, 1, 2, 3, 1, 2]"),
          Row("np.where(x > 1, x, 0)", "where(x > 1, x, 0)", "[3, 0, 2]"),
          Row("np.linalg.solve(A, b)", "solve(A, [3.0, 4])", "[1, 1]"),
          Row("x.astype(np.float32).dtype", "f32(x).dtype", "f32"),
          Row("np.exp(x - x.max())", "exp(x - max(x))[0]", "1"),
        ]),
      Section(
        title: "Learning",
        rows: [
          Row("jax.grad(lambda w: (w**2).sum())(x)", "grad(w -> sum(w^2))(x)", "[6, 2, 4]"),
          Row("torch.softmax(x, 0)", "softmax([0.0, 0])", "[0.5, 0.5]"),
          Row("rng = np.random.default_rng(7)", "seed(7)"),
          Row("rng.uniform(size=(2, 3))", "uniform(2, 3).shape", "(2, 3)"),
          Row("import lib", "# use \"lib.tlx\" as lib"),
        ]),
    ])
}
