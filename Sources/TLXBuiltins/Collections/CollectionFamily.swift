import TLXNumerics
import TLXRuntime

/// Functions over lists, records, tables and other collections. The collection comes first, so that they pipe.
enum CollectionFamily {
  static let functional: [Builtin] = [
    Builtin(
      "map", family: "lists",
      [.positional("xs", "collection", "the items"), .positional("f", "function", "what to do with each")],
      result: "list | tensor", summary: "applies a function to each item",
      details:
        "Of a list it gives a list. Results for a tensor or range stack into a tensor if they are numbers or "
        + "tensors of one shape, as in `[f(x) for x in xs]`. Of a table the items are its rows, of a record pairs (name, value).",
      examples: [
        Builtin.Example("range(1, 4) |> map(k -> k^2)", "[1, 4, 9]"),
        Builtin.Example("map((\"a\", \"b\"), s -> s * 2)", "(\"aa\", \"bb\")"),
      ],
      body: { arguments in
        let xs = arguments.value("xs")
        let items = try sequence(arguments)
        let f = try arguments.callable("f")
        var results: [Value] = []
        results.reserveCapacity(items.count)
        for position in 0..<items.count {
          results.append(try arguments.context.call(f, [items.element(at: position)]))
        }
        switch xs {
        case .tensor, .range: return try Operations.bracket(results)
        case .object(let object) where object.tensorValue != nil: return try Operations.bracket(results)
        default: return .list(results)
        }
      }),
    Builtin(
      "filter", family: "lists",
      [.positional("xs", "collection", "the items"), .positional("f", "function", "which to keep")],
      result: "like xs", summary: "keeps the items for which a function gives true",
      examples: [Builtin.Example("filter((1, -2, 3), x -> x > 0)", "(1, 3)")],
      body: { arguments in
        let items = try sequence(arguments)
        let kept = try (0..<items.count).filter { try arguments.holds("f", items.element(at: $0)) }
        return try Items.picking(kept, from: arguments.value("xs"))
      }),
    Builtin(
      "fold", family: "lists",
      [
        .positional("xs", "collection", "the items"), .positional("start", "any", "the first state"),
        .positional("f", "function", "(state, item) -> the next state"),
      ],
      result: "any", summary: "runs through the items with a state",
      examples: [Builtin.Example("fold((1, 2, 3), 10, (a, x) -> a + x)", "16")],
      body: { arguments in
        let items = try sequence(arguments)
        var state = arguments.value("start")
        for position in 0..<items.count {
          state = try arguments.call("f", state, items.element(at: position))
        }
        return state
      }),
    Builtin(
      "zip", family: "lists", [.variadic("xs", "collection", "equally long collections")],
      result: "list", summary: "pairs items of several collections by their places",
      errors: ["E0403: the lengths differ"],
      examples: [Builtin.Example("zip((\"a\", \"b\"), [1, 2])", "((\"a\", 1), (\"b\", 2))")],
      body: { arguments in
        let columns = try arguments.variadic("xs").map { try Operations.elements(of: $0) }
        guard let first = columns.first else { return .list([]) }
        if let odd = columns.first(where: { $0.count != first.count }) {
          throw arguments.failure(
            "xs", "E0403", "one collection has \(first.count) items, another \(odd.count)")
        }
        return .list(try (0..<first.count).map { row in .list(try columns.map { try $0.element(at: row) }) })
      }),
    Builtin(
      "enumerate", family: "lists",
      [
        .positional("xs", "collection", "the items"),
        .option("start", "int", "the first number", default: "0"),
      ],
      result: "list", summary: "numbers the items",
      examples: [Builtin.Example("enumerate((\"a\", \"b\"))", "((0, \"a\"), (1, \"b\"))")],
      body: { arguments in
        let items = try sequence(arguments)
        let start = try arguments.int("start")
        return .list(try (0..<items.count).map { .list([.int(start + $0), try items.element(at: $0)]) })
      }),
    Builtin(
      "len", family: "lists",
      [.positional("xs", "collection", "a list, string, tensor, record, table or range")],
      result: "int", summary: "counts the items",
      details: "Of a tensor the size of its first axis, of a table its rows, of a string its characters.",
      examples: [Builtin.Example("len((1, 2, 3))", "3")],
      body: { arguments in
        guard let count = try Items.count(of: arguments.value("xs")) else {
          throw arguments.failure("xs", mustBe: "a collection")
        }
        return .int(count)
      }),
    Builtin(
      "list", family: "lists", [.positional("xs", "collection", "the items")], result: "list",
      summary: "makes a list of the items of any collection",
      examples: [Builtin.Example("list([1, 2])", "(1, 2)")],
      body: { arguments in .list(try Operations.items(of: arguments.value("xs"))) }),
  ]

