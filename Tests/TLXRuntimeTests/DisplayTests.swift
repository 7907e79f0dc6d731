import TLXNumerics
import TLXSource
import TLXSyntax
import Testing

@testable import TLXRuntime

func vector(_ elements: [Double]) -> Value { .tensor(orZero(try? Tensor(elements))) }
func integers(_ elements: [Int]) -> Value { .tensor(orZero(try? Tensor(elements))) }
func matrix(_ rows: [[Double]]) -> Value {
  .tensor(orZero(try? Tensor(rows.flatMap { $0 }, shape: [rows.count, rows.first?.count ?? 0])))
}
private func orZero(_ tensor: Tensor?) -> Tensor { tensor ?? Tensor(0.0) }

func record(_ fields: (String, Value)...) -> Value { .record(Record(fields)) }

@Suite struct DisplayTests {
  @Test(arguments: [
    (Value.null, "nil"), (.bool(false), "false"), (.int(-3), "-3"), (.float(3), "3"), (.float(-0.0), "0"),
    (.float(0.1 + 0.2), "0.30000000000000004"), (.float(1e-5), "1e-5"), (.float(2.5e20), "2.5e20"),
    (.float(1e15), "1000000000000000"), (.float(1e16), "1e16"), (.float(.nan), "nan"),
    (.float(-.infinity), "-inf"),
    (.string("a\"b\n"), "\"a\\\"b\\n\""), (.list([]), "()"), (.list([.int(1)]), "(1,)"),
    (.list([.string("a"), .null]), "(\"a\", nil)"), (.range(IntegerRange(start: 0, stop: 5)), "range(5)"),
    (.range(IntegerRange(start: 2, stop: 9, step: 3)), "range(2, 9, 3)"),
    (record(("lr", .float(0.1)), ("layers", integers([64, 10]))), "{lr: 0.1, layers: [64, 10]}"),
    (record(("two words", .int(1))), "{\"two words\": 1}"), (.record(Record()), "{}"),
    (matrix([[14, 32], [32, 77]]), "[[14, 32], [32, 77]]"), (vector([0.5, 1, 1.5]), "[0.5, 1, 1.5]"),
    (vector([1.0 / 3, -2.0 / 3, 123456.789]), "[0.333333, -0.666667, 123457]"),
    (vector([1e-7, 1_234_567, 1.5e20]), "[1e-7, 1234567, 1.5e20]"), (vector([]), "[]"),
    (vector([.nan, .infinity, -0.0]), "[nan, inf, 0]"),
  ])
  func canonical(_ value: Value, _ expected: String) {
    #expect(Display.canonical(value) == expected)
    if case .string = value {} else { #expect(Display.show(value, width: 80) == expected) }
  }

  @Test func stringsPrintBare() { #expect(Display.text(of: .string("a\"b")) == "a\"b") }

  @Test func floatsOfHalfPrecisionPrintShortest() throws {
    let tensor = try Tensor(shape: [], of: Float.self) { $0[0] = 0.1 }
    #expect(Display.canonical(.tensor(tensor)) == "0.1")
    #expect(Display.canonical(.tensor(try Tensor([Float(0.1), 16_777_216]))) == "[0.1, 16777216]")
  }

  @Test func digits() {
    #expect(Display.canonical(vector([0.123456, 1234.56]), digits: 3) == "[0.123, 1235]")
    #expect(Display.canonical(.float(0.123456), digits: 3) == "0.123")
  }

  @Test func longVectorsWrap() {
    let shown = Display.show(vector((0..<12).map { Double($0) * 1.5 }), width: 40)
    #expect(
      shown == """
        f64[12]
        [ 0  ,  1.5,  3  ,  4.5,  6  ,  7.5,
          9  , 10.5, 12  , 13.5, 15  , 16.5]
        """)
  }

  @Test func matricesAlign() {
    let rows = (0..<3).map { row in (0..<4).map { Double(row * 4 + $0) * 12.25 } }
    #expect(
      Display.show(matrix(rows), width: 40) == """
        f64[3, 4]
        [[ 0,  12.25,  24.5,  36.75],
         [49,  61.25,  73.5,  85.75],
         [98, 110.25, 122.5, 134.75]]
        """)
  }

