import TLXNumerics
import TLXRuntime

extension CollectionFamily {
  static let tables: [Builtin] = [
    Builtin(
      "table", family: "lists",
      [.positional("rows", "list | record", "records of one row each, or one record of columns")],
      result: "table", summary: "makes a table of rows or of columns",
      details: "Rows have the same fields. Columns of numbers or bools become tensors, others lists. "
        + "A labelled vector gives the columns `name` and `value`.",
      errors: ["E0403: columns differ in length", "E0408: rows differ in their fields"],
      examples: [
        Builtin.Example("table([{a: 1, b: \"x\"}, {a: 2, b: \"y\"}])", "a  b\n1  x\n2  y"),
        Builtin.Example("table({a: [1, 2]}).a", "[1, 2]"),
      ],
      body: { arguments in
        switch arguments.value("rows") {
        case .table(let table): return .table(table)
        case .record(let record):
          var table = Table(names: [], columns: [], rowCount: 0)
          for (name, column) in zip(record.names, record.values) {
            table = try table.setting(name, to: column)
          }
          return .table(table)
        case .object(let labelled as Labelled):
          return .table(
            Table(
              names: ["name", "value"],
              columns: [.list(labelled.names.map { .string($0) }), .tensor(labelled.tensor)],
              rowCount: labelled.names.count))
        default:
          return .table(
            try Table.fromRows(
              try arguments.list("rows").map { row in
                guard case .record(let record) = row else {
                  throw arguments.failure(
                    "rows", "E0405", "a row must be a record, got \(row.kindDescription)")
                }
                return record.replacingValues(try record.values.map { try Operations.settle($0) })
              }))
        }
      }),
    Builtin(
      "select", family: "lists",
      [
        .positional("t", "table | record | list", "a table, a record, or a list of records"),
        .variadic(
          "names", "string | record", "the columns; a record {new: \"old\"} renames, {new: row -> …} computes"
        ),
      ],
      result: "table", summary: "keeps some columns, in the given order",
      errors: ["E0408: there is no such column"],
      examples: [
        Builtin.Example("select(table({a: [1, 2], b: [3, 4]}), \"b\").b", "[3, 4]"),
        Builtin.Example("select(table({a: [1, 2]}), {twice: row -> 2 * row.a}).twice", "[2, 4]"),
      ],
      body: { arguments in
        switch arguments.value("t") {
        case .table(let table): return .table(try selected(from: table, arguments))
        case .record(let record):
          return .record(
            Record(try names(arguments).map { ($0, try Operations.field(of: .record(record), $0)) }))
        default:
          let table = try Table.fromRows(
            arguments.list("t").map { item in
              guard case .record(let record) = item else { throw arguments.failure("t", mustBe: "a table") }
              return record
            })
          return .table(try selected(from: table, arguments))
        }
      }),
    Builtin(
      "group", family: "lists",
      [
        .positional("xs", "table | list", "the rows or items"),
        .option(
          "by", "string | list | function", "a column, several, or a function of a row", default: "nil"),
      ],
      result: "list of {key, rows}", summary: "collects rows that agree in a column",
      details:
        "The groups come in the order in which their keys first occur. With several columns the key is a list.",
      errors: ["E0408: there is no such column"],
      examples: [
        Builtin.Example(
          "[sum(g.rows.n) for g in group(table({k: (\"a\", \"b\", \"a\"), n: [1, 2, 3]}), by=\"k\")]",
          "[4, 2]")
      ],
      body: { arguments in
        let xs = arguments.value("xs")
        guard arguments.has("by") else {
          throw arguments.failure("by", "E0405", "say what to group by: by=\"column\"")
        }
        let keys = try keys(of: xs, arguments)
        let (distinct, _) = try Items.distinct(keys)
        var members = [[Int]](repeating: [], count: distinct.count)
        let places = Places(distinct)
        for (position, key) in keys.enumerated() {
          if let place = try places.place(of: key) { members[place].append(position) }
        }
        return .list(
          try zip(distinct, members).map { key, positions in
            .record(Record([("key", key), ("rows", try Items.picking(positions, from: xs))]))
          })
      }),
    Builtin(
      "join", family: "lists",
      [
        .positional("a", "list | table", "strings, or the left table"),
        .positional("b", "string | table", "what stands between, or the right table", default: "\"\""),
        .option(
          "by", "string | list", "the columns in which rows agree; those of both tables if left out",
          default: "nil"),
        .option(
          "how", "string", "inner keeps rows with a partner, left all of the left table",
          default: "\"inner\"",
          choices: ["inner", "left"]),
      ],
      result: "string | table", summary: "joins strings by a separator, or tables by a column",
      details: "Each row of the left table with each row of the right one that agrees. "
        + "With `how=\"left\"` a row without a partner has nil in the columns of the right table.",
      errors: ["E0408: a table lacks the column"],
      examples: [
        Builtin.Example("join((\"a\", \"b\"), \", \")", "\"a, b\""),
        Builtin.Example("join(table({k: [1, 2], a: [3, 4]}), table({k: [2], b: [5]})).b", "[5]"),
      ],
      body: { arguments in
        if case .table(let left) = arguments.value("a") {
          return .table(try joined(left, arguments.table("b"), arguments))
        }
        let separator = try arguments.string("b")
        return .string(try arguments.list("a").map { Display.text(of: $0) }.joined(separator: separator))
      }),
  ]

