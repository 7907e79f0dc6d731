import Foundation
import TLXLearning
import TLXNumerics
import Testing

@Suite struct TextFileTests {
  private func read(_ text: String, name: String = "a.csv", _ change: (inout CSV.Options) -> Void = { _ in })
    throws -> DataFrame
  {
    var options = CSV.Options()
    change(&options)
    let folder = try DataFolder()
    let file = try folder.write(name, text)
    return try withExtendedLifetime(folder) { try CSV.read(file, options) }
  }

  static let tables: [(text: String, names: [String], columns: [DataFrame.Column])] = [
    ("a,b\n1,2.5\n-3,1e3\n", ["a", "b"], [.ints([1, -3]), .floats([2.5, 1000])]),
    ("1,x\n2,y", ["c0", "c1"], [.ints([1, 2]), .strings(["x", "y"])]),
    ("\u{FEFF}a,b\r\n1,\"x,\"\"y\"\"\r\nz\"\r\n", ["a", "b"], [.ints([1]), .strings(["x,\"y\"\r\nz"])]),
    ("a\n1\n2.5\n", ["a"], [.floats([1, 2.5])]),
    ("a,b\ntrue,007\nFalse,8\n", ["a", "b"], [.bools([true, false]), .ints([7, 8])]),
    ("a\n1.50\n2\nx\n", ["a"], [.strings(["1.50", "2", "x"])]),
    ("a,b\n\n1, 2 \n\n", ["a", "b"], [.ints([1]), .ints([2])]),
    (",x,x\n0,1,2\n", ["c0", "x", "x_2"], [.ints([0]), .ints([1]), .ints([2])]),
    ("a\r1\r2\r", ["a"], [.ints([1, 2])]),
    ("a,b\n1,\n", ["a", "b"], [.ints([1]), .floats([.nan])]),
    ("a\n99999999999999999999\n1\n", ["a"], [.floats([1e20, 1])]),
    ("a\n\"\"\nq\n", ["a"], [.strings(["", "q"])]),
    ("a,b\n", ["a", "b"], [.floats([]), .floats([])]),
  ]

  @Test(arguments: tables)
  func csv(_ table: (text: String, names: [String], columns: [DataFrame.Column])) throws {
    let frame = try read(table.text)
    #expect(frame.names == table.names)
    // NaN equals nothing, but prints alike.
    #expect("\(frame.columns)" == "\(table.columns)")
  }

  @Test func csvOptions() throws {
    let missing = try read("a,b\n1,NA\n,2\n3,nan\n")
    #expect(missing.missing == [1, 2])
    #expect("\(missing.columns)" == "\([DataFrame.Column.floats([1, .nan, 3]), .floats([.nan, 2, .nan])])")
    #expect(try read("1;2\n3;4") { $0.delimiter = 0x3B }.columns == [.ints([1, 3]), .ints([2, 4])])
    #expect(try read("a\tb\n1\t2", name: "a.tsv").names == ["a", "b"])
    #expect(try read("# note, x\nq,1\n") { $0.comment = 0x23 }.names == ["c0", "c1"])
    #expect(try read("junk\na\n1\n") { $0.skip = 1 }.names == ["a"])
    #expect(try read("a,b\nc,d\n") { $0.header = false }.rowCount == 2)
    #expect(try read("1,2\n") { $0.names = ["x", "y"] }.names == ["x", "y"])
    #expect(try read("zip\n007\n") { $0.text = ["zip"] }.columns == [.strings(["007"])])
    #expect(try read("1,2\n3,4\n").matrix().typeDescription == "f64[2, 2]")
  }

  /// Every record of a file of many buffers comes through whole, compressed or not.
  @Test(arguments: ["a.csv", "a.csv.gz"]) func longFiles(_ name: String) throws {
    let folder = try DataFolder()
    let count = 40_000
    let frame = DataFrame(
      names: ["id", "value", "text"],
      columns: [
        .ints(Array(0..<count)), .floats((0..<count).map { Double($0) / 7 }),
        .strings((0..<count).map { String(repeating: "a\"b,\n", count: $0 % 5) + "\($0)z" }),
      ])
    try CSV.write(frame, to: folder.file(name))
    let again = try CSV.read(folder.file(name))
    #expect(again.names == frame.names)
    #expect(again.columns == frame.columns)
    #expect(folder.names == [name])
  }

