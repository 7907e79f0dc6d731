import TLXNumerics
import TLXSyntax
import Testing

@testable import TLXRuntime

@Suite struct OperationsTests {
  @Test(arguments: [
    (Value.int(7), BinaryOperator.divide, Value.int(2), "3.5"), (.int(7), .floorDivide, .int(-2), "-4"),
    (.int(7), .modulo, .int(-2), "-1"), (.int(-7), .modulo, .int(2), "1"),
    (.int(2), .power, .int(62), "4611686018427387904"),
    (.int(2), .power, .int(64), "E0502"), (.int(2), .power, .int(-1), "0.5"),
    (.int(-2), .power, .int(3), "-8"),
    (.int(Int.max), .add, .int(1), "E0502"), (.int(Int.min), .floorDivide, .int(-1), "E0502"),
    (.int(Int.min), .modulo, .int(-1), "0"), (.int(1), .floorDivide, .int(0), "E0507"),
    (.int(1), .divide, .int(0), "inf"),
    (.float(-7.5), .modulo, .int(2), "0.5"), (.float(1), .floorDivide, .float(0.1), "9"),
    (.float(2), .power, .float(0.5), "1.4142135623730951"),
    (.bool(true), .add, .bool(true), "2"), (.string("ab"), .add, .string("c"), "\"abc\""),
    (.string("ab"), .multiply, .int(2), "\"abab\""), (.string("a"), .add, .int(1), "E0404"),
    (.list([.int(1)]), .add, .list([.int(2)]), "(1, 2)"), (.list([.int(1)]), .multiply, .int(2), "E0404"),
    (.null, .add, .int(1), "E0404"), (.int(1), .matrixMultiply, .int(1), "E0404"),
    (integers([1, 2]), .divide, .int(2), "[0.5, 1]"), (integers([1, 2]), .add, .float(0.5), "[1.5, 2.5]"),
    (integers([1, 2]), .multiply, integers([3, 4]), "[3, 8]"),
    (integers([2, 3]), .power, .int(-1), "[0.5, 0.333333]"),
    (vector([1, 2]), .add, matrix([[1], [2]]), "E0402"), (.string("a"), .multiply, integers([1]), "E0404"),
  ])
  func binary(_ a: Value, _ op: BinaryOperator, _ b: Value, _ expected: String) {
    #expect(text { try Operations.binary(op, a, b) } == expected)
  }

  @Test(arguments: [
    (Value.int(1), ComparisonOperator.equal, Value.float(1), "true"),
    (.int(1 << 53 + 1), .less, .float(0x1p53), "false"),
    (.int(Int.max), .less, .float(0x1p63), "true"), (.float(.nan), .equal, .float(.nan), "false"),
    (.string("a"), .less, .string("b"), "true"), (.string("Z"), .less, .string("a"), "true"),
    (.string("a"), .equal, .int(1), "false"), (.string("a"), .less, .int(1), "E0404"),
    (.list([.int(1), .int(2)]), .less, .list([.int(1), .int(3)]), "true"),
    (.list([.int(1), .string("a")]), .equal, .list([.float(1), .string("a")]), "true"),
    (record(("a", .int(1)), ("b", .int(2))), .equal, record(("b", .int(2)), ("a", .int(1))), "true"),
    (integers([1, 2]), .equal, integers([1, 3]), "[true, false]"),
    (vector([1, 2]), .greater, .int(1), "[false, true]"),
    (.int(2), .contained, .list([.int(1), .int(2)]), "true"),
    (.string("po"), .contained, .string("teapot"), "true"),
    (.string("a"), .contained, record(("a", .null)), "true"),
    (.int(3), .contained, integers([1, 2]), "false"),
    (.int(4), .contained, .range(IntegerRange(start: 0, stop: 10, step: 2)), "true"),
    (.int(5), .notContained, .range(IntegerRange(start: 0, stop: 10, step: 2)), "true"),
    (.int(1), .contained, .int(1), "E0404"),
  ])
  func compare(_ a: Value, _ op: ComparisonOperator, _ b: Value, _ expected: String) {
    #expect(text { try Operations.compare(op, a, b) } == expected)
  }

