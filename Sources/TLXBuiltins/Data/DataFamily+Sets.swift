import TLXLearning
import TLXNumerics
import TLXRuntime
import TLXSource

/// Data sets: loading them by name and making one's own.
enum DataFamily {
  static let sets: [Builtin] = [datasetBuiltin, datasetsBuiltin]

  private static let datasetBuiltin = Builtin(
    "dataset", family: "data",
    [
      .positional("source", "string | tensor | table", "a name, or the rows of a data set of one's own"),
      .positional("y", "i64[n] | list of string", "labels, one a row", default: "nil"),
      .option("target", "string", "of a table: the column of labels", default: "nil"),
      .option("classes", "list of string", "names of the classes, in order", default: "nil"),
      .option("name", "string", "what it is called", default: "\"data\""),
      .option(
        "part", "string", "of \"fashion\": its 60,000 train or 10,000 test images", default: "\"all\"",
        choices: DataSets.Part.allCases.map(\.rawValue)),
    ],
    result: "data set | table", summary: "Loads a data set by name, or makes one of rows and labels",
    details: """
      `dataset("digits")` loads a bundled set; `datasets()` lists them. `x` is f32[n, d] with pixels scaled to 0–1, `y` \
      i64[n], `classes` their names, `images` the rows as f32[n, height, width]. The rows are in the order of the \
      source: use `split` to divide them at random.

      `dataset(x, y)` makes one of a tensor with a row an example (`x` becomes f32) and class numbers or texts; \
      `dataset(t, target="species")` of a table: its numeric columns are the features. Texts become class numbers in \
      the order of `classes`, or else in alphabetical order.

      `dataset("rephrase")` is a table: the turns of a simulated log (see `simulate_log`).

      The folder of the bundled sets is found beside the program; the variable TLX_DATA names another. `fashion` needs \
      the Debian package dataset-fashion-mnist, or TLX_FASHION names the folder of its four files.
      """,
    errors: [
      "E0610: there is no set of that name", "E0611: its files are missing or damaged",
      "E0614: rows and labels do not fit",
    ],
    examples: [
      Builtin.Example(
        "dataset(\"iris\")",
        """
        data set iris: 150 rows of 4 features, 3 classes
          50 each of setosa, versicolor, virginica
          Fisher 1936; UCI Iris, doi:10.24432/C56C76, as in scikit-learn 1.9.1; CC BY 4.0
        """),
      Builtin.Example("dataset(\"digits\").x.shape", "(1797, 64)"),
      Builtin.Example("dataset([[1, 2], [3, 4]], (\"no\", \"yes\")).y", "[0, 1]"),
    ],
    body: { arguments in
      switch arguments.value("source") {
      case .string(let name):
        if !arguments.has("y"), !arguments.has("target"), let frame = try DataSets.table(name) {
          return .table(try Table(frame))
        }
        return .object(DataSetObject(try load(name, arguments)))
      case .table(let table): return .object(DataSetObject(try dataSet(of: table, arguments)))
      default:
        let x = try arguments.tensor("source")
        guard let y = arguments.optional("y") else {
          throw arguments.failure("y", mustBe: "labels, one a row", help: "write dataset(x, y)")
        }
        return .object(DataSetObject(try dataSet(x, y, arguments)))
      }
    })

  private static func load(_ name: String, _ arguments: Arguments) throws -> DataSet {
    if arguments.has("y") || arguments.has("target") {
      throw arguments.failure("source", mustBe: "a tensor or table where labels are given")
    }
    guard let part = DataSets.Part(rawValue: try arguments.string("part")) else {
      throw arguments.failure("part", mustBe: "\"all\", \"train\" or \"test\"")
    }
    do {
      return try DataSets.load(name, part: part)
    } catch var error as NumericsError where error.code == "E0610" && error.help == nil {
      let names = try DataSets.all().map(\.name)
      error.help = Spelling.nearest(to: name, in: names).map { "did you mean \"\($0)\"?" }
      throw error
    }
  }

  private static func dataSet(_ x: Tensor, _ y: Value, _ arguments: Arguments, features: [String] = []) throws
    -> DataSet
  {
    let (labels, classes) = try labels(y, arguments)
    let x = x.dtype == .f32 || x.dtype == .bool ? x : try x.cast(to: .f32)
    var data = try DataSet(name: try arguments.string("name"), x: x, y: labels, classes: classes)
    data.features = features
    return data
  }

  /// Class numbers and, if they are known, names.
  private static func labels(_ y: Value, _ arguments: Arguments) throws -> (Tensor, [String]?) {
    let given = try arguments.optionalStrings("classes")
    guard case .list(let items) = y, case .string = items.first else {
      guard let tensor = try Arguments.tensor(from: y) else {
        throw arguments.failure("y", mustBe: "class numbers i64[n] or a list of strings")
      }
      return (tensor, given)
    }
    let texts = items.map(Display.text(of:))
    let classes = given ?? Set(texts).sorted()
    let numbers = Dictionary(classes.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    let labels = try texts.enumerated().map { row, text in
      guard let number = numbers[text] else {
        throw arguments.failure("y", "E0614", "label \"\(text)\" in row \(row) is none of the classes")
      }
      return number
    }
    return (try Tensor(labels), classes)
  }

  /// The numeric columns as features, one column as labels.
  private static func dataSet(of table: Table, _ arguments: Arguments) throws -> DataSet {
    guard let target = try arguments.optionalString("target") else {
      throw arguments.failure(
        "target", mustBe: "the name of the column of labels",
        help: table.names.last.map { "write dataset(t, target=\"\($0)\")" })
    }
    let labels = try Operations.field(of: .table(table), target)
    var features: [String] = []
    var columns: [Tensor] = []
    for (name, column) in zip(table.names, table.columns) where name != target {
      guard case .tensor(let tensor) = column else {
        throw arguments.failure(
          "source", "E0614", "column \(name) is not numeric, so it is no feature",
          help: "choose columns: select(t, …)")
      }
      features.append(name)
      columns.append(try tensor.cast(to: .f32))
    }
    guard !columns.isEmpty else {
      throw arguments.failure("source", "E0614", "there is no column of features")
    }
    return try dataSet(Tensor.stack(columns, axis: 1), labels, arguments, features: features)
  }

  private static let datasetsBuiltin = Builtin(
    "datasets", family: "data", [],
    result: "table", summary: "Lists the data sets that can be loaded by name",
    details:
      "A row a set: how many rows and classes it has, the shape of a row, whether its files are there, licence and origin.",
    errors: ["E0611: the folder of the bundled sets is missing"],
    examples: [
      Builtin.Example(
        "datasets().name",
        "(\"digits\", \"iris\", \"wine\", \"cancer\", \"mnist2k\", \"fashion2k\", \"rephrase\", \"fashion\")")
    ],
    body: { _ in
      let all = try DataSets.all()
      func texts(_ text: (DataSets.Listing) -> String) -> Value { .list(all.map { .string(text($0)) }) }
      return .table(
        Table(
          names: ["name", "rows", "shape", "classes", "installed", "licence", "origin"],
          columns: [
            texts(\.name), .tensor(try Tensor(all.map(\.rows))),
            texts { $0.shape.map(String.init).joined(separator: "×") },
            .tensor(try Tensor(all.map(\.classCount))), .tensor(try Tensor(all.map(\.isInstalled))),
            texts(\.licence), texts(\.origin),
          ], rowCount: all.count))
    })
}
