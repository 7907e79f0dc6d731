extension ErrorCatalogue {
  static let limits: [ErrorPage] = [
    ErrorPage(
      "E0701", "Interrupted",
      """
      The computation was stopped with Ctrl-C or by a time limit. Variables keep the values they had before \
      the statement.
      """,
      example: "while true { }"),
    ErrorPage(
      "E0702", "Not enough memory",
      """
      A tensor was asked for that is larger than the memory TLX may use: the machine's, or TLX_MEMORY. \
      Nothing was allocated and the session goes on. Work on fewer rows at a time or use f32. A program whose \
      lists and strings grow beyond that is stopped.
      """,
      example: "zeros(1000000, 1000000)"),
    ErrorPage(
      "E0703", "Calls nested too deeply",
      """
      A function calls itself without end, or very deeply. The report shows the chain of calls.
      """,
      example: "fn f(x) = f(x) + 1; f(0)"),
    ErrorPage(
      "E0704", "Linear algebra library missing",
      """
      Matrix products and factorizations use OpenBLAS, which is loaded when the first one runs and was not \
      found. Install the package libopenblas0.
      """,
      example: "[[1.0]] @ [[2.0]]   # without libopenblas0"),
    ErrorPage(
      "E0705", "Assertion failed",
      """
      The condition of an assert does not hold.
      """,
      example: #"""
        assert 1 > 2, "one is {1}"
        """#),
    ErrorPage(
      "E0706", "Too large to compile",
      """
      A function has more variables, constants or parts than the machine can number. Split it.
      """,
      example: ""),
    ErrorPage(
      "E0707", "Raised by the program",
      """
      The program called error("…"). `try … else` can catch it.
      """,
      example: #"""
        error("no data")
        """#),
    ErrorPage(
      "E0708", "An update is refused",
      """
      `gate` judges the bounds of intervals: the new model may break more of what worked than `max_nfr` allows, or gain \
      less than `min_gain` asks. A script that it ends leaves with status 4 and the verdict as JSON on standard output. \
      More test rows make the intervals narrower.
      """,
      example: #"""
        gate(flips([0, 1, 1, 0], [0, 1, 0, 0], [0, 1, 1, 0]), max_nfr=0.02)
        """#),
    ErrorPage(
      "E0709", "Value is not what `#=>` says",
      """
      `tlx test` compares what a statement shows with the `#=>` comment after or under it. `#=> ~3.14` \
      compares numbers to the digits shown. `tlx test --update` writes the new values into the file.
      """,
      example: ""),
    ErrorPage(
      "E0710", "Setting that cannot be read",
      """
      TLX_MEMORY is an amount of memory (`500M`, `4G`, or bytes), TLX_THREADS a number of threads from 1 on. With \
      anything else nothing runs. Without them TLX takes what the machine has.
      """,
      example: ""),
  ]
}
