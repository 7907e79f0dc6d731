import TLXNumerics
import TLXRuntime

extension CollectionFamily {
  static let ordering: [Builtin] = [
    Builtin(
      "sort", family: "lists",
      [
        .positional("xs", "collection", "a list, tensor, table or labelled vector"),
        .option(
          "by", "string | list | function", "a column or field, several, or a function of an item",
          default: "nil"),
        .option("descending", "bool", "the greatest first", default: "false"),
        .option("axis", "int", "along which axis of a tensor", default: "-1"),
      ],
      result: "like xs", summary: "puts items into order",
      details:
        "Stable: equal items keep their order. NaN and nil come last. A labelled vector is sorted by its numbers.",
      errors: ["E0404: items have no order", "E0408: there is no such column"],
      examples: [
        Builtin.Example("sort([3, 1, 2], descending=true)", "[3, 2, 1]"),
        Builtin.Example("sort((\"bb\", \"a\"), by=len)", "(\"a\", \"bb\")"),
        Builtin.Example("sort(table({a: [2, 1], b: (\"x\", \"y\")}), by=\"a\").b", "(\"y\", \"x\")"),
      ],
      body: { arguments in
        let xs = arguments.value("xs")
        let descending = try arguments.bool("descending")
        if !arguments.has("by"), let sorted = try plainly(xs, arguments, descending) { return sorted }
        let order = try Ordering.permutation(of: keys(of: xs, arguments), descending: descending)
        return try Items.picking(order, from: xs)
      }),
    Builtin(
      "reverse", family: "lists", [.positional("xs", "collection", "the items")], result: "like xs",
      summary: "puts the last item first",
      examples: [
        Builtin.Example("reverse((1, 2, 3))", "(3, 2, 1)"), Builtin.Example("reverse(\"abc\")", "\"cba\""),
      ],
      body: { arguments in
        let xs = arguments.value("xs")
        if case .range(let range) = xs {
          let last = range.start + (range.count - 1) * range.step
          return .range(IntegerRange(start: last, stop: last - range.count * range.step, step: -range.step))
        }
        guard let count = try Items.count(of: xs) else {
          throw arguments.failure("xs", mustBe: "a collection")
        }
        return try Items.picking((0..<count).reversed(), from: xs)
      }),
    end("head", "takes the first items", "head(range(100), 3)", "[0, 1, 2]") { count, n in Array(0..<n) },
    end("tail", "takes the last items", "tail((1, 2, 3), 2)", "(2, 3)") { count, n in
      Array((count - n)..<count)
    },
    Builtin(
      "contains", family: "lists",
      [.positional("xs", "collection", "where to look"), .positional("x", "any", "what to look for")],
      result: "bool", summary: "tells whether a collection has an item, a string a part, a record a name",
      details: "The same as `x in xs`.", examples: [Builtin.Example("contains(\"teapot\", \"pot\")", "true")],
      body: { try Operations.compare(.contained, $0.value("x"), $0.value("xs")) }),
    Builtin(
      "find", family: "lists",
      [
        .positional("xs", "collection", "where to look"),
        .positional("x", "value | function", "what to look for, or a condition"),
      ],
      result: "int | nil",
      summary: "gives the place of the first item that equals or holds; nil if there is none",
      examples: [Builtin.Example("find((\"a\", \"b\"), \"b\")", "1")],
      body: { arguments in
        let items = try sequence(arguments)
        let wanted = arguments.value("x")
        if case .string(let text) = arguments.value("xs"), case .string(let part) = wanted {
          return StringFamily.place(of: part, in: text).map { .int($0) } ?? .null
        }
        var isCondition = false
        if case .function = wanted { isCondition = true }
        for position in 0..<items.count {
          let item = try items.element(at: position)
          if try isCondition ? arguments.holds("x", item) : Operations.equal(item, wanted) {
            return .int(position)
          }
        }
        return .null
      }),
  ]

  /// Sorted without keys of its own, where the kind has an order.
  private static func plainly(_ xs: Value, _ arguments: Arguments, _ descending: Bool) throws -> Value? {
    switch xs {
    case .tensor(let tensor):
      return .tensor(try tensor.sort(axis: arguments.int("axis"), descending: descending))
    case .object(let labelled as Labelled):
      let order = try labelled.tensor.argsort(axis: 0, descending: descending).elements(of: Int.self)
      return .object(try labelled.selecting(order))
    case .table:
      throw arguments.failure("by", "E0405", "a table is sorted by a column", help: "sort(t, by=\"column\")")
    default: return nil
    }
  }

  /// What decides the order of each item.
  static func keys(of xs: Value, _ arguments: Arguments) throws -> [Value] {
    guard let by = arguments.optional("by") else { return try Operations.items(of: xs) }
    switch by {
    case .string(let name): return try column(name, of: xs)
    case .list(let names):
      let columns = try names.map { name -> [Value] in
        guard case .string(let name) = name else {
          throw arguments.failure("by", mustBe: "a name, names or a function")
        }
        return try column(name, of: xs)
      }
      let count = columns.first?.count ?? 0
      return (0..<count).map { row in .list(columns.map { $0[row] }) }
    case .function, .object:
      let items = try Operations.elements(of: xs)
      return try (0..<items.count).map { try Operations.settle(arguments.call("by", items.element(at: $0))) }
    default: throw arguments.failure("by", mustBe: "a name, names or a function")
    }
  }

  private static func column(_ name: String, of xs: Value) throws -> [Value] {
    if case .table = xs { return try Operations.items(of: Operations.field(of: xs, name)) }
    return try Operations.items(of: xs).map { try Operations.settle(Operations.field(of: $0, name)) }
  }

  private static func end(
    _ name: String, _ summary: String, _ code: String, _ output: String,
    _ positions: @escaping @Sendable (_ count: Int, _ n: Int) -> [Int]
  ) -> Builtin {
    Builtin(
      name, family: "lists",
      [
        .positional("xs", "collection", "a list, table, tensor, string or labelled vector"),
        .positional("n", "int", "how many, if there are so many", default: "10"),
      ],
      result: "like xs", summary: summary, examples: [Builtin.Example(code, output)],
      body: { arguments in
        let xs = arguments.value("xs")
        guard let count = try Items.count(of: xs) else {
          throw arguments.failure("xs", mustBe: "a collection")
        }
        return try Items.picking(positions(count, Swift.min(count, arguments.int("n", atLeast: 0))), from: xs)
      })
  }
}
