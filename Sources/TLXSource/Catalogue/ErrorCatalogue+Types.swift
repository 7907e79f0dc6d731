extension ErrorCatalogue {
  static let types: [ErrorPage] = [
    ErrorPage(
      "E0401", "Shapes do not fit",
      """
      Two tensors meet in an operation and an axis of one has another size than the axis of the other. Axes \
      align from the right; sizes must be equal or 1.
      """,
      example: "[1, 2, 3] + [1, 2]"),
    ErrorPage(
      "E0402", "Broadcasting would surprise",
      """
      When two tensors have different ranks, only the one of lower rank may stretch. `y - p` with f64[n] \
      and f64[n, 1] would silently become n×n elsewhere; here it is an error. Drop the last axis with `p[:, \
      0]` or add one with `y[:, new]`; write `y[new, :]` if all pairs are meant.
      """,
      example: "[1.0, 2] - [[1.0], [2]]"),
    ErrorPage(
      "E0403", "Elements do not fill the shape",
      """
      A reshape must keep the number of elements. One size may be -1, for what is left.
      """,
      example: "reshape([1, 2, 3], (2, 2))"),
    ErrorPage(
      "E0404", "Wrong kind of value",
      """
      An operator or a built-in got a value of a kind it does not work on. Numbers, strings, lists and \
      tensors do not convert into each other silently; `str(x)`, `int(s)`, `float(s)` and `"{x}"` convert \
      where you ask for it.
      """,
      example: #"""
        "a" + 1
        """#),
    ErrorPage(
      "E0405", "An argument is of the wrong kind",
      """
      A built-in was given an argument that it cannot use: another kind of value, a number out of range, or \
      a string that is not one of the choices. The message names the parameter, what was expected and what \
      came.
      """,
      example: #"""
        mean("abc")
        """#),
    ErrorPage(
      "E0406", "Out of range",
      """
      An index lies outside of what it indexes, or something is asked of an empty axis (its largest \
      element, say). Indices count from 0, and from the end as -1, -2, …; TLX never clamps them.
      """,
      example: "[1, 2, 3][3]"),
    ErrorPage(
      "E0407", "No derivative",
      """
      The result depends on the variable only through a step that has no derivative (argmax, argsort, a \
      conversion to i64), or a function that is to be differentiated does not give one number.
      """,
      example: "grad(x -> argmax(x))([1, 2])"),
    ErrorPage(
      "E0408", "No such field",
      """
      The value has no field or column of that name. The message lists what there is; the help names the \
      nearest.
      """,
      example: "{a: 1}.b"),
    ErrorPage(
      "E0409", "Contents are not known yet",
      """
      The values of a tensor were asked for while a program is traced, where only its shape and dtype are \
      known.
      """,
      example: ""),
    ErrorPage(
      "E0410", "Condition is not one bool",
      """
      `if`, `while`, `and`, `or` and `not` need true or false. A tensor of several bools is reduced with \
      `any(x)` or `all(x)`; a number is compared, as in `n != 0`.
      """,
      example: "if [true, false] { 1 }"),
    ErrorPage(
      "E0411", "Conversion would lose information",
      """
      A conversion would cut a fraction, leave the range of the dtype, or read a text that is no number. \
      Say `round(x)`, `floor(x)` or `trunc(x)` first when that is what you want.
      """,
      example: "i64([1.5, 2])"),
    ErrorPage(
      "E0412", "Bad index",
      """
      A value of this kind cannot be used as an index here, or there are more indices than axes.
      """,
      example: "[1, 2, 3][0, 0]"),
    ErrorPage(
      "E0413", "Bad format",
      """
      The part after the colon in `"{x:…}"` is not a format that the value understands. Formats are those \
      of Python: `.3f`, `>10`, `,`, `.1%`, `08d`.
      """,
      example: #"""
        "{1.5:d}"
        """#),
    ErrorPage(
      "E0414", "Wrong number of arguments",
      """
      A call gives too many arguments, too few, or two values for one parameter. The help shows the \
      signature.
      """,
      example: "fn f(x, y) = x; f(1)"),
    ErrorPage(
      "E0415", "Model does not fit",
      """
      Layers do not fit each other, rows have another size than the model takes, or a model has no dense \
      head to replace. The message names both sizes.
      """,
      example: "predict(linear(3, 2), zeros(5, 4))"),
    ErrorPage(
      "E0416", "Label or setting out of range",
      """
      A label is not one of the model's classes 0 … k − 1, or a hyper-parameter (learning rate, epochs, \
      patience) lies where it makes no sense.
      """,
      example: #"""
        fit(linear(4, 2), dataset("iris"))
        """#),
    ErrorPage(
      "E0417", "Nothing to give",
      """
      Something was asked for that the session does not have: `last_fit()` when every training finished.
      """,
      example: "last_fit()"),
    ErrorPage(
      "E0418", "There is no such axis",
      """
      An axis argument is outside the tensor. Axes count from 0; negative ones from the end.
      """,
      example: "sum([1, 2], axis=1)"),
    ErrorPage(
      "E0419", "Impossible shape",
      """
      A size is negative, a step is 0, or a count of elements is not a whole number.
      """,
      example: "reshape([1, 2, 3], (-1, -1))"),
    ErrorPage(
      "E0420", "Bad pattern",
      """
      A pattern of `einsum` or `rearrange` cannot be read, or does not fit the shapes of its tensors.
      """,
      example: #"""
        einsum("ij,jk", [1, 2])
        """#),
    ErrorPage(
      "E0421", "Unknown keyword",
      """
      The function has no parameter of this name; the help names the nearest.
      """,
      example: "mean([1, 2], axes=0)"),
    ErrorPage(
      "E0422", "Option without its name",
      """
      Options of built-ins are given by name only; the help shows the spelling.
      """,
      example: "mean([[1, 2]], 0)"),
    ErrorPage(
      "E0423", "Not callable",
      """
      Only functions, models and other callable objects can be called.
      """,
      example: "let x = 3; x(1)"),
    ErrorPage(
      "E0424", "Cannot be spread",
      """
      `..x` in a record takes a record's fields.
      """,
      example: "{..3}"),
    ErrorPage(
      "E0425", "Cannot take apart",
      """
      The value on the right has another number of items than the pattern on the left has names, or is \
      nothing that has items.
      """,
      example: "let (a, b) = (1, 2, 3)"),
    ErrorPage(
      "E0426", "Annotation does not hold",
      """
      A value does not have the dtype, kind or shape that an annotation asks for. Letters bind to sizes \
      at the call, and the message lists them.
      """,
      example: "fn f(v: f64[n], w: f64[n]) = v; f([1.0], [1.0, 2])"),
    ErrorPage(
      "E0430", "Embeddings of different spaces",
      """
      Embeddings can be compared only within one space: that of one model, or of models that were trained or declared \
      to fit it. Distances between the embeddings of two independent models mean nothing, and a search over them \
      returns noise without any sign of it. Train the new model with a compatibility loss (`bct_loss(old)`), align it \
      (`procrustes`), declare it (`declare_compatible`), or compute the gallery anew with the model that embeds the \
      queries. A tensor of unknown origin becomes embeddings by `embeddings(x, space="…")`.
      """,
      example: #"""
        let (a, b) = (mlp([4, 8, 3]), mlp([4, 8, 3]))
        retrieval(embed(a, dataset("iris")), embed(b, dataset("iris")))
        """#),
  ]
}
