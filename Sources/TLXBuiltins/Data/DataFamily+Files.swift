import TLXLearning
import TLXNumerics
import TLXRuntime

/// Reading and writing files. Relative paths start from the script's folder.
extension DataFamily {
  static let files: [Builtin] = [
    csvBuiltin, jsonlBuiltin, npyBuiltin, npzBuiltin, safetensorsBuiltin, loadBuiltin, saveBuiltin,
    globBuiltin,
    readBuiltin,
  ]

  private static let pathParameter = Builtin.Parameter.positional(
    "path", "string", "a file; relative to the script's folder")
  private static let fileErrors = ["E0601: there is no such file", "E0602: it cannot be read"]

  private static let csvBuiltin = Builtin(
    "csv", family: "data",
    [
      pathParameter,
      .option("delimiter", "string", "between fields; a tab for .tsv, else a comma", default: "nil"),
      .option("header", "bool", "whether the first line holds names; found out if left out", default: "nil"),
      .option("names", "list of string", "names for the columns of a file without a header", default: "nil"),
      .option("skip", "int", "lines to pass over first", default: "0"),
      .option("comment", "string", "lines that start with it are passed over", default: "nil"),
      .option("text", "list of string", "columns that stay text whatever they look like", default: "()"),
      .option(
        "missing", "string", "what an empty or `NA` cell of a numeric column is", default: "\"nan\"",
        choices: ["nan", "error"]),
      .option(
        "shape", "string", "a table, or one f64[rows, columns]", default: "\"table\"",
        choices: ["table", "tensor"]),
    ],
    result: "table", summary: "Reads a CSV file",
    details: """
      A column is i64 if every cell is a whole number, f64 if every cell is a number or missing (empty, `NA`, `NaN`, \
      `null`, …, which become nan), bool if every cell is true or false, else a list of strings, as written. The \
      first line is a header if none of its fields is a number; columns without a name are `c0`, `c1`, ….

      Quoted fields (RFC 4180), a byte order mark, any line ends and gzip compression (`.gz`) are understood. The file is \
      streamed: only the columns are held in memory.
      """,
    errors: fileErrors + [
      "E0603: a quote is never closed, or a line has another number of fields; the message names the line",
      "E0605: shape=\"tensor\" with a column of text",
    ],
    examples: [
      Builtin.Example(
        "save(table([{a: 1, b: \"x\"}, {a: 2, b: \"y, z\"}]), \"example.csv\"); csv(\"example.csv\")",
        """
        a  b
        1  x
        2  y, z
        """)
    ],
    body: { arguments in
      let frame = try CSV.read(arguments.file("path"), csvOptions(arguments))
      if try arguments.string("missing") == "error",
        let column = frame.missing.firstIndex(where: { $0 > 0 })
      {
        throw arguments.failure(
          "path", "E0603",
          "\(try arguments.string("path")): \(frame.missing[column]) cells of column \(frame.names[column]) are missing"
        )
      }
      if try arguments.string("shape") == "tensor" { return .tensor(try frame.matrix()) }
      return .table(try Table(frame))
    })

  private static func csvOptions(_ arguments: Arguments) throws -> CSV.Options {
    var options = CSV.Options()
    options.delimiter = try byte("delimiter", arguments)
    options.comment = try byte("comment", arguments)
    options.header = try arguments.optionalBool("header")
    options.names = try arguments.optionalStrings("names")
    options.skip = try arguments.int("skip", atLeast: 0)
    options.text = Set(try arguments.optionalStrings("text") ?? [])
    return options
  }

  private static func byte(_ name: String, _ arguments: Arguments) throws -> UInt8? {
    guard let text = try arguments.optionalString(name) else { return nil }
    guard text.utf8.count == 1, let byte = text.utf8.first, ![0x22, 0x0A, 0x0D].contains(byte) else {
      throw arguments.failure(name, mustBe: "one ASCII character")
    }
    return byte
  }

  private static let jsonlBuiltin = Builtin(
    "jsonl", family: "data", [pathParameter],
    result: "table | list", summary: "Reads a file with one JSON value a line",
    details: """
      If every line is an object the result is a table of the union of their names: absent and null numbers become nan, \
      other absent values nil. Else it is a list. Arrays of numbers become tensors, objects records. Whole numbers are \
      64-bit.
      """,
    errors: fileErrors + ["E0604: a line is no JSON; the message names line and column"],
    examples: [
      Builtin.Example(
        "save(table([{a: 1, b: \"x\"}, {a: 2.5, b: \"y\"}]), \"example.jsonl\"); jsonl(\"example.jsonl\").a",
        "[1, 2.5]")
    ],
    body: { arguments in
      let values = try JSONFile.readLines(arguments.file("path"))
      if let frame = DataFrame(objects: values), !values.isEmpty { return .table(try Table(frame)) }
      return .list(try values.map(Value.init(json:)))
    })

