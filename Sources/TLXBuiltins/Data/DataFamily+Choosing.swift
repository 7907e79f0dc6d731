import TLXLearning
import TLXNumerics
import TLXRuntime

/// Dividing, choosing and changing rows.
extension DataFamily {
  static let choosing: [Builtin] = [
    splitBuiltin, subsetBuiltin, batchesBuiltin, standardizeBuiltin, corruptLabelsBuiltin,
  ]

  private static let rowsParameter = Builtin.Parameter.positional(
    "data", "data set | tensor | list | table | record", "what has rows")
  private static let stratifyParameter = Builtin.Parameter.option(
    "stratify", "bool | labels", "keep the classes in proportion: by the data's own labels, or by these",
    default: "false")

  private static let splitBuiltin = Builtin(
    "split", family: "data",
    [
      .positional("data", "data set | tensor | list | table | record | string", "what has rows, or a text"),
      .positional(
        "at", "string", "of a text: what separates the parts; any blanks if left out", default: "nil"),
      .option("valid", "number", "a fraction of the rows, or a number of them", default: "nil"),
      .option("test", "number", "a fraction of the rows, or a number of them", default: "nil"),
      stratifyParameter, .key,
    ],
    result: "{train, valid, test}",
    summary: "Divides rows at random into train, valid and test, or a string into parts",
    details: """
      Every row comes into exactly one part, in random order; `train` gets what `valid` and `test` leave. A part that is \
      not asked for is not in the record. Sizes are exact, rounded by largest remainder. With `stratify=true` each part \
      holds of every class its share, rounded down or up. A record of equally long parts, `{x, y}`, is divided as one.
      `split(text, ",")` gives the parts of a string between separators, `split(text)` its words.
      """,
    errors: [
      "E0612: a fraction outside of 0 to 1, or a part that would be empty",
      "E0613: a class with fewer rows than parts", "E0405: neither valid nor test is given",
    ],
    examples: [
      Builtin.Example("split(\"a,b\", \",\")", "(\"a\", \"b\")"),
      Builtin.Example("map(values(split(range(10), valid=0.2, test=0.3)), len)", "(5, 2, 3)"),
      Builtin.Example("bincount(split(dataset(\"iris\"), test=0.4, stratify=true).test.y)", "[20, 20, 20]"),
    ],
    body: { arguments in
      if case .string(let text)? = arguments.optional("data") {
        return .list(try StringFamily.parts(of: text, arguments).map { .string($0) })
      }
      let rows = try arguments.rowCollection("data")
      let parts = try ["valid", "test"].compactMap { name in try arguments.amount(name).map { (name, $0) } }
      guard !parts.isEmpty else {
        throw arguments.failure(
          "data", "E0405", "it needs the size of a part", help: "write split(data, test=0.2)")
      }
      let strata = try arguments.strata(of: rows)
      let chosen = try Partition.rows(
        rows.count, parts: parts, labels: strata?.labels, className: { strata?.name($0) ?? String($0) },
        stream: arguments.stream())
      return .record(Record(try zip(["train"] + parts.map(\.0), chosen).map { ($0, try rows.rows($1)) }))
    })

  private static let subsetBuiltin = Builtin(
    "subset", family: "data",
    [
      rowsParameter,
      .option("size", "int | fraction", "how many rows, chosen at random", default: "nil"),
      .option(
        "classes", "list", "of a data set: only these classes, by name or number", default: "nil"),
      .option("rows", "i64[k] | bool[n]", "these rows, in this order", default: "nil"),
      stratifyParameter, .key,
    ],
    result: "the same kind", summary: "Chooses some rows",
    details: """
      `size=` rows at random, in random order, none twice; with `stratify=true` of every class its share. `classes=` \
      keeps some classes of a data set: they are numbered anew from 0 in the order given and keep their names. `rows=` \
      takes given rows. Of several, `rows` comes first, then `classes`, then `size`.
      """,
    errors: [
      "E0612: more rows than there are", "E0610: a class that the data set does not have",
      "E0406: a row that does not exist",
    ],
    examples: [
      Builtin.Example("len(subset(range(100), size=5))", "5"),
      Builtin.Example("subset(dataset(\"digits\"), classes=(\"3\", \"8\")).classes", "(\"3\", \"8\")"),
      Builtin.Example("subset([5, 6, 7], rows=[2, 0])", "[7, 5]"),
    ],
    body: { arguments in
      var rows = try arguments.rowCollection("data")
      if arguments.has("rows") { rows = try rows.choosing(positions("rows", of: rows.count, arguments)) }
      if arguments.has("classes") {
        guard case .object(let object as DataSetObject) = rows.value else {
          throw arguments.failure("data", mustBe: "a data set where classes are given")
        }
        let data = try object.data.keeping(classes: classNames(of: object.data, arguments))
        rows = try RowCollection(.object(DataSetObject(data))) ?? rows
      }
      guard let size = try arguments.amount("size") else { return rows.value }
      let count =
        switch size {
        case .rows(let rows): rows
        case .fraction(let fraction) where (0...1).contains(fraction):
          Int((fraction * Double(rows.count)).rounded())
        case .fraction: throw arguments.failure("size", mustBe: "a number of rows or a fraction of them")
        }
      let strata = try arguments.strata(of: rows)
      return try rows.rows(
        Partition.sample(rows.count, size: count, labels: strata?.labels, stream: arguments.stream()))
    })

