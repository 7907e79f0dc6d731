extension ErrorCatalogue {
  static let names: [ErrorPage] = [
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
      knows the error codes. Without a name they list them all.
      """,
      example: #"""
        help("leap")
        """#),
  ]
}
