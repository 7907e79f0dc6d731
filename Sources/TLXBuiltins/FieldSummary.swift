/// One line on each field of the objects, which completion shows beside it.
public enum FieldSummary {
  /// What `field` of an object of a kind holds; nil for what the object names itself, such as a state.
  public static func of(_ field: String, in kind: String) -> String? {
    table[kind]?[field] ?? (kind == "flip report" || kind == "compatibility matrix" ? measures[field] : nil)
      ?? shared[field]
  }

  /// Whether reading the field costs next to nothing, so that completion may look into its value.
  public static func isAtHand(_ field: String, in kind: String) -> Bool {
    atHand[kind]?.contains(field) ?? false
  }

  private static let atHand: [String: Set<String>] = [
    "model": ["params"], "data set": ["x", "y", "images"], "chain": ["sparse"],
    "continuous chain": ["sparse"],
    "flip report": ["counts", "undefined", "mcnemar"], "embeddings": ["vectors", "labels"],
    "linear quadratic fit": ["delta"], "search": ["homogeneous", "heterogeneous", "product"],
  ]

  private static let shared = [
    "figure": "a figure of it", "table": "all of it as a table", "labels": "the class of each row",
    "T": "transposed", "shape": "size of each axis", "size": "number of elements", "ndim": "number of axes",
    "names": "the labels", "values": "the numbers without their labels",
  ]

  private static let table: [String: [String: String]] = [
    "model": [
      "params": "its parameters by name", "inputs": "how many numbers a row has",
      "outputs": "number of classes",
      "architecture": "its layers in words",
    ],
    "data set": [
      "name": "what it is called", "x": "the rows, f32[n, d]", "y": "the class of each row, i64[n]",
      "classes": "the names of the classes", "images": "the rows as images, [n, height, width, channels]",
      "features": "the names of the columns", "len": "number of rows", "origin": "where it comes from",
      "licence": "what it may be used for",
    ],
    "figure": ["title": "what stands above it"],
    "chain": [
      "states": "the names of the states", "matrix": "the transition probabilities, f64[n, n]",
      "sparse": "the transition probabilities without the zeros",
      "transitions": "a table of from, to and probability", "absorbing": "the states that nothing leaves",
      "counts": "how often each transition was seen", "turns": "lines that were counted",
      "walks": "sessions that were counted", "unfinished": "sessions without an outcome",
      "signal_turns": "lines that were signal words", "skipped": "lines that could not be read",
      "requests": "how often each state was seen, a row a state",
    ],
    "continuous chain": [
      "states": "the names of the states", "rates": "the rates, f64[n, n]",
      "sparse": "the rates without the zeros",
      "exit_rates": "the rate at which each state is left", "embedded": "the chain of its jumps",
      "uniformised": "the chain at the ticks of one clock",
    ],
    "hidden Markov model": [
      "start": "where it begins", "transitions": "from state to state, f64[n, n]",
      "emissions": "from state to symbol, f64[n, m]", "states": "the names of the states",
      "symbols": "the names of what is observed",
    ],
    "sparse matrix": [
      "nnz": "how many elements are kept", "dense": "with its zeros, f64[n, m]",
      "entries": "a table of row, column and value",
    ],
    "fraction": ["value": "the nearest float"],
    "absorption": [
      "probability": "of each end, from each state", "steps": "until an end, on average",
      "steps_var": "the variance of the steps", "ends": "the states or classes where walks end",
      "residual": "what the solution leaves of the equations", "bound": "how far the solution may be off",
      "missed": "the states that cannot reach each end",
    ],
    "flip report": [
      "rows": "number of rows", "counts": "rows by which of the two models is right",
      "intervals": "each measure with its interval", "undefined": "the measures without a value, and why",
      "mcnemar": "a test of whether the two differ", "classes": "the measures, class by class",
      "slices": "the measures, slice by slice", "matrix": "old label by new label, of the rows that flipped",
      "flipped": "the rows that flipped", "negative": "the rows that broke",
      "positive": "the rows that were repaired",
      "level": "the confidence of the intervals", "notes": "what is worth knowing, in words",
    ],
    "compatibility matrix": [
      "versions": "the names of the versions", "errors": "the error of each version",
      "regressions": "rows that an earlier version had right and the last has wrong",
    ],
    "search": [
      "homogeneous": "the best model in its own gallery",
      "heterogeneous": "the best model in the other gallery",
      "product": "the best model by the product of the two", "models": "all that were trained",
      "paragon": "what the gallery model reaches itself",
      "skipped": "the models that were not trained, and why",
    ],
    "retrieval": [
      "recall": "the share of queries with a right answer among the first k", "map": "mean average precision",
      "cmc": "the share of queries with a right answer, for each k",
      "verification": "true by false accept rate",
      "ranks": "where the first right answer stands", "precisions": "the average precision of each query",
      "queries": "number of queries", "gallery": "number of rows that were searched",
      "unmatched": "queries whose class the gallery lacks",
      "excludes_self": "whether a row may not find itself",
    ],
    "cross-test": [
      "passes": "whether new queries do better on the old gallery", "old_old": "old queries, old gallery",
      "new_old": "new queries, old gallery", "new_new": "new queries, new gallery",
      "paragon": "without the old model's constraint",
      "gain": "the share of the paragon's gain that is reached",
      "tax": "what compatibility costs the new model", "measure": "what the numbers measure",
    ],
    "backfill": [
      "curve": "the measures by the share of rows that were renewed",
      "order": "in which the rows were renewed",
      "rows": "the rows in that order", "area": "the mean of the curve",
      "dip": "how far the curve falls below its start",
      "orders": "the orders that were compared",
    ],
    "linear quadratic fit": [
      "model": "the model with its new parameters", "delta": "the step from the old parameters",
      "condition": "the condition number of the system",
      "condition_bounds": "what it is known to lie between",
      "residual": "what the solution leaves of the equations", "iterations": "how many the solver took",
      "solver": "which one was used", "l2": "the ridge", "scale": "what the targets were scaled by",
      "rows": "number of rows", "fitted": "what the fit gives for each row",
      "loo": "each row left out of its own fit",
      "loo_accuracy": "the accuracy with each row left out",
    ],
    "ensemble": ["size": "number of models", "outputs": "number of classes"],
    "embeddings": [
      "vectors": "the coordinates, f32[n, d]", "space": "the model whose space they live in",
      "compatible": "the spaces that they may be compared with", "items": "what was embedded",
      "width": "number of coordinates", "len": "number of rows",
    ],
    "sweep": ["table": "a row for each loss and weight", "runs": "a row for each training"],
  ]

  private static let measures = [
    "error_old": "wrong rows of the old model / rows", "error_new": "wrong rows of the new model / rows",
    "gain": "error_old − error_new", "nfr": "rows that broke / rows", "pfr": "rows that were repaired / rows",
    "relative_nfr": "nfr, 1 if the errors were independent",
    "nfi": "rows that broke / the new model's errors",
    "pfi": "rows that were repaired / what the new model has right",
    "churn": "rows whose label changed / rows",
    "btc": "both right / old right", "bec_new_errors": "both wrong / new wrong",
    "bec_old_errors": "both wrong / old wrong", "copied": "old errors that come back with the same label",
  ]
}
