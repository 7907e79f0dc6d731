import TLXNumerics
import TLXRuntime

/// What the arguments of a figure's built-in say is to be drawn: numbers for each axis, with names.
struct PlotData {
  /// A named column of numbers.
  struct Column {
    var name: String
    var values: [Double]
  }

  var x: Column
  var y: [Column]
  /// Text beside each point.
  var labels: [String]

  /// Reads `(table, x=, y=, label=)`, `(values)` or `(x, y)`.
  init(_ arguments: Arguments) throws {
    if case .table(let table) = arguments.value("data") {
      self = try PlotData(table: table, arguments)
      return
    }
    for option in ["x", "y"] where arguments.has(option) {
      throw arguments.failure(
        option, "E0405", "\(option)= names a column, but what is drawn is no table",
        help: "write \(arguments.builtin.name)(xs, ys), or pass a table")
    }
    let first = try PlotData.columns(arguments.value("data"), named: "y", arguments, "data")
    if arguments.has("values") {
      guard let x = first.first, first.count == 1 else {
        throw arguments.failure("data", mustBe: "a vector of x values")
      }
      self.init(
        x: Column(name: "", values: x.values),
        y: try PlotData.columns(arguments.value("values"), named: "y", arguments, "values"), labels: [])
    } else {
      let count = first.first?.values.count ?? 0
      self.init(x: Column(name: "", values: (0..<count).map(Double.init)), y: first, labels: [])
    }
    labels = try arguments.parameter("label") == nil ? [] : arguments.optionalStrings("label") ?? []
    try checkLengths(arguments)
  }

  init(x: Column, y: [Column], labels: [String]) {
    self.x = x
    self.y = y
    self.labels = labels
  }

  private init(table: Table, _ arguments: Arguments) throws {
    let numeric = table.names.filter { (try? PlotData.numbers(table.column($0) ?? .null)) != nil }
    let xName = try arguments.optionalString("x")
    let yNames =
      try arguments.optionalStrings("y") ?? numeric.filter { $0 != xName }
    guard !yNames.isEmpty else {
      throw arguments.failure("data", "E0405", "the table has no column of numbers to draw")
    }
    x =
      try xName.map { try PlotData.column($0, of: table, arguments, "x") }
      ?? Column(name: "", values: (0..<table.rowCount).map(Double.init))
    y = try yNames.map { try PlotData.column($0, of: table, arguments, "y") }
    labels = []
    if arguments.parameter("label") != nil, let name = try arguments.optionalString("label") {
      labels = try PlotData.texts(name, of: table, arguments, "label")
    }
  }

  private func checkLengths(_ arguments: Arguments) throws {
    for column in y where column.values.count != x.values.count {
      throw arguments.failure(
        arguments.has("values") ? "values" : "data", "E0401",
        "\(x.values.count) x values do not go with \(column.values.count) y values")
    }
    guard labels.isEmpty || labels.count == x.values.count else {
      throw arguments.failure(
        "label", "E0401", "\(labels.count) labels do not go with \(x.values.count) points")
    }
  }

  /// A table's column as numbers.
  static func column(_ name: String, of table: Table, _ arguments: Arguments, _ parameter: String) throws
    -> Column
  {
    guard let value = table.column(name) else {
      throw arguments.failure(
        parameter, "E0408", "the table has no column “\(name)”",
        help: "its columns are \(table.names.joined(separator: ", "))")
    }
    guard let values = try? numbers(value) else {
      throw arguments.failure(parameter, "E0405", "column “\(name)” does not hold numbers")
    }
    return Column(name: name, values: values)
  }

  /// A table's column as text.
  static func texts(_ name: String, of table: Table, _ arguments: Arguments, _ parameter: String) throws
    -> [String]
  {
    guard let value = table.column(name) else {
      throw arguments.failure(
        parameter, "E0408", "the table has no column “\(name)”",
        help: "its columns are \(table.names.joined(separator: ", "))")
    }
    return try texts(value)
  }

  static func texts(_ value: Value) throws -> [String] {
    if case .list(let items) = value { return items.map { Display.text(of: $0) } }
    return try numbers(value).map { Display.text(of: .float($0)) }
  }

  /// A vector as one column, a matrix as one a column.
  static func columns(_ value: Value, named name: String, _ arguments: Arguments, _ parameter: String) throws
    -> [Column]
  {
    if case .tensor(let tensor) = value, tensor.rank == 2 {
      let values = try tensor.doubles()
      let width = tensor.shape[1]
      return (0..<width).map { k in
        Column(
          name: "\(name)[:, \(k)]",
          values: stride(from: k, to: values.count, by: max(width, 1)).map { values[$0] })
      }
    }
    guard let values = try? numbers(value), !values.isEmpty else {
      throw arguments.failure(
        parameter, mustBe: "a table, a vector or a matrix of numbers with at least one row")
    }
    return [Column(name: name, values: values)]
  }

  /// The numbers of a vector, a list of numbers or a range.
  static func numbers(_ value: Value) throws -> [Double] {
    guard let tensor = try Arguments.tensor(from: value), tensor.rank == 1 else {
      throw Failure("E0405", "numbers are wanted")
    }
    return try tensor.doubles()
  }
}
