extension ErrorCatalogue {
  static let parsing: [ErrorPage] = [
    ErrorPage(
      "E0200", "One expression is expected",
      """
      Where TLX evaluates a piece of text by itself (a hole of a string, a default) it has to be one \
      expression.
      """,
      example: ""),
    ErrorPage(
      "E0201", #"Unexpected token"#,
      #"Something else must stand here: a value after an operator, a name after `let`, a comma or "#
        + #"closing bracket after an item. The message names what was expected and what was found."#,
      example: #"let x = * 2"#),
    ErrorPage(
      "E0202", #"Brackets do not match"#,
      #"A bracket or brace is never closed, is closed by one of another kind, or closes nothing. The "#
        + #"label shows where it was opened. A new cell, or a line that begins with a statement's keyword, "#
        + #"ends what is still open in round and square brackets."#,
      example: #"f(1, [2, 3)"#),
    ErrorPage(
      "E0203", #"Nested too deeply"#,
      #"Brackets, blocks and operators may nest 200 levels deep, and a chain such as `1 + 1 + …` may "#
        + #"have 500 parts. Name the inner parts with `let`, or put the parts of a long sum in a list."#,
      example: String(repeating: "(", count: 201) + "1" + String(repeating: ")", count: 201)),
    ErrorPage(
      "E0204", #"Jump outside its place"#,
      #"`return` belongs in a function, `break` and `continue` in a loop; a function inside a loop "#
        + #"does not reach it. The value of a cell or block is its last expression."#,
      example: #"return 1"#),
    ErrorPage(
      "E0205", #"Cannot assign to this"#,
      #"Only a name, an item `x[i]` and a field `r.a` can be assigned to. A function is defined by `fn "#
        + #"f(x) = …`, several names at once by `let (a, b) = …`."#,
      example: #"f(x) = x^2"#),
    ErrorPage(
      "E0206", #"`=` does not compare"#,
      #"`=` binds or assigns and stands only in statements and keyword arguments. Write `==` to "#
        + #"compare."#,
      example: #"if x = 1 { 2 }"#),
    ErrorPage(
      "E0207", #"Spelling of another language"#,
      #"A habit from Python, Julia, MATLAB, R or C: `def`, `lambda`, `1:n`, `.*`, `'`, `end`, `&&`, "#
        + #"`!x`, `x++`, `import`, `print x`, `True`, `a if c else b` and so on. The help line gives the "#
        + #"spelling here."#,
      example: #"def f(x) { x }"#),
    ErrorPage(
      "E0208", #"Stands twice or in the wrong order"#,
      #"A parameter, field or keyword argument stands twice; a parameter without a default follows one "#
        + #"that has one; an argument by position follows one by name; or `..rest` is not the last."#,
      example: #"f(a=1, 2)"#),
    ErrorPage(
      "E0209", #"Not a size"#,
      #"In a shape annotation such as `f64[n, 64]` each size is a whole number, a letter that binds at "#
        + #"the call, `_` for any size, or `...` for any number of axes. Sums and products of letters are "#
        + #"not understood."#,
      example: #"fn f(x: f64[2.5]) = x"#),
    ErrorPage(
      "E0210", #"The text ends too soon"#,
      #"The file ends where something must follow: a value after an operator, a body after `fn f(x) "#
        + #"=`. At the prompt the same input asks for another line."#,
      example: #"let x ="#),
    ErrorPage(
      "E0211", #"Two statements on one line"#,
      #"A statement ends with its line, with `;` or with the `}` of its block. Two values in a row "#
        + #"need an operator or a comma between them, two statements `;`. A line that begins with a sign "#
        + #"does not continue the one above: end that with the operator, or use brackets."#,
      example: #"1 2"#),
    ErrorPage(
      "E0212", #"Nothing before the pipe"#,
      #"`|>` passes on the value before it. Only at the prompt may an input begin with `|>`: it then "#
        + #"continues from the last value."#,
      example: #"|> sum"#),
    ErrorPage(
      "E0213", #"Unknown cell flag"#,
      #"The flags of a cell marker are `cache`, `manual`, `hide` and `exercise`, as in `# %% Train "#
        + #"[cache]`. This is a warning: the word is ignored."#,
      example: #"# %% Train [cach]"#),
  ]
}