  @Test(arguments: [
    (integers([1, 2, 3]), [SubscriptValue.value(.int(-1))], "3"),
    (integers([1, 2, 3]), [.value(.int(3))], "E0406"),
    (integers([1, 2, 3]), [.slice(1, nil, nil)], "[2, 3]"),
    (integers([1, 2, 3]), [.slice(nil, nil, -1)], "[3, 2, 1]"),
    (integers([1, 2, 3]), [.slice(0, 4, nil)], "E0406"), (integers([1, 2, 3]), [.slice(2, 1, nil)], "[]"),
    (integers([1, 2, 3]), [.value(integers([2, 0]))], "[3, 1]"),
    (integers([1, 2, 3]), [.value(.float(1))], "E0412"),
    (integers([1, 2, 3]), [.value(.int(0)), .value(.int(0))], "E0412"),
    (matrix([[1, 2], [3, 4]]), [.value(.int(1)), .value(.int(0))], "3"),
    (matrix([[1, 2], [3, 4]]), [.slice(nil, nil, nil), .value(.int(0))], "[1, 3]"),
    (matrix([[1, 2], [3, 4]]), [.ellipsis, .value(.int(-1))], "[2, 4]"),
    (integers([1, 2]), [.slice(nil, nil, nil), .newAxis], "[[1], [2]]"),
    (.list([.int(1), .string("a")]), [.value(.int(-1))], "\"a\""),
    (.list([.int(1)]), [.value(.int(1))], "E0406"),
    (.list([.int(1), .int(2), .int(3)]), [.slice(nil, nil, 2)], "(1, 3)"),
    (.string("teapot"), [.slice(-3, nil, nil)], "\"pot\""), (.string("é"), [.value(.int(0))], "\"é\""),
    (.range(IntegerRange(start: 0, stop: 10, step: 2)), [.slice(1, 3, nil)], "range(2, 6, 2)"),
    (record(("a", .int(1))), [.value(.string("a"))], "1"),
    (record(("ab", .int(1))), [.value(.string("ac"))], "E0408"),
    (.int(1), [.value(.int(0))], "E0412"),
  ])
  func index(_ base: Value, _ subscripts: [SubscriptValue], _ expected: String) {
    #expect(text { try Operations.index(base, subscripts) } == expected)
  }

