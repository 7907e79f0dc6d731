extension Translation {
  static let julia = Translation(
    name: "from-julia", title: "TLX for those who know Julia",
    differences: [
      "Indices count from 0, ranges leave out their end, and the end of an axis is -1: x[1:end-1] is x[:-1].",
      "Blocks stand in braces; there is no end.",
      "No dots: arithmetic and functions work elementwise on tensors by themselves, and `@` is the matrix product.",
      "`'` is no transpose: `A.T`.",
      "Rows come first: data are laid out as in NumPy, and A[i] is row i.",
      "Functions have no methods by type; a name means one function.",
      "`let` defines a fixed name, `var` one that may change; everything is a value, and nothing is changed in place by a call.",
    ],
    prelude: """
      let x = [3.0, 1, 2]
      let A = [[2.0, 1], [1, 3]]
      let nt = {lr: 0.1, steps: 20}
      """,
    sections: [
      Section(
        title: "Names, functions, control",
        rows: [
          Row("n = 3", "var n = 3"),
          Row("f(x, y=2) = x * y", "fn f(x, y=2) = x * y"),
          Row("function g(x) … end", "fn g(x) { let y = x + 1; y * 2 }"),
          Row("g(1)", "g(1)", "4"),
          Row("x -> x^2", "(x -> x^2)(3)", "9"),
          Row("n > 2 ? \"big\" : \"small\"", "if n > 2 { \"big\" } else { \"small\" }", "\"big\""),
          Row("for i in 1:3; n += i; end", "for i in range(1, 4) { n += i }"),
          Row("while n > 5; n -= 1; end", "while n > 5 { n -= 1 }"),
          Row("n > 2 && n < 9", "n > 2 and n < 9", "true"),
          Row("!(n == 5)", "not (n == 5)", "false"),
          Row("a, b = 1, 2", "let (a, b) = (1, 2)"),
          Row("7 ÷ 2, 7 % 2, 2^3", "(7 // 2, 7 % 2, 2^3)", "(3, 1, 8)"),
          Row("nothing", "nil"),
          Row("@assert n > 0 \"n is $n\"", "assert n > 0, \"n is {n}\""),
          Row("try … catch err … end", "try sqrt(\"x\") else err -> err.code", "\"E0405\""),
          Row("[1, 2, 3] |> sum", "[1, 2, 3] |> sum", "6"),
        ]),
      Section(
        title: "Strings and collections",
        rows: [
          Row("\"n is $(n + 1)\"", "\"n is {n + 1}\"", "\"n is 6\""),
          Row("\"a\" * \"b\"", "\"a\" + \"b\"", "\"ab\""),
          Row("[i^2 for i in 0:3]", "[i^2 for i in range(4)]", "[0, 1, 4, 9]"),
          Row("map(i -> i + 1, [1, 2])", "map([1, 2], i -> i + 1)", "[2, 3]"),
          Row("filter(isodd, 1:5)", "filter(range(1, 6), i -> i % 2 == 1)", "[1, 3, 5]"),
          Row("(lr = 0.1, steps = 20).lr", "nt.lr", "0.1"),
          Row("merge(nt, (lr = 0.2,))", "{..nt, lr: 0.2}", "{lr: 0.2, steps: 20}"),
          Row("length(x)", "len(x)", "3"),
        ]),
      Section(
        title: "Arrays",
        rows: [
          Row("zeros(2, 3)", "zeros(2, 3)", "[[0, 0, 0], [0, 0, 0]]"),
          Row("[2 1; 1 3]", "[[2, 1], [1, 3]]", "[[2, 1], [1, 3]]"),
          Row("A * x[1:2]", "A @ x[:2]", "[7, 6]"),
          Row("A .* A", "A * A", "[[4, 1], [1, 9]]"),
          Row("sin.(x)", "sin(x)", "[0.14112, 0.841471, 0.909297]"),
          Row("A'", "A.T", "[[2, 1], [1, 3]]"),
          Row("A \\ b", "solve(A, [3.0, 4])", "[1, 1]"),
          Row("size(A), size(A, 1)", "A.shape[0]", "2"),
          Row("x[1], x[end]", "(x[0], x[-1])", "(3, 2)"),
          Row("A[:, 1]", "A[:, 0]", "[2, 1]"),
          Row("x[x .> 1]", "x[x > 1]", "[3, 2]"),
          Row("sum(A, dims=1)", "sum(A, axis=0, keepdims=true)", "[[3, 4]]"),
          Row("vcat(x, x)", "concat((x, x))", "[3, 1, 2, 3, 1, 2]"),
          Row("range(0, 1, length=3)", "linspace(0, 1, 3)", "[0, 0.5, 1]"),
          Row("argmax(x)", "argmax(x)", "0"),
          Row("sort(x, rev=true)", "sort(x)[::-1]", "[3, 2, 1]"),
          Row("eltype(A)", "A.dtype", "f64"),
          Row("Float32.(x)", "f32(x).dtype", "f32"),
          Row("gradient(w -> sum(w .^ 2), x)", "grad(w -> sum(w^2))(x)", "[6, 2, 4]"),
          Row("Random.seed!(7); rand(2, 3)", "uniform(2, 3).shape", "(2, 3)"),
          Row("include(\"lib.jl\")", "# use \"lib.tlx\""),
        ]),
    ])
}