  static let records: [Builtin] = [
    Builtin(
      "keys", family: "lists", [.positional("r", "record | table", "names and values")], result: "list",
      summary: "lists the names of a record, table or labelled vector",
      examples: [Builtin.Example("keys({a: 1, b: 2})", "(\"a\", \"b\")")],
      body: { arguments in
        switch arguments.value("r") {
        case .record(let record): return .list(record.names.map { .string($0) })
        case .table(let table): return .list(table.names.map { .string($0) })
        case .object(let labelled as Labelled): return .list(labelled.names.map { .string($0) })
        case .object(let object): return .list(object.fieldNames.map { .string($0) })
        default: throw arguments.failure("r", mustBe: "a record or table")
        }
      }),
    Builtin(
      "values", family: "lists", [.positional("r", "record | table", "names and values")],
      result: "list | tensor",
      summary: "lists the values of a record, the columns of a table, the numbers of a labelled vector",
      examples: [Builtin.Example("values({a: 1, b: \"x\"})", "(1, \"x\")")],
      body: { arguments in
        switch arguments.value("r") {
        case .record(let record): return .list(record.values)
        case .table(let table): return .list(table.columns)
        case .object(let labelled as Labelled): return .tensor(labelled.tensor)
        default: throw arguments.failure("r", mustBe: "a record or table")
        }
      }),
    Builtin(
      "map_values", family: "lists",
      [
        .positional("r", "record", "names and values"),
        .positional("f", "function", "what to do with each value"),
      ],
      result: "record", summary: "applies a function to each value of a record",
      examples: [Builtin.Example("map_values({a: 1, b: 2}, x -> x * 10)", "{a: 10, b: 20}")],
      body: { arguments in
        let record = try arguments.record("r")
        return .record(record.replacingValues(try record.values.map { try arguments.call("f", $0) }))
      }),
    Builtin(
      "record", family: "lists",
      [.positional("pairs", "collection", "lists of a name and a value, or a labelled vector")],
      result: "record", summary: "makes a record of pairs",
      examples: [Builtin.Example("record(zip((\"a\", \"b\"), [1, 2]))", "{a: 1, b: 2}")],
      body: { arguments in
        var record = Record()
        for pair in try arguments.list("pairs") {
          guard case .list(let parts) = pair, parts.count == 2, case .string(let name) = parts[0] else {
            throw arguments.failure("pairs", "E0405", "each item must be a list of a name and a value")
          }
          record[name] = parts[1]
        }
        return .record(record)
      }),
    Builtin(
      "labelled", family: "lists",
      [
        .positional("names", "list", "a string for each number"),
        .positional("values", "tensor[n]", "the numbers"),
      ],
      result: "labelled", summary: "gives names to the elements of a vector",
      details:
        "In arithmetic it is its vector; `v[\"name\"]` picks by name, `sort` and `head` keep the names.",
      errors: ["E0403: there are more names than numbers, or fewer"],
      examples: [Builtin.Example("labelled((\"a\", \"b\"), [1, 2])[\"b\"]", "2")],
      body: { arguments in
        .object(try Labelled(names: arguments.strings("names"), tensor: arguments.tensor("values")))
      }),
  ]

  static func sequence(_ arguments: Arguments) throws -> ValueSequence {
    let xs = arguments.value("xs")
    guard let items = try? Operations.elements(of: xs) else {
      throw arguments.failure("xs", mustBe: "a collection")
    }
    return items
  }
}