  @Test(arguments: [
    (integers([1, 2, 3]), [SubscriptValue.value(.int(0))], Value.int(9), "[9, 2, 3]"),
    (integers([1, 2, 3]), [.value(.int(0))], .float(2.0), "[2, 2, 3]"),
    (integers([1, 2, 3]), [.value(.int(0))], .float(2.5), "E0411"),
    (vector([1, 2]), [.value(.int(0))], .int(3), "[3, 2]"),
    (matrix([[1, 2], [3, 4]]), [.value(.int(0))], .int(0), "[[0, 0], [3, 4]]"),
    (
      matrix([[1, 2], [3, 4]]), [.slice(nil, nil, nil), .value(.int(1))], integers([8, 9]), "[[1, 8], [3, 9]]"
    ),
    (.list([.int(1), .int(2)]), [.value(.int(-1))], .string("a"), "(1, \"a\")"),
    (.list([]), [.value(.int(0))], .int(1), "E0406"),
    (record(("a", .int(1))), [.value(.string("b"))], .int(2), "{a: 1, b: 2}"),
    (.string("a"), [.value(.int(0))], .string("b"), "E0404"),
  ])
  func assign(_ base: Value, _ subscripts: [SubscriptValue], _ value: Value, _ expected: String) {
    var changed = base
    #expect(
      text {
        try Operations.assign(into: &changed, subscripts, value)
        return changed
      } == expected)
  }

  /// Writing elements one by one copies nothing after the first time.
  @Test func assignmentIsInPlace() throws {
    var list = Value.list((0..<100_000).map { .int($0) })
    var tensor = Value.tensor(try Tensor([Double](repeating: 0, count: 1_000_000)))
    let copy = tensor
    let clock = ContinuousClock()
    let elapsed = try clock.measure {
      for i in 0..<20_000 {
        try Operations.assign(into: &list, [.value(.int(i))], .int(-1))
      }
    }
    let elapsedForTensor = try clock.measure {
      for i in 0..<20_000 {
        try Operations.assign(into: &tensor, [.value(.int(i))], .float(1))
      }
    }
    #expect(elapsed < .seconds(1))
    #expect(elapsedForTensor < .seconds(1))
    #expect(text { try Operations.index(tensor, [.value(.int(5))]) } == "1")
    #expect(text { try Operations.index(copy, [.value(.int(5))]) } == "0")
  }

  @Test func nestedUpdatesKeepCopiesApart() throws {
    let original = record(("xs", .list([integers([1, 2]), .int(0)])))
    var changed = original
    let path: [Operations.PathStep] = [.field("xs"), .index([.value(.int(0))])]
    try Operations.update(&changed, path) { try Operations.assign(into: &$0, [.value(.int(1))], .int(7)) }
    #expect(Display.canonical(changed) == "{xs: ([1, 7], 0)}")
    #expect(Display.canonical(original) == "{xs: ([1, 2], 0)}")
  }

  @Test(arguments: [
    ([Value.int(1), .int(2)], "i64[2]"), ([.int(1), .float(2)], "f64[2]"),
    ([.bool(true), .bool(false)], "bool[2]"),
    ([.bool(true), .int(2)], "i64[2]"), ([integers([1, 2]), integers([3, 4])], "i64[2, 2]"),
    ([integers([1]), vector([2])], "f64[2, 1]"), ([integers([1]), integers([1, 2])], "list"),
    ([.string("a")], "list"),
    ([.int(1), .string("a")], "list"), ([], "f64[0]"),
  ])
  func bracket(_ items: [Value], _ expected: String) throws {
    let value = try Operations.bracket(items)
    if case .tensor(let tensor) = value {
      #expect(tensor.typeDescription == expected)
    } else {
      #expect(value.kindName == expected)
    }
  }

  @Test(arguments: [
    (integers([1, 2, 3]), "shape", "(3,)"), (integers([1]), "dtype", "i64"),
    (matrix([[1, 2]]), "T", "[[1], [2]]"),
    (matrix([[1, 2]]), "size", "2"), (matrix([[1, 2]]), "ndim", "2"), (integers([1]), "mean", "E0408"),
    (.null, "a", "E0408"),
  ])
  func field(_ value: Value, _ name: String, _ expected: String) {
    #expect(text { try Operations.field(of: value, name) } == expected)
  }

  @Test func labelsSurviveScalarsAndSlices() throws {
    let labelled = Value.object(try Labelled(names: ["a", "b"], tensor: Tensor([1.0, 2])))
    let doubled = try Operations.binary(.multiply, .int(2), labelled)
    #expect(Display.canonical(doubled) == "a  2\nb  4")
    #expect(text { try Operations.index(labelled, [.value(.string("b"))]) } == "2")
    #expect(text { try Operations.index(labelled, [.value(.string("c"))]) } == "E0408")
    #expect(text { try Operations.binary(.add, labelled, integers([1, 1])) } == "[2, 3]")
  }

  @Test func tablesIndexByNameRowAndMask() throws {
    let table = Value.table(
      try Table.fromRows([
        Record([("a", .int(1)), ("b", .string("x"))]), Record([("a", .int(2)), ("b", .string("y"))]),
      ]))
    let mask = try Operations.compare(.greater, Operations.field(of: table, "a"), .int(1))
    #expect(text { try Operations.index(table, [.value(.int(1))]) } == "{a: 2, b: \"y\"}")
    #expect(text { try Operations.field(of: Operations.index(table, [.value(mask)]), "b") } == "(\"y\",)")
    #expect(text { try Operations.field(of: Operations.index(table, [.slice(0, 1, nil)]), "a") } == "[1]")
    #expect(text { try Operations.field(of: table, "c") } == "E0408")
  }

  @Test func conditionsNeedOneBool() throws {
    for value in [Value.int(1), .null, .tensor(try Tensor([true, false])), .string("")] {
      #expect(text { .bool(try Operations.truth(of: value)) } == "E0410")
    }
    #expect(try Operations.truth(of: .tensor(Tensor(true))))
  }

  @Test func valuesAreCompact() { #expect(MemoryLayout<Value>.size <= 17) }
}

/// The canonical text of what a closure gives, or the code of what it throws.
func text(_ body: () throws -> Value) -> String {
  do { return Display.canonical(try Operations.settle(body())) } catch let failure as Failure {
    return failure.code
  } catch let error
    as NumericsError
  { return error.code } catch { return "\(error)" }
}
