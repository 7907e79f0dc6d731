import TLXNumerics
import TLXRuntime

extension ReduceFamily {
  static let counting: [Builtin] = [
    Builtin(
      "count", family: "reduce",
      [
        .x("tensor | collection", "bools, numbers, or items"),
        .positional(
          "f", "function | value", "which items count: a condition, or what they equal", default: "nil"),
        .axes, .keepdims,
      ],
      result: "int | i64[…]", summary: "counts what is true, holds or equals",
      details:
        "`count(mask)` counts true (or nonzero) elements; `count(xs, f)` the items for which f gives true; "
        + "`count(xs, v)` the items equal to v.",
      examples: [
        Builtin.Example("count([true, false, true])", "2"),
        Builtin.Example("count((\"a\", \"b\", \"a\"), \"a\")", "2"),
      ],
      body: { arguments in
        guard let what = arguments.optional("f") else {
          let x = try arguments.tensor("x")
          return .tensor(
            try x.countNonzero(
              axes: arguments.axes("axis", rank: x.rank), keepdims: arguments.bool("keepdims")))
        }
        let items = try Operations.elements(of: arguments.value("x"))
        var isCondition = false
        if case .function = what { isCondition = true }
        var count = 0
        for position in 0..<items.count {
          let item = try items.element(at: position)
          if try isCondition ? arguments.holds("f", item) : Operations.equal(item, what) { count += 1 }
        }
        return .int(count)
      }),
    Builtin(
      "unique", family: "reduce",
      [
        .x("tensor | list", "what to look through"),
        .option("counts", "bool", "gives a record with how often each occurs as well", default: "false"),
        .option("axis", "int", "finds distinct slices along this axis, as rows of a matrix", default: "nil"),
      ],
      result: "tensor | list | {values, counts}", summary: "finds the distinct elements",
      details:
        "Of a tensor in ascending order (slices in that of their first elements that differ; NaN last, and all NaN\nas one), of a list in the order of their first occurrence.",
      examples: [
        Builtin.Example("unique([3, 1, 3])", "[1, 3]"),
        Builtin.Example(
          "unique((\"b\", \"a\", \"b\"), counts=true)", "{values: (\"b\", \"a\"), counts: [2, 1]}"),
        Builtin.Example("unique([[2, 1], [0, 5], [2, 1]], axis=0)", "[[0, 5],\n [2, 1]]"),
      ],
      body: { arguments in
        let wantsCounts = try arguments.bool("counts")
        let values: Value
        let counts: Tensor
        if arguments.has("axis") {
          let result = try arguments.tensor("x").unique(axis: arguments.int("axis"))
          (values, counts) = (.tensor(result.values), result.counts)
        } else if case .list(let items)? = arguments.optional("x") {
          let (distinct, numbers) = try Items.distinct(items)
          (values, counts) = (.list(distinct), try Tensor(numbers))
        } else {
          let result = try arguments.tensor("x").unique()
          (values, counts) = (.tensor(result.values), result.counts)
        }
        return wantsCounts ? .record(Record([("values", values), ("counts", .tensor(counts))])) : values
      }),
    Builtin(
      "histogram", family: "reduce",
      [
        .x("tensor", "the numbers"), .option("bins", "int", "how many intervals", default: "10"),
        .option("low", "number", "the lower end; the least element if left out", default: "nil"),
        .option("high", "number", "the upper end; the greatest element if left out", default: "nil"),
      ],
      result: "{counts: i64[bins], edges: f64[bins + 1]}", summary: "counts elements in equal intervals",
      details: "The last interval includes its upper end. Elements outside and NaN are not counted.",
      errors: ["E0505: low is above high"],
      examples: [
        Builtin.Example("histogram([0, 1, 1, 4], bins=2)", "{counts: [3, 1], edges: [0, 2, 4]}")
      ],
      body: { arguments in
        let x = try arguments.tensor("x")
        var range: (Double, Double)?
        if arguments.has("low") || arguments.has("high") {
          let found = try x.finiteRange()
          range = (
            try arguments.optionalFloat("low") ?? found?.0 ?? 0,
            try arguments.optionalFloat("high") ?? found?.1 ?? 1
          )
        }
        let (counts, edges) = try x.histogram(bins: arguments.int("bins", atLeast: 1), range: range)
        return .record(Record([("counts", .tensor(counts)), ("edges", .tensor(edges))]))
      }),
    Builtin(
      "bincount", family: "reduce",
      [.x("i64[…]", "whole numbers from 0"), .option("bins", "int", "at least so many bins", default: "0")],
      result: "i64[k]", summary: "counts how often each of 0, 1, 2, … occurs",
      errors: ["E0406: a number is negative"],
      examples: [Builtin.Example("bincount([0, 2, 2], bins=4)", "[1, 0, 2, 0]")],
      body: { .tensor(try $0.tensor("x").bincount(minimum: $0.int("bins", atLeast: 0))) }),
  ]
}