  @Test func numbersReadBackExactly() throws {
    var state: UInt64 = 1
    let values = (0..<20_000).map { _ -> Double in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let value = Double(bitPattern: state ^ state >> 29)
      return value.isFinite ? value : 0.1
    }
    let folder = try DataFolder()
    try CSV.write(DataFrame(names: ["v"], columns: [.floats(values)]), to: folder.file("a.csv"))
    #expect(try CSV.read(folder.file("a.csv")).columns == [.floats(values)])
    let text = values.prefix(5000).map { String(format: "%.18e", $0) }.joined(separator: "\n")
    #expect(try read("v\n" + text).columns == [.floats(Array(values.prefix(5000)))])
    let short = values.prefix(5000).map { String(format: "%.6f", $0.truncatingRemainder(dividingBy: 1e6)) }
    #expect(
      try read("v\n" + short.joined(separator: "\n")).columns == [.floats(short.map { Double($0) ?? 0 })])
  }

  static let documents: [(text: String, again: String)] = [
    (#"{"a": [1, -2.5, true, null], "b": {"c": "x"}}"#, #"{"a": [1, -2.5, true, null], "b": {"c": "x"}}"#),
    (#" [ ] "#, "[]"), (#"{}"#, "{}"), ("9223372036854775807", "9223372036854775807"),
    ("-9223372036854775808", "-9223372036854775808"), ("1e400", "1e999"), ("NaN", "null"), ("-0.0", "-0.0"),
    (#""\u00e9\ud83d\ude00\n\"\\\/""#, #""é😀\n\"\\/""#), (#""\u0001""#, #""\u0001""#), ("1E+2", "100.0"),
  ]

  @Test(arguments: documents) func json(_ document: (text: String, again: String)) throws {
    let folder = try DataFolder()
    let value = try JSONFile.read(try folder.write("a.json", document.text))
    #expect(value.text == document.again)
  }

  @Test func jsonLines() throws {
    let folder = try DataFolder()
    let file = try folder.write(
      "a.jsonl", "{\"a\": 1, \"s\": \"x\"}\n\n{\"s\": \"y\", \"a\": 2.5, \"l\": [1]}\r\n{\"s\": \"z\"}")
    let values = try JSONFile.readLines(file)
    let frame = try #require(DataFrame(objects: values))
    #expect(frame.names == ["a", "s", "l"])
    #expect("\(frame.columns[0])" == "\(DataFrame.Column.floats([1, 2.5, .nan]))")
    #expect(frame.columns[1] == .strings(["x", "y", "z"]))
    #expect(frame.columns[2] == .values([.null, .array([.int(1)]), .null]))
    try JSONFile.writeLines(values, to: folder.file("b.jsonl"))
    #expect(try JSONFile.readLines(folder.file("b.jsonl")) == values)
    #expect(DataFrame(objects: [.int(1)]) == nil)
  }
}

/// Decimal texts of every length against the standard library's reading.
@Suite struct NumberReadingTests {
  @Test func decimalsAreNearest() throws {
    var state: UInt64 = 3
    func next(_ bound: UInt64) -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return (state >> 11) % bound
    }
    var texts: [String] = [
      "9007199254740993", "9007199254740993.0", "0.1e-15", "1.7976931348623157e308", "5e-324",
    ]
    for _ in 0..<40_000 {
      let digits = (0..<(1 + next(20))).map { _ in String(next(10)) }.joined()
      let point = Int(next(UInt64(digits.count + 1)))
      texts.append("\(digits.prefix(point)).\(digits.dropFirst(point))e\(Int(next(50)) - 25)")
    }
    // Halfway cases: odd multiples of half a unit in the last place.
    for _ in 0..<5000 {
      let half = (next(1 << 52) + 1 << 52) * 2 + 1
      texts += ["\(half)", "\(half / 10).\(half % 10)", "\(half)e-1", "\(half)00e-2", "\(half)e3"]
    }
    let folder = try DataFolder()
    let file = try folder.write("a.csv", "v\n" + (texts + ["0.5"]).joined(separator: "\n"))
    let expected = (texts + ["0.5"]).map { Double($0.hasPrefix(".") ? "0" + $0 : $0) ?? .nan }
    #expect(try CSV.read(file).columns == [.floats(expected)])
  }
}
