extension ErrorCatalogue {
  static let names: [ErrorPage] = [
    ErrorPage(
      "E0301", "Unknown name",
      """
      Nothing of this name is in scope: no variable, function or built-in. All unknown names of a file \
      are reported before anything runs; the help names the nearest one.
      """,
      example: "let width = 3; widht + 1"),
    ErrorPage(
      "E0302", "Assignment to a fixed name",
      """
      A name defined with let, a parameter, a loop variable, a function or a built-in cannot be assigned \
      to, nor changed in part. Define it with var.
      """,
      example: "let x = 1; x = 2"),
    ErrorPage(
      "E0303", "Name defined in two cells",
      """
      In a file a top-level name may be defined in one cell only, so that cells can run again in any \
      order.
      """,
      example: "# %% A\nlet x = 1\n# %% B\nlet x = 2"),
    ErrorPage(
      "E0304", "Used before it is defined",
      """
      A top-level name is read before the statement that defines it has run.
      """,
      example: "print(y); let y = 1"),
    ErrorPage(
      "E0305", "Defined and never used",
      """
      A warning of `tlx check`: nothing reads a name that a function, a block or a file defines. Remove it, or start \
      its name with _ to say that this is meant. The functions of a file count as used, since another file may bring \
      them in, and so does all of a file that shows nothing.
      """,
      example: "fn area(r) { let unused = 1; pi * r^2 }\narea(2)"),
    ErrorPage(
      "E0306", "Never reached",
      """
      A warning of `tlx check`: what stands before it always returns, breaks, continues, raises an error or loops \
      for ever, so that this statement cannot run.
      """,
      example: "fn f(x) { return x; print(x) }\nf(1)"),
    ErrorPage(
      "E0309", "Cycle of files",
      """
      Files that bring each other in by use have no order in which they could run.
      """,
      example: #"""
        use "self.tlx"
        """#),
    ErrorPage(
      "E0310", "Use inside of a block",
      """
      use stands at the top level of a file.
      """,
      example: #"""
        if true { use "lib.tlx" }
        """#),
    ErrorPage(
      "E0312", "Unknown type",
      """
      An annotation names no dtype (f64, f32, i64, bool) or kind (int, float, string, list, record, \
      table, fn, …), or gives a shape to a kind that has none.
      """,
      example: "let x: f46[n] = [1.0]"),
    ErrorPage(
      "E0313", "Nothing to continue from",
      """
      A line that starts with |> continues from ans, and no value was shown yet.
      """,
      example: "|> sum"),
    ErrorPage(
      "E0320", "No such prompt command",
      """
      Prompt commands start with a colon; `:help` lists them. The help names the nearest.
      """,
      example: ""),
    ErrorPage(
      "E0321", "Nothing to take back",
      """
      `:undo` takes back inputs of this session, at most a hundred.
      """,
      example: ""),
    ErrorPage(
      "E0322", "Prompt command needs something",
      """
      The command works on an expression or a file, which is missing after its name.
      """,
      example: ""),
    ErrorPage(
      "E0323", "No help under this name",
      """
      `help`, `?name` and `tlx help` know the built-ins, their families and the error codes; `tlx explain` \
      knows the error codes. Without a name they list them all, and a word that is no name is looked for in \
      the texts.
      """,
      example: #"""
        help("leap")
        """#),
  ]
}