  /// Class names as given, or those of the numbers given.
  private static func classNames(of data: DataSet, _ arguments: Arguments) throws -> [String] {
    try arguments.list("classes").map { item in
      if case .string(let name) = item { return name }
      guard let number = item.exactInt, data.classes.indices.contains(number) else {
        throw arguments.failure(
          "classes", "E0610", "\(data.name) has no class \(Display.canonical(item))",
          help: "its classes are \(data.classes.joined(separator: ", "))")
      }
      return data.classes[number]
    }
  }

  /// Rows by number, negative from the end, or by a mask.
  private static func positions(_ name: String, of count: Int, _ arguments: Arguments) throws -> [Int] {
    let tensor = try arguments.tensor(name)
    if tensor.dtype == .bool {
      guard tensor.shape == [count] else {
        throw arguments.failure(
          name, "E0412", "a mask of \(tensor.typeDescription) does not fit \(count) rows")
      }
      return try tensor.elements(of: Bool.self).enumerated().filter(\.element).map(\.offset)
    }
    return try arguments.ints(name).map { row in
      let position = row < 0 ? row + count : row
      guard (0..<count).contains(position) else {
        throw arguments.failure(name, "E0406", "row \(row) is out of range: there are \(count) rows")
      }
      return position
    }
  }

  private static let batchesBuiltin = Builtin(
    "batches", family: "data",
    [
      rowsParameter, .positional("size", "int", "rows a batch", default: "64"),
      .option("shuffle", "bool", "take the rows in random order", default: "false"), .key,
    ],
    result: "list", summary: "Cuts rows into batches",
    details: "Each batch is of the kind of the data; the last may be shorter.",
    errors: ["E0612: a size below 1"],
    examples: [
      Builtin.Example("batches([1, 2, 3, 4, 5], 2)", "([1, 2], [3, 4], [5])"),
      Builtin.Example("len(batches(dataset(\"digits\"), 100))", "18"),
    ],
    body: { arguments in
      let rows = try arguments.rowCollection("data")
      let stream = try arguments.bool("shuffle") ? arguments.stream() : nil
      return .list(
        try Batches.rows(rows.count, size: arguments.int("size"), stream: stream).map { try rows.rows($0) })
    })

  private static let standardizeBuiltin = Builtin(
    "standardize", family: "data",
    [
      .positional("data", "data set | f32[n, d]", "what to transform"),
      .option(
        "using", "data set | f32[m, d]", "where mean and deviation come from; the data itself if left out",
        default: "nil"),
    ],
    result: "the same kind", summary: "Brings each column to mean 0 and standard deviation 1",
    details: """
      `z = (x − mean) / std` with std² = Σ(x − mean)²/n, by column, computed in f64. A column that is constant is only \
      shifted, so it becomes 0. For test data take mean and deviation from the training data: \
      `standardize(test, using=train)`.
      """,
    errors: ["E0614: another number of columns", "E0504: NaN or infinity in the data"],
    examples: [
      Builtin.Example("standardize([[1, 5], [3, 5]])", "[[-1, 0], [1, 0]]"),
      Builtin.Example("standardize([[4.0]], using=[[1], [3]])", "[[2]]"),
    ],
    body: { arguments in
      let source = arguments.has("using") ? "using" : "data"
      let standardize = try Standardization(of: features(source, arguments))
      guard case .object(let object as DataSetObject)? = arguments.optional("data") else {
        return .tensor(try standardize(arguments.tensor("data")))
      }
      var data = object.data
      data.x = try standardize(data.x)
      return .object(DataSetObject(data))
    })

  private static func features(_ name: String, _ arguments: Arguments) throws -> Tensor {
    if case .object(let object as DataSetObject)? = arguments.optional(name) { return object.data.x }
    return try arguments.tensor(name)
  }

  private static let corruptLabelsBuiltin = Builtin(
    "corrupt_labels", family: "data",
    [
      .positional("data", "data set | i64[n]", "whose labels to change"),
      .positional("fraction", "number", "how many of them, between 0 and 1"),
      .option(
        "classes", "int", "of plain labels: how many classes there are; found if left out", default: "nil"),
      .key,
    ],
    result: "the same kind", summary: "Makes a fraction of the labels wrong",
    details: """
      Exactly round(fraction · n) labels, chosen at random, become another class, each other one equally likely \
      (symmetric noise).
      """,
    errors: ["E0612: a fraction outside of 0 to 1, or a single class"],
    examples: [
      Builtin.Example("count(corrupt_labels(zeros(10, dtype=i64), 0.3, classes=4) > 0)", "3"),
      Builtin.Example("let d = dataset(\"iris\"); sum(corrupt_labels(d, 0.2).y != d.y)", "30"),
    ],
    body: { arguments in
      let fraction = try arguments.float("fraction")
      if case .object(let object as DataSetObject)? = arguments.optional("data") {
        return .object(
          DataSetObject(try object.data.corruptingLabels(fraction: fraction, stream: arguments.stream())))
      }
      let labels = try arguments.ints("data")
      let classes = try arguments.optionalInt("classes") ?? (labels.max() ?? 0) + 1
      if let row = labels.firstIndex(where: { $0 < 0 || $0 >= classes }) {
        throw arguments.failure(
          "data", "E0614",
          "label \(labels[row]) in row \(row) is no class number: there are \(classes) classes")
      }
      return .tensor(
        try Tensor(
          LabelNoise.corrupted(labels, fraction: fraction, classes: classes, stream: arguments.stream())))
    })
}

extension RowCollection {
  func choosing(_ positions: [Int]) throws -> RowCollection {
    try RowCollection(rows(positions)) ?? self
  }
}
