extension RenderingTests {
  static let cases: [RenderingCase] = [
    RenderingCase(
      name: "the contract's example",
      source: "let a = 1\nlet «2pred» = x @ w\nlet loss = mean((«1y» - «3pred»)^2)",
      message: "cannot subtract f32[128] and f32[128, 1]",
      label: "",
      secondary: [(2, "pred is f32[128, 1]", false), (3, "would stretch both sides to 128×128", true)],
      help: "drop the last axis with pred[:, 0], or write y[:, new] if you want all pairs",
      expected: #"""
        error[E0402]: cannot subtract f32[128] and f32[128, 1]
          ┌─ train.tlx:3:18
        2 │ let pred = x @ w
          │     ---- pred is f32[128, 1]
        3 │ let loss = mean((y - pred)^2)
          │                  ^   ^^^^ would stretch both sides to 128×128
        help: drop the last axis with pred[:, 0], or write y[:, new] if you want all
              pairs
        """#),
    RenderingCase(
      name: "several labels on a line",
      source: "let «2x» = f(«3a», «1b»)",
      secondary: [(2, "this is x", false), (3, "this is a", false)],
      expected: #"""
        error[E0402]: cannot do this
          ┌─ train.tlx:1:14
        1 │ let x = f(a, b)
          │     -     -  ^ here
          │     │     │
          │     │     this is a
          │     this is x
        """#),
    RenderingCase(
      name: "the primary in front",
      source: "let «1x» = f(«3a», «2b»)",
      secondary: [(2, "this is b", false), (3, "this is a", false)],
      expected: #"""
        error[E0402]: cannot do this
          ┌─ train.tlx:1:5
        1 │ let x = f(a, b)
          │     ^     -  - this is b
          │     │     │
          │     │     this is a
          │     here
        """#),
    RenderingCase(
      name: "several lines, not next to each other",
      source: "«2a»\nb\nc\n«1d»\ne\n«3f»",
      secondary: [(2, "first", false), (3, "last", false)],
      expected: #"""
        error[E0402]: cannot do this
          ┌─ train.tlx:4:1
        1 │ a
          │ - first
        4 │ d
          │ ^ here
        6 │ f
          │ - last
        """#),
    RenderingCase(
      name: "a span of several lines",
      source: "let x = «1f(a,\n    b,\n    c)» + 1",
      expected: #"""
        error[E0402]: cannot do this
          ┌─ train.tlx:1:9
        1 │ let x = f(a,
          │         ^^^^
        3 │     c) + 1
          │     ^^ here
        """#),
    RenderingCase(
      name: "tabs and wide characters",
      source: "\tlet\t«1x» = \"日本語\" + «2größe» + «3é» + «4👍»",
      secondary: [(2, "two", false), (3, "three", false), (4, "four", false)],
      expected: #"""
        error[E0402]: cannot do this
          ┌─ train.tlx:1:6
        1 │     let x = "日本語" + größe + é + 👍
          │         ^              -----   -   -- four
          │         │              │       │
          │         │              │       three
          │         │              two
          │         here
        """#),
    RenderingCase(
      name: "the end of the text",
      source: "let x =«1»",
      label: "",
      expected: #"""
        error[E0402]: cannot do this
          ┌─ train.tlx:1:8
        1 │ let x =
          │        ^
        """#),
    RenderingCase(
      name: "an empty text",
      source: "«1»",
      label: "",
      expected: #"""
        error[E0402]: cannot do this
          ┌─ train.tlx:1:1
        1 │
          │ ^
        """#),
    RenderingCase(
      name: "wrapped texts",
      source: "let x = «1y» + 1",
      message: "a long message that does not fit into fifty columns of a terminal",
      label: "a long label which has to be wrapped as well, since it is long",
      help: "a long help line that needs to be wrapped at the width of the terminal",
      width: 50,
      expected: #"""
        error[E0402]: a long message that does not fit
          into fifty columns of a terminal
          ┌─ train.tlx:1:9
        1 │ let x = y + 1
          │         ^ a long label which has to be wrapped as
          │           well, since it is long
        help: a long help line that needs to be wrapped at
              the width of the terminal
        """#),
    RenderingCase(
      name: "a long line in a narrow terminal",
      source:
        "let result = first_function(argument_one, second_function(«1argument_two», 3), another_argument, and_more)",
      width: 40,
      expected: #"""
        error[E0402]: cannot do this
          ┌─ train.tlx:1:59
        1 │ …d_function(argument_two, 3), anoth…
          │             ^^^^^^^^^^^^ here
        """#),
    RenderingCase(
      name: "a long line with distant labels",
      source:
        "let «2result» = first_function(argument_one, second_function(argument_two, 3), «1another_argument», and_more)",
      secondary: [(2, "far left", false)],
      width: 60,
      expected: #"""
        error[E0402]: cannot do this
          ┌─ train.tlx:1:77
        1 │ …_function(argument_two, 3), another_argument, and_more)
          │ -                            ^^^^^^^^^^^^^^^^ here
          │ │
          │ far left
        """#),
    RenderingCase(
      name: "a long line marked at its start",
      source:
        "«1let result = first_function(argument_one, second_function(argument_two, 3), another_argument, and_more)»",
      label: "everything",
      width: 40,
      expected: #"""
        error[E0402]: cannot do this
          ┌─ train.tlx:1:1
        1 │ let result = first_function(argumen…
          │ ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
          │ everything
        """#),
    RenderingCase(
      name: "call chain",
      source: "fn f(x) = «1x» + 1\n«9f(y)»",
      help: "do it differently",
      chain: 2,
      expected: #"""
        error[E0402]: cannot do this
          ┌─ train.tlx:1:11
        1 │ fn f(x) = x + 1
          │           ^ here
          called from f(y), 2 times, at train.tlx:2:1
        help: do it differently
        """#),
    RenderingCase(
      name: "a long call chain",
      source: "fn f(x) = «1f(x)»\n«9f(y)»",
      chain: 500,
      expected: #"""
        error[E0402]: cannot do this
          ┌─ train.tlx:1:11
        1 │ fn f(x) = f(x)
          │           ^^^^ here
          called from f(y), 500 times, at train.tlx:2:1
        """#),
    RenderingCase(
      name: "line numbers of several digits",
      source: String(repeating: "\n", count: 98) + "«2a»\n«1b»",
      secondary: [(2, "a", false)],
      expected: #"""
        error[E0402]: cannot do this
           ┌─ train.tlx:100:1
        99 │ a
           │ - a
        100│ b
           │ ^ here
        """#),
    RenderingCase(
      name: "colours",
      source: "let «2x» = «1y»",
      secondary: [(2, "x", false)],
      help: "so",
      color: true,
      expected:
        "\u{1B}[1;31merror[E0402]:\u{1B}[0m \u{1B}[1mcannot do this\u{1B}[0m\n\u{1B}[2m  ┌─ \u{1B}[0mtrain.tlx:1:9\n\u{1B}[2m1 │\u{1B}[0m let x = y\n\u{1B}[2m  │\u{1B}[0m     \u{1B}[34m-\u{1B}[0m   \u{1B}[1;31m^\u{1B}[0m\u{1B}[1;31m here\u{1B}[0m\n\u{1B}[2m  │\u{1B}[0m     \u{1B}[34m│\u{1B}[0m\n\u{1B}[2m  │\u{1B}[0m     \u{1B}[34mx\u{1B}[0m\n\u{1B}[36mhelp:\u{1B}[0m so"
    ),
    RenderingCase(
      name: "control characters",
      source: "let x = «1\u{1}\u{1B}[31m»",
      message: "strange",
      expected: #"""
        error[E0402]: strange
          ┌─ train.tlx:1:9
        1 │ let x = ··[31m
          │         ^^^^^^ here
        """#),
    RenderingCase(
      name: "overlapping labels",
      source: "«2f(«1x», 2)»",
      secondary: [(2, "whole", false)],
      expected: #"""
        error[E0402]: cannot do this
          ┌─ train.tlx:1:3
        1 │ f(x, 2)
          │ --^----
          │ │ │
          │ │ here
          │ whole
        """#),
  ]
}
