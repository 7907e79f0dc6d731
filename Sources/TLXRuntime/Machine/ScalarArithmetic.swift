#if canImport(Glibc)
  import Glibc
#endif

/// The arithmetic and comparisons of numbers that the loop does without leaving it. Each gives false (or nil) where
/// the operands are of other kinds or the result is an error: the complete operations then do it or say why not.
enum ScalarArithmetic {
  enum Operator { case add, subtract, multiply, divide, floorDivide, modulo, power }

  /// `x op y` into a register.
  @_transparent
  static func apply(_ op: Operator, _ x: Slot, _ y: Slot, into register: Register) -> Bool {
    if x.tag == Slot.float && y.tag == Slot.float {
      register.setFloat(float(op, x.asFloat, y.asFloat))
      return true
    }
    if x.tag == Slot.int && y.tag == Slot.int { return integer(op, x.asInt, y.asInt, into: register) }
    if x.tag == Slot.int && y.tag == Slot.float {
      register.setFloat(float(op, Double(x.asInt), y.asFloat))
      return true
    }
    if x.tag == Slot.float && y.tag == Slot.int {
      register.setFloat(float(op, x.asFloat, Double(y.asInt)))
      return true
    }
    return false
  }

  @_transparent
  private static func float(_ op: Operator, _ x: Double, _ y: Double) -> Double {
    switch op {
    case .add: x + y
    case .subtract: x - y
    case .multiply: x * y
    case .divide: x / y
    case .floorDivide: Operations.floorDivide(x, y)
    case .modulo: Operations.modulo(x, y)
    case .power: y == 2 ? x * x : pow(x, y)
    }
  }

  @_transparent
  private static func integer(_ op: Operator, _ x: Int, _ y: Int, into register: Register) -> Bool {
    let outcome: (partialValue: Int, overflow: Bool)
    switch op {
    case .add: outcome = x.addingReportingOverflow(y)
    case .subtract: outcome = x.subtractingReportingOverflow(y)
    case .multiply: outcome = x.multipliedReportingOverflow(by: y)
    case .divide:
      register.setFloat(Double(x) / Double(y))
      return true
    case .floorDivide:
      // -1 could overflow.
      guard y > 0 else { return false }
      let quotient = x / y
      outcome = (x % y < 0 ? quotient - 1 : quotient, false)
    case .modulo:
      guard y > 0 else { return false }
      let remainder = x % y
      outcome = (remainder < 0 ? remainder + y : remainder, false)
    case .power:
      guard y == 2 else { return false }
      outcome = x.multipliedReportingOverflow(by: x)
    }
    if outcome.overflow { return false }
    register.setInt(outcome.partialValue)
    return true
  }

  enum Relation { case equal, less, lessOrEqual, greater, greaterOrEqual }

  /// 1 if it holds, 0 if not, -1 if these are no plain scalars of like kind.
  @_transparent
  static func compare(_ relation: Relation, _ x: Slot, _ y: Slot) -> Int {
    if x.tag == Slot.int && y.tag == Slot.int { return holds(relation, x.asInt, y.asInt) ? 1 : 0 }
    if x.tag == Slot.float && y.tag == Slot.float { return holds(relation, x.asFloat, y.asFloat) ? 1 : 0 }
    // Beyond 2^53 an int has no exact double: the complete comparison knows better.
    if x.tag == Slot.float && y.tag == Slot.int && y.asInt.magnitude < 1 << 53 {
      return holds(relation, x.asFloat, Double(y.asInt)) ? 1 : 0
    }
    if x.tag == Slot.int && y.tag == Slot.float && x.asInt.magnitude < 1 << 53 {
      return holds(relation, Double(x.asInt), y.asFloat) ? 1 : 0
    }
    if relation == .equal, x.tag == y.tag, x.tag <= Slot.bool {
      return x.tag == Slot.null || x.bits == y.bits ? 1 : 0
    }
    return -1
  }

  @_transparent
  private static func holds<Number: Comparable>(_ relation: Relation, _ x: Number, _ y: Number) -> Bool {
    switch relation {
    case .equal: x == y
    case .less: x < y
    case .lessOrEqual: x <= y
    case .greater: x > y
    case .greaterOrEqual: x >= y
    }
  }

  /// Built-ins of one number that the machine computes itself, by their number in `callMath`.
  static let mathNames = [
    "sqrt", "exp", "log", "sin", "cos", "tan", "tanh", "abs", "floor", "ceil", "log1p", "expm1", "len",
  ]
  private static let lengthNumber = mathNames.count - 1

  private static func length(_ slot: Slot) -> Slot? {
    let box = slot.unmanaged(Box.self)
    return box._withUnsafeGuaranteedRef { box in
      if box.parts.kind == .unknown { box.locateParts() }
      switch box.parts.kind {
      case .floats, .singles, .ints, .bools: return box.parts.rows == 0 ? Slot(int: box.parts.count) : nil
      case .items, .characters: return Slot(int: box.parts.count)
      case .unknown: return box.characterCount.map { Slot(int: $0) }
      default: return nil
      }
    }
  }

  /// Functions of a float; an int only where the result is a float as well. The length of what has parts in memory.
  static func math(_ number: Int, _ slot: Slot) -> Slot? {
    let x: Double
    switch slot.tag {
    case Slot.boxed where number == lengthNumber: return length(slot)
    case Slot.float: x = slot.asFloat
    case Slot.int where number < 7 || number > 9: x = Double(slot.asInt)
    default: return nil
    }
    switch number {
    case 0: return Slot(float: x.squareRoot())
    case 1: return Slot(float: exp(x))
    case 2: return Slot(float: log(x))
    case 3: return Slot(float: sin(x))
    case 4: return Slot(float: cos(x))
    case 5: return Slot(float: tan(x))
    case 6: return Slot(float: tanh(x))
    case 7: return Slot(float: abs(x))
    case 8: return Slot(float: x.rounded(.down))
    case 9: return Slot(float: x.rounded(.up))
    case 10: return Slot(float: log1p(x))
    case 11: return Slot(float: expm1(x))
    default: return nil
    }
  }
}
