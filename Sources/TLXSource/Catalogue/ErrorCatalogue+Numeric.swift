extension ErrorCatalogue {
  static let numeric: [ErrorPage] = [
    ErrorPage(
      "E0501", "Singular or not positive definite",
      """
      A matrix has no inverse (a row is a combination of others, to working precision), or a Cholesky \
      factorization met a leading minor that is not positive. The message names the pivot or the minor, and \
      the condition number where it is known.
      """,
      example: "solve([[1, 2], [2, 4]], [1, 1])"),
    ErrorPage(
      "E0502", "Integer overflow",
      """
      A whole number left the range of 64 bits (about ±9.2e18). Use floats (`f64(x)`, `2.0^100`) where the \
      exact digits do not matter.
      """,
      example: "2^64"),
    ErrorPage(
      "E0503", "Not converged",
      """
      An iteration (eigenvalues, singular values, a fixed point) did not converge within its limit.
      """,
      example: ""),
    ErrorPage(
      "E0504", "NaN or infinity in the input",
      """
      A factorization or a score needs finite numbers; the message names the first entry that is not.
      """,
      example: "svd([[1, nan], [0, 1]])"),
    ErrorPage(
      "E0505", "Value outside of the domain",
      """
      A parameter of a distribution or of a numeric function has a value for which it is not defined: a \
      probability outside of 0 to 1, weights that are all zero, a lower bound above the upper one.
      """,
      example: "bernoulli(1.5, shape=3)"),
    ErrorPage(
      "E0506", "Training loss is no longer finite",
      """
      The loss of a step became NaN or infinite. Training stops at that step; `last_fit()` gives the model \
      of the last whole epoch. Lower the learning rate or scale the inputs.
      """,
      example: #"""
        fit(linear(4, 3), dataset("iris"), loss=mse, optimizer=sgd(lr=100))
        """#),
    ErrorPage(
      "E0507", "Division of whole numbers by zero",
      """
      `//` and `%` of ints have no value for a divisor of 0. `/` gives a float: inf, -inf or nan.
      """,
      example: "7 // 0"),
  ]
}
