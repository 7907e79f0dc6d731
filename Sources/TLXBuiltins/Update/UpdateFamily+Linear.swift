import TLXLearning
import TLXNumerics
import TLXRuntime
import TLXUpdate

/// First-order expansions and their exact fits.
extension UpdateFamily {
  static let linear: [Builtin] = [
    Builtin(
      "linearize", family: "update",
      [
        .positional("model", "model", "where the expansion is made"),
        .option("leaky", "bool", "make every relu a leaky_relu of slope 0.2 first", default: "false"),
      ],
      result: "model", summary: "makes a model's first-order expansion in its weights",
      details: """
        f(x; w₀) + J(x; w₀) Δw, with Δw as its parameters, zero at first: a model like others, for `fit`, `logits`, \
        `predict`. The product with the Jacobian is one forward-mode pass. With a convex loss its training is a convex \
        problem; `lqf` solves the quadratic one exactly. It cannot be saved: save the model and `params`.
        """,
      errors: ["E0415: an expansion already"],
      examples: [
        Builtin.Example(
          "let m = mlp([4, 8, 3]); max(abs(logits(linearize(m), ones(2, 4)) - logits(m, ones(2, 4))))", "0")
      ],
      source: "Achille et al., CVPR 2021, “LQF: Linear Quadratic Fine-Tuning”",
      body: { .object(ModelObject(try $0.model("model").linearized(leaky: $0.bool("leaky")))) }),
    Builtin(
      "lqf", family: "update",
      [
        .positional("model", "model", "a trained model"),
        .positional("data", "data set | {x, y}", "rows f32[n, d] and labels i64[n]"),
        .option("l2", "float", "the ridge λ", default: "1"),
        .option("scale", "float", "the target of the right class; the others' are 0", default: "5"),
        .option(
          "solver", "string",
          "exact kernel solution, or conjugate gradients with and without K-FAC preconditioning",
          default: "\"exact\"", choices: ["exact", "kfac", "cg"]),
        .option("leaky", "bool", "make every relu a leaky_relu of slope 0.2 first", default: "false"),
        .option("head", "bool", "start from a fresh head for the classes of data", default: "false"),
        .option(
          "tolerance", "float", "relative residual at which conjugate gradients stop", default: "1e-10"),
        .option("iterations", "int", "their greatest number of steps", default: "2000"),
        .option("start", "float", "standard deviation of a random start of theirs", default: "0"),
      ],
      result: "linear quadratic fit", summary: "fine-tunes a model's first-order expansion by least squares",
      details: """
        min over Δw of ‖f₀ + J Δw − scale · onehot(y)‖² + l2 ‖Δw‖², sums over rows and outputs, in f64. With l2 > 0 there is \
        one solution, whatever the order of the rows and the start. `exact` solves (J Jᵀ + l2 I) α = Y − f₀ by Cholesky, for \
        rows × classes ≤ 6,000; `cg` and `kfac` need no such matrix.

        `.model` is the fitted expansion (`predict(fit.model, x)`; `fit(x)` gives logits), `.delta` the changes of the \
        weights, `.condition` (s_max + l2) / (s_min + l2) over the eigenvalues s of J Jᵀ, by Lanczos steps: with `exact` to \
        five digits; of the iterative solvers a lower bound where 300 steps do not reach s_min, and `.condition_bounds` then \
        has the upper one too. `.residual` the relative residual of the normal equations. `.loo` are the \
        predictions of each row by the model that was fitted without it, exact and without fitting again, `.loo_accuracy` \
        their accuracy; `forget` and `influence` go on from there (all three with `exact` only).
        """,
      errors: [
        "E0415: rows that do not fit", "E0416: labels that are none of the model's classes",
        "E0501: l2 = 0 and no unique solution",
        "E0503: not converged", "E0504: NaN or infinity", "E0702: too many rows for `exact`",
      ],
      examples: [
        Builtin.Example(
          "let d = dataset(\"iris\"); let m = fit(mlp([4, 8, 3], activation=leaky_relu), d, epochs=5).model; lqf(m, d).loo_accuracy > 0.9",
          "true")
      ],
      source: "Achille et al., CVPR 2021, “LQF: Linear Quadratic Fine-Tuning”",
      body: { arguments in
        let rows = try TrainingRows(arguments, "data")
        var model = try arguments.model("model")
        if try arguments.bool("leaky") { model = try model.replacingRectifiers() }
        if try arguments.bool("head") {
          let classes = try arguments.labels(rows.y, "data").max().map { $0 + 1 } ?? 1
          model = try model.replacingHead(classes: max(classes, 1), stream: arguments.context.random)
        }
        var settings = LinearQuadraticFit.Settings()
        settings.l2 = try arguments.float("l2")
        settings.scale = try arguments.float("scale")
        settings.solver = LinearQuadraticFit.Solver(rawValue: try arguments.string("solver")) ?? .exact
        settings.tolerance = try arguments.float("tolerance")
        settings.iterations = try arguments.int("iterations", atLeast: 1)
        let start = try arguments.float("start")
        if start > 0 { settings.start = (start, arguments.context.random) }
        return .object(
          LinearQuadraticFitObject(try LinearQuadraticFit(model, x: rows.x, y: rows.y, settings)))
      }),
    Builtin(
      "forget", family: "update",
      [
        .positional("fit", "linear quadratic fit", "an exact fit"),
        .positional("rows", "int | list", "the rows of its data that are to go, from 0"),
      ],
      result: "linear quadratic fit", summary: "takes rows out of a fit without fitting again",
      details: """
        Equal to `lqf` of the other rows: a low-rank change of the solution and of its inverse, so that it can be repeated. \
        Rows are counted in the fit that is given.
        """,
      errors: ["E0406: a row that there is not, or all of them", "E0417: a fit by an iterative solver"],
      examples: [
        Builtin.Example("forget(lqf(mlp([4, 3]), dataset(\"iris\")), (0, 7)).rows", "148")
      ],
      source: "Golatkar et al., CVPR 2021, “Mixed-privacy forgetting in deep networks”, for the use",
      body: { arguments in
        let object = try arguments.object(
          "fit", as: LinearQuadraticFitObject.self, kind: "linear quadratic fit")
        return .object(LinearQuadraticFitObject(try object.fit.removing(arguments.ints("rows"))))
      }),
    Builtin(
      "influence", family: "update",
      [
        .positional("fit", "linear quadratic fit", "an exact fit"),
        .positional("data", "data set | {x, y}", "other rows with labels"),
      ],
      result: "f64[n]", summary: "tells how much each training row helps other rows",
      details: """
        By how much the mean of ½ ‖f(x) − scale · onehot(y)‖² over the other rows grows when the training row is left out: \
        above 0 for rows that help, below 0 for rows that hurt (a wrong label). Exact, for all rows at once.
        """,
      errors: ["E0416: labels that are none of the classes", "E0417: a fit by an iterative solver"],
      examples: [
        Builtin.Example("influence(lqf(mlp([4, 3]), dataset(\"iris\")), dataset(\"iris\")).shape", "(150,)")
      ],
      body: { arguments in
        let object = try arguments.object(
          "fit", as: LinearQuadraticFitObject.self, kind: "linear quadratic fit")
        let rows = try TrainingRows(arguments, "data")
        return .tensor(try object.fit.influence(x: rows.x, y: rows.y))
      }),
  ]
}
