import Foundation
import TLXRuntime
import TLXSource
import Testing

@testable import TLXBuiltins

/// Keeps what a program shows.
private final class ShownText: Output {
  var lines: [String] = []
  var width: Int { 100 }

  func write(_ text: String) { lines.append(text.hasSuffix("\n") ? String(text.dropLast()) : text) }
  func show(_ value: Value, digits: Int?) { lines.append(Display.canonical(value, digits: digits)) }
  func progress(_ line: String?) {}
}

/// The built-ins of the family `data` through the language, in a folder of their own.
@Suite struct DataFamilyTests {
  /// What a program shows, or the code and message of its error.
  private func run(_ code: String, files: [String: String] = [:]) throws -> String {
    let folder = FileManager.default.temporaryDirectory.appending(path: "tlx-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    for (name, text) in files { try Data(text.utf8).write(to: folder.appending(path: name)) }
    let output = ShownText()
    let session = Session(builtins: .standard, output: output, folder: folder.path(), seed: 7)
    do {
      try session.run(SourceText(name: "test", text: code), mode: .prompt)
    } catch let error as Diagnostics {
      return error.items.map { "\($0.code) \($0.message)" }.joined(separator: "\n")
    }
    return output.lines.joined(separator: "\n")
  }

  static let examples = BuiltinTable.standard.builtins.filter { $0.family == "data" }.flatMap { builtin in
    builtin.examples.map { (code: $0.code, output: $0.output) }
  }

  @Test(arguments: examples) func example(_ example: (code: String, output: String)) throws {
    let shown = try run(example.code)
    #expect(shown == example.output)
  }

  @Test func everyEntryIsWhole() {
    for builtin in BuiltinTable.standard.builtins where builtin.family == "data" {
      #expect(!builtin.details.isEmpty && !builtin.examples.isEmpty, "\(builtin.name)")
    }
  }

  static let programs: [(code: String, shown: String)] = [
    (
      """
      let {train, test} = split(dataset("fashion2k"), test=0.4, stratify=true)
      (len(train), len(test), bincount(test.y))
      """, "(1200, 800, [80, 80, 80, 80, 80, 80, 80, 80, 80, 80])"
    ),
    (
      """
      let {train, valid, test} = split(dataset("digits"), valid=0.15, test=0.20, stratify=true)
      (train.x.shape, valid.x.shape, test.x.shape, train.x.dtype)
      """, "((1168, 64), (270, 64), (359, 64), f32)"
    ),
    ("let d = dataset(\"iris\"); d[-2:].y", "[2, 2]"),
    ("let d = dataset(\"iris\"); len(d[d.y == 1])", "50"),
    ("let d = dataset(\"iris\"); d[[0, 149]].x", "[[5.1, 3.5, 1.4, 0.2], [5.9, 3, 5.1, 1.8]]"),
    ("dataset(\"iris\")[0]", "{x: [5.1, 3.5, 1.4, 0.2], y: 0}"),
    ("sum([r.y for r in dataset(\"wine\")])", "167"),
    ("dataset(\"mnist2k\").images.shape", "(2000, 28, 28)"),
    ("dataset(\"cancer\").features[0]", "\"mean radius\""),
    (
      "dataset(\"digits\")",
      """
      data set digits: 1,797 images of 8×8, 10 classes
        0 ×178, 1 ×182, 2 ×177, 3 ×183, 4 ×181, 5 ×182, 6 ×181, 7 ×179, 8 ×174, 9 ×180
        UCI Optical Recognition of Handwritten Digits (test part), doi:10.24432/C50P49, as in scikit-learn
        1.9.1; CC BY 4.0
      """
    ),
    ("split((1, \"a\", 2, \"b\"), test=1, key=3).train |> len", "3"),
    (
      "let s = split({x: [[1], [2], [3], [4]], y: [0, 0, 1, 1]}, test=0.5, stratify=true); sort(s.test.y)",
      "[0, 1]"
    ),
    (
      "let s = split({x: [[1], [2], [3], [4]], y: [1, 2, 3, 4]}, test=2); all(s.test.x[:, 0] == s.test.y)",
      "true"
    ),
    (
      "let t = table([{a: 1, b: \"x\"}, {a: 2, b: \"y\"}, {a: 3, b: \"x\"}, {a: 4, b: \"y\"}]); "
        + "sort(split(t, test=2, stratify=\"b\").test.b)", "(\"x\", \"y\")"
    ),
    (
      "subset(dataset(\"digits\"), size=100, stratify=true).y |> bincount",
      "[10, 10, 10, 10, 10, 10, 10, 10, 10, 10]"
    ),
    (
      "let d = dataset(\"iris\"); split(d, test=0.2, key=1).test.x == split(d, test=0.2, key=1).test.x |> all",
      "true"
    ),
    (
      "let {train, test} = split(dataset(\"wine\"), test=0.3); let s = standardize(train)\n"
        + "(max(abs(mean(s.x, axis=0))) < 1e-5, max(abs(std(s.x, axis=0) - 1)) < 1e-5, "
        + "standardize(test, using=train).x.shape)", "(true, true, (53, 13))"
    ),
    (
      "let t = table([{a: 1.5, b: 2, k: \"u\"}, {a: 2.5, b: 3, k: \"v\"}]); let d = dataset(t, target=\"k\")\n"
        + "(d.x, d.y, d.classes, d.features)",
      "([[1.5, 2], [2.5, 3]], [0, 1], (\"u\", \"v\"), (\"a\", \"b\"))"
    ),
    (
      "save({a: {w: [1.5], b: [2]}}, \"p.safetensors\"); load(\"p.safetensors\")",
      "{\"a.w\": [1.5], \"a.b\": [2]}"
    ),
    (
      "save(dataset(\"iris\"), \"i.npz\"); let r = npz(\"i.npz\"); (r.x.shape, r.classes)",
      "((150, 4), (\"setosa\", \"versicolor\", \"virginica\"))"
    ),
    ("let m = linear(2, 3); save(m, \"m.safetensors\"); load(\"m.safetensors\")", "model 2-3, 9 parameters"),
    ("save(f32([[0.1, 0.2]]), \"m.csv.gz\"); csv(\"m.csv.gz\", shape=\"tensor\")", "[[0.1, 0.2]]"),
    (
      "save(table([{a: nil, b: [1, 2]}]), \"t.jsonl\"); read(\"t.jsonl\")",
      "\"{\\\"a\\\": null, \\\"b\\\": [1, 2]}\\n\""
    ),
    ("save([1], \"b.npy\"); save([1], \"a.npy\"); glob(\"*.npy\")", "(\"a.npy\", \"b.npy\")"),
    ("save((1, 2, 3), \"a.npy\"); load(\"a.npy\")", "[1, 2, 3]"),
  ]

  @Test(arguments: programs) func program(_ program: (code: String, shown: String)) throws {
    let shown = try run(program.code)
    #expect(shown == program.shown)
  }

  static let errors: [(code: String, error: String)] = [
    (
      "dataset(\"mnits\")",
      "E0610 there is no data set \"mnits\"; there are digits, iris, wine, cancer, mnist2k, fashion2k, rephrase, fashion"
    ),
    ("dataset(\"iris\", part=\"test\")", "E0610 iris comes in one part"),
    (
      "split(dataset(\"iris\"), test=1.5)",
      "E0612 test must be a fraction between 0 and 1 or a number of rows, not 1.5"
    ),
    ("split(dataset(\"iris\"))", "E0405 split: it needs the size of a part"),
    (
      "split(3, test=0.5)",
      "E0405 split: data must be a data set, tensor, list, table, or record of them, got the int 3"
    ),
    ("split([1, 2, 3], test=1, stratify=true)", "E0405 split: a tensor has no labels to stratify by"),
    ("split([1, 2, 3], test=1, stratify=[1, 2])", "E0614 split: there are 2 labels for 3 rows"),
    ("split([1, 2, 3], test=1, stratify=[1, 1, 2])", "E0613 class 2 has 1 row, too few for 2 parts"),
    ("subset(dataset(\"iris\"), size=151)", "E0612 cannot take 151 of 150 rows"),
    (
      "subset(dataset(\"iris\"), classes=(\"rose\",))",
      "E0610 iris has no class \"rose\"; it has setosa, versicolor, virginica"
    ),
    ("dataset(\"iris\")[150]", "E0406 index 150 is out of range for the data set of length 150"),
    ("dataset([[1], [2]], [0, 1, 1])", "E0614 x has 2 rows, but y has 3 labels"),
    ("csv(\"none.csv\")", "E0601 cannot read none.csv: no such file or folder"),
    ("csv(\"bad.csv\")", "E0603 bad.csv: line 3: expected 2 fields, found 1"),
    ("jsonl(\"bad.jsonl\")", "E0604 bad.jsonl: line 1, column 7: expected a value, found '}'"),
    ("load(\"bad.bin\")", "E0615 cannot tell the format of bad.bin"),
    ("save(x -> x, \"f.json\")", "E0615 cannot save a function as .json (to f.json)"),
    ("save(linear(1, 1), \"m.npy\")", "E0615 cannot save a model as .npy (to m.npy)"),
    ("save([1], \"no/such/folder.npy\")", "E0601 cannot write no/such/folder.npy: no such file or folder"),
    ("standardize([[1.0], [nan]])", "E0504 row 1 of column 0 is nan: the column has no mean"),
    ("corrupt_labels([0, 1], 2)", "E0612 the fraction of wrong labels must lie between 0 and 1, not 2.0"),
  ]

  @Test(arguments: errors) func error(_ sample: (code: String, error: String)) throws {
    let files = ["bad.csv": "a,b\n1,2\n3\n", "bad.jsonl": "{\"a\": }\n"]
    let shown = try run(sample.code, files: files)
    #expect(shown == sample.error)
  }
}
