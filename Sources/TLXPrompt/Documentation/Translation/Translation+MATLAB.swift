extension Translation {
  static let matlab = Translation(
    name: "from-matlab", title: "TLX for those who know MATLAB or Octave",
    differences: [
      "Indices stand in brackets, x[0], and count from 0; ranges leave out their end, and the last element is x[-1].",
      "A vector has one axis: there are no row and column vectors, and x.T of a vector is the vector.",
      "Blocks stand in braces; there is no end. Comments start with #.",
      "`*`, `/`, `^` work elementwise; `@` is the matrix product, and `A \\ b` is solve(A, b).",
      "A line shows its value unless it ends in a semicolon, as you know it; a definition shows nothing.",
      "Functions return one value; several come as a record with names: eigh(A).values.",
      "`let` defines a fixed name, `var` one that may change.",
      "Nothing grows by an assignment beyond its end: that is an error.",
    ],
    prelude: """
      let x = [3.0, 1, 2]
      let A = [[2.0, 1], [1, 3]]
      let s = {lr: 0.1, steps: 20}
      """,
    sections: [
      Section(
        title: "Names, functions, control",
        rows: [
          Row("n = 3;", "var n = 3"),
          Row("f = @(x) x.^2;", "let f = x -> x^2"),
          Row("function y = g(x)  y = x + 1;  end", "fn g(x) = x + 1"),
          Row("g(1)", "g(1)", "2"),
          Row("if n > 2 … else … end", "if n > 2 { \"big\" } else { \"small\" }", "\"big\""),
          Row("for i = 1:3, n = n + i; end", "for i in range(1, 4) { n += i }"),
          Row("while n > 5, n = n - 1; end", "while n > 5 { n -= 1 }"),
          Row("n > 2 && n < 9", "n > 2 and n < 9", "true"),
          Row("~(n == 5), n ~= 5", "n != 5", "false"),
          Row("mod(-7, 3), floor(7 / 2)", "(-7 % 3, 7 // 2)", "(2, 3)"),
          Row("true, pi, Inf, NaN", "pi", "3.141592653589793"),
          Row("error('no'); try … catch e … end", "try error(\"no\") else err -> err.message", "\"no\""),
          Row("assert(n > 0, 'n is %d', n)", "assert n > 0, \"n is {n}\""),
        ]),
      Section(
        title: "Strings, cells, structures",
        rows: [
          Row("sprintf('%.2f', n)", "\"{n:.2f}\"", "\"5.00\""),
          Row("['a' 'b']", "\"a\" + \"b\"", "\"ab\""),
          Row("c = {1, 'a'}; c{2}", "(1, \"a\")[1]", "\"a\""),
          Row("s.lr", "s.lr", "0.1"),
          Row("s.lr = 0.2", "{..s, lr: 0.2}", "{lr: 0.2, steps: 20}"),
          Row("fieldnames(s)", "keys(s)", "(\"lr\", \"steps\")"),
          Row("arrayfun(@(v) v + 1, x)", "x + 1", "[4, 2, 3]"),
          Row("cellfun(@numel, {'a', 'bb'})", "map((\"a\", \"bb\"), len)", "(1, 2)"),
          Row("disp(n)", "print(n)", "5"),
        ]),
      Section(
        title: "Matrices",
        rows: [
          Row("[2 1; 1 3]", "[[2, 1], [1, 3]]", "[[2, 1], [1, 3]]"),
          Row("zeros(2, 3), eye(2)", "eye(2)", "[[1, 0], [0, 1]]"),
          Row("1:5", "range(1, 6)", "range(1, 6)"),
          Row("0:0.5:1", "linspace(0, 1, 3)", "[0, 0.5, 1]"),
          Row("A * A, A .* A", "A @ A", "[[5, 5], [5, 10]]"),
          Row("A'", "A.T", "[[2, 1], [1, 3]]"),
          Row("A \\ b", "solve(A, [3.0, 4])", "[1, 1]"),
          Row("A(1, 2), A(:, 1)", "A[:, 0]", "[2, 1]"),
          Row("A(1, :)", "A[0]", "[2, 1]"),
          Row("x(end), x(1:2)", "x[:2]", "[3, 1]"),
          Row("x(x > 1)", "x[x > 1]", "[3, 2]"),
          Row("size(A, 1), numel(A)", "(A.shape[0], A.size)", "(2, 4)"),
          Row("sum(A), sum(A, 2)", "sum(A, axis=1)", "[3, 4]"),
          Row("sum(A(:))", "sum(A)", "7"),
          Row("[x, x]", "concat((x, x))", "[3, 1, 2, 3, 1, 2]"),
          Row("reshape(1:4, 2, 2)'", "reshape([1, 2, 3, 4], 2, 2)", "[[1, 2], [3, 4]]"),
          Row("[m, i] = max(x)", "(max(x), argmax(x))", "(3, 0)"),
          Row("sort(x, 'descend')", "sort(x)[::-1]", "[3, 2, 1]"),
          Row("isempty(x)", "len(x) == 0", "false"),
          Row("any(x > 2), all(x > 0)", "(any(x > 2), all(x > 0))", "(true, true)"),
          Row("det(A), trace(A)", "trace(A)", "5"),
          Row("eig(A)", "eigh([[2.0, 0], [0, 3]]).values", "[2, 3]"),
          Row("single(x)", "f32(x).dtype", "f32"),
          Row("rng(7); rand(2, 3)", "uniform(2, 3).shape", "(2, 3)"),
          Row("plot(x)", "# plot(x)"),
          Row("run lib.m", "# use \"lib.tlx\""),
        ]),
    ])
}