  private static func names(_ arguments: Arguments) throws -> [String] {
    try arguments.variadic("names").flatMap { item -> [String] in
      let items: [Value]
      if case .list(let list) = item { items = list } else { items = [item] }
      return try items.map { name in
        guard case .string(let name) = name else { throw arguments.failure("names", mustBe: "strings") }
        return name
      }
    }
  }

  private static func selected(from table: Table, _ arguments: Arguments) throws -> Table {
    var result = Table(names: [], columns: [], rowCount: table.rowCount)
    for item in arguments.variadic("names") {
      switch item {
      case .string(let name): result = try result.setting(name, to: Operations.field(of: .table(table), name))
      case .list(let names):
        for case .string(let name) in names {
          result = try result.setting(name, to: Operations.field(of: .table(table), name))
        }
      case .record(let record):
        for (name, what) in zip(record.names, record.values) {
          result = try result.setting(name, to: column(what, of: table, arguments))
        }
      default: throw arguments.failure("names", mustBe: "strings or a record")
      }
    }
    return result
  }

  private static func column(_ what: Value, of table: Table, _ arguments: Arguments) throws -> Value {
    switch what {
    case .string(let old): return try Operations.field(of: .table(table), old)
    case .function:
      return .list(
        try (0..<table.rowCount).map {
          try Operations.settle(arguments.context.call(what, [.record(table.row($0))]))
        })
    default: return what
    }
  }

  // MARK: Joining tables

  /// Finds the place of a key: strings by a dictionary, the rest by comparison.
  private struct Places {
    private var byText: [String: [Int]] = [:]
    private let keys: [Value]

    init(_ keys: [Value]) {
      self.keys = keys
      for (place, key) in keys.enumerated() {
        byText[Display.canonical(key, digits: 17), default: []].append(place)
      }
    }

    func places(of key: Value) throws -> [Int] {
      try (byText[Display.canonical(key, digits: 17)] ?? []).filter { try Operations.equal(keys[$0], key) }
    }

    func place(of key: Value) throws -> Int? { try places(of: key).first }
  }

  private static func joined(_ left: Table, _ right: Table, _ arguments: Arguments) throws -> Table {
    let shared = try arguments.optionalStrings("by") ?? left.names.filter { right.names.contains($0) }
    guard !shared.isEmpty else {
      throw arguments.failure(
        "by", "E0408", "the tables have no column in common", help: "name one: by=\"column\"")
    }
    let leftKeys = try rowKeys(left, shared)
    let places = Places(try rowKeys(right, shared))
    let keepsAll = try arguments.string("how") == "left"
    var leftRows: [Int] = []
    var rightRows: [Int?] = []
    for (row, key) in leftKeys.enumerated() {
      let partners = try places.places(of: key)
      for partner in partners {
        leftRows.append(row)
        rightRows.append(partner)
      }
      if partners.isEmpty && keepsAll {
        leftRows.append(row)
        rightRows.append(nil)
      }
    }
    var result = try left.selecting(rows: leftRows)
    for name in right.names where !shared.contains(name) {
      let items = try Operations.items(of: Operations.field(of: .table(right), name))
      let unique = left.names.contains(name) ? name + "_2" : name
      result = try result.setting(unique, to: .list(rightRows.map { row in row.map { items[$0] } ?? .null }))
    }
    return result
  }

  private static func rowKeys(_ table: Table, _ names: [String]) throws -> [Value] {
    let columns = try names.map { try Operations.items(of: Operations.field(of: .table(table), $0)) }
    return (0..<table.rowCount).map { row in .list(columns.map { $0[row] }) }
  }
}