  @Test func bigMatricesAreCut() throws {
    let tensor = try Tensor(Array(0..<(100 * 50)), shape: [100, 50])
    let lines = Display.show(.tensor(tensor), width: 60).split(separator: "\n")
    #expect(lines.first == "i64[100, 50]")
    #expect(lines.allSatisfy { $0.count <= 60 })
    #expect(lines.count == 14)
    #expect(lines[1].contains("…"))
    #expect(Display.canonical(.tensor(tensor)).hasPrefix("[[0, 1, 2, …, 47, 48, 49], [50, "))
  }

  @Test func commonExponentsAreTakenOut() {
    let rows = (1...4).map { row in (1...8).map { Double(row * $0) * 1.234e-7 } }
    let shown = Display.show(matrix(rows), width: 60)
    #expect(shown.hasPrefix("f64[4, 8] × 1e-6\n[["))
    #expect(!shown.dropFirst(20).contains("e"))
  }

  @Test func blocksAreSeparated() throws {
    let tensor = try Tensor((0..<24).map { $0 * 100 }, shape: [2, 3, 4])
    let shown = Display.show(.tensor(tensor), width: 40)
    #expect(
      shown == """
        i64[2, 3, 4]
        [[[   0,  100,  200,  300],
          [ 400,  500,  600,  700],
          [ 800,  900, 1000, 1100]],

         [[1200, 1300, 1400, 1500],
          [1600, 1700, 1800, 1900],
          [2000, 2100, 2200, 2300]]]
        """)
  }

  @Test func recordsBreakWhenWide() {
    let value = record(
      ("name", .string("a long name that fills the line")), ("rate", .float(0.001)),
      ("layers", .list([.int(64), .int(128), .int(10)])))
    #expect(
      Display.show(value, width: 50) == """
        {
          name:   "a long name that fills the line",
          rate:   0.001,
          layers: (64, 128, 10),
        }
        """)
  }

  @Test func tablesAlign() throws {
    let table = try Table.fromRows([
      Record([("source", .string("n=50")), ("leep", .float(-1.25)), ("n", .int(50))]),
      Record([("source", .string("n=2000")), ("leep", .float(-0.5)), ("n", .int(2000))]),
      Record([("source", .string("x")), ("leep", .float(-10)), ("n", .int(1))]),
    ])
    #expect(
      Display.show(.table(table), width: 80) == """
        source    leep     n
        n=50     -1.25    50
        n=2000   -0.5   2000
        x       -10        1
        """)
    let narrow = Display.show(.table(table), width: 16)
    #expect(narrow.split(separator: "\n").allSatisfy { $0.count <= 16 }, "\(narrow)")
  }

  @Test func longTablesAreCut() throws {
    let table = try Table(names: [], columns: [], rowCount: 0).setting("i", to: integers(Array(0..<1000)))
    let lines = Display.show(.table(table), width: 80).split(separator: "\n")
    #expect(lines.count == 23)
    #expect(lines.last == "1000 rows")
  }

  @Test func labelledValuesPrintByName() throws {
    let labelled = try Labelled(names: ["play", "stop it"], tensor: Tensor([0.5, 12.25]))
    #expect(Display.show(.object(labelled), width: 80) == "play      0.5\nstop it  12.25")
  }

  @Test(arguments: [
    (vector([0.5, 1]), "[0.5,1]", false, true), (vector([0.5, 1]), "[ 0.5, 1 ]", false, true),
    (vector([0.5, 1]), "[0.5, 2]", false, false), (.float(3.5355339), "3.5355", true, true),
    (.float(3.5356), "3.5355", true, false), (.float(1.4142135623730951), "1.414213562", true, true),
    (vector([1.0 / 3, 2]), "[0.33, 2.00]", true, true), (vector([1.0 / 3]), "[0.33, 2.00]", true, false),
    (.string("two words"), "two words", false, true), (.string("two words"), "\"two  words\"", false, true),
    (.string("two words"), "twowords", false, false),
    (record(("a", .float(0.123456))), "{a: 0.12}", true, true), (.float(.nan), "nan", true, true),
    (.float(1e-7), "1.0e-7", true, true), (.int(-3), "-3", true, true), (.float(2), "3", true, false),
  ])
  func expectations(_ value: Value, _ text: String, _ isApproximate: Bool, _ holds: Bool) {
    let expectation = Expectation(text: text, isApproximate: isApproximate, span: Span(0, 0))
    #expect(Display.matches(value, expectation) == holds, "\(Display.canonical(value)) and \(text)")
  }

  @Test func wideCharactersCountTwice() {
    #expect(TextWidth.columns("日本") == 4)
    #expect(TextWidth.cut("abcdef", to: 4) == "abc…")
  }
}