  private static let npyBuiltin = Builtin(
    "npy", family: "data", [pathParameter],
    result: "tensor", summary: "Reads a NumPy array",
    details: """
      f2 and f4 become f32, f8 f64, whole numbers i64, booleans bool; an array of texts a list of strings. Either byte \
      order and Fortran order are understood. A large i8, f4 or f8 array is mapped, not read: only what is used is \
      loaded, so it may exceed memory.
      """,
    errors: fileErrors + [
      "E0605: the file is damaged, or holds Python objects, structures or complex numbers"
    ],
    examples: [
      Builtin.Example("save([[1, 2], [3, 4]], \"example.npy\"); npy(\"example.npy\")", "[[1, 2], [3, 4]]")
    ],
    body: { arguments in try Value(NumpyFile.read(arguments.file("path"))) })

  private static let npzBuiltin = Builtin(
    "npz", family: "data", [pathParameter],
    result: "record", summary: "Reads the arrays of a NumPy archive",
    details: "As `np.savez` and `np.savez_compressed` write it: a record of tensors under their names.",
    errors: fileErrors + ["E0606: the archive is damaged", "E0605: one of its arrays is damaged"],
    examples: [
      Builtin.Example(
        "save({x: [1.5, 2], y: [0, 1]}, \"example.npz\"); npz(\"example.npz\")", "{x: [1.5, 2], y: [0, 1]}")
    ],
    body: { arguments in
      .record(Record(try NumpyArchive.read(arguments.file("path")).map { ($0.name, try Value($0.array)) }))
    })

  private static let safetensorsBuiltin = Builtin(
    "safetensors", family: "data", [pathParameter],
    result: "record", summary: "Reads the tensors of a safetensors file",
    details: """
      A record of tensors under their names. F16 and BF16 become f32, whole numbers i64. The file is checked whole \
      before anything is loaded. `load` makes a model of a file that TLX saved from one.
      """,
    errors: fileErrors + ["E0607: the file is damaged"],
    examples: [
      Builtin.Example(
        "save({w: [[1.5, 2]]}, \"example.safetensors\"); safetensors(\"example.safetensors\").w", "[[1.5, 2]]"
      )
    ],
    body: { arguments in
      .record(
        Record(try Safetensors.read(arguments.file("path")).tensors.map { ($0.name, .tensor($0.tensor)) }))
    })

  private static let loadBuiltin = Builtin(
    "load", family: "data", [pathParameter],
    result: "any", summary: "Reads a file in the format that its name says",
    details: """
      `.csv .tsv` and `.jsonl` give tables (`.gz` too), `.json` a value, `.npy` a tensor, `.npz` a record, \
      `.safetensors` a model if TLX saved one, else a record, `.txt` and `.md` a string.
      """,
    errors: [
      "E0615: the name ends in no known format", "E0601, E0602 and the errors of the format's own function",
    ],
    examples: [
      Builtin.Example(
        "save({a: (1, \"x\", nil)}, \"example.json\"); load(\"example.json\")", "{a: (1, \"x\", nil)}")
    ],
    body: { arguments in try StoredValue.load(arguments.file("path")) })

  private static let saveBuiltin = Builtin(
    "save", family: "data",
    [.positional("value", "any", "what to write"), pathParameter],
    result: "nil", summary: "Writes a value in the format that the file's name says",
    details: """
      Tables to `.csv .tsv .jsonl`, tensors to `.npy` (matrices also to `.csv`), records of tensors to `.npz` or \
      `.safetensors` (nested names are joined with dots), data sets to `.npz`, models to `.safetensors`, any data to \
      `.json`, strings to `.txt` and others. `.csv.gz`, `.jsonl.gz` and the like are compressed. Numbers are written \
      so that they read back exactly.

      The file appears whole or not at all: it is written aside, flushed to the disk and renamed.
      """,
    errors: ["E0615: the value cannot be written in that format", "E0602: the file cannot be written"],
    examples: [
      Builtin.Example("save([1.5, 2], \"example.npy\"); load(\"example.npy\")", "[1.5, 2]")
    ],
    body: { arguments in
      try StoredValue.save(Operations.settle(arguments.value("value")), to: arguments.file("path"))
      return .null
    })

  private static let globBuiltin = Builtin(
    "glob", family: "data", [.positional("pattern", "string", "a path with `*`, `?` and `[…]`")],
    result: "list of string", summary: "Lists the files that match a pattern",
    details:
      "In alphabetical order, as paths that the other functions take. Without a match the list is empty.",
    examples: [Builtin.Example("glob(\"no such *.file\")", "()")],
    body: { arguments in
      .list(
        try FileName.matching(arguments.string("pattern"), in: arguments.context.folder).map {
          .string($0.shown)
        })
    })

  private static let readBuiltin = Builtin(
    "read", family: "data", [pathParameter],
    result: "string", summary: "Reads a file as one string",
    details: "The text must be UTF-8; a gzip file is decompressed.",
    errors: fileErrors + ["E0620: it is not UTF-8"],
    examples: [
      Builtin.Example("save(\"two\\nlines\", \"example.txt\"); len(read(\"example.txt\"))", "9")
    ],
    body: { arguments in .string(try FileContents.text(of: arguments.file("path"))) })
}

extension Arguments {
  /// A path, relative to the script's folder.
  func file(_ name: String) throws -> FileName { FileName(try string(name), in: context.folder) }
}
