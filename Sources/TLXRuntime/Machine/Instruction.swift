/// One step of the machine, in eight bytes: an operation on up to three registers. Some take a second word, which
/// `word` of the next instruction holds: a jump target or an index.
struct Instruction {
  var opcode: Opcode
  var flags: UInt8
  var a: UInt16
  var b: UInt16
  var c: UInt16

  init(_ opcode: Opcode, _ a: Int = 0, _ b: Int = 0, _ c: Int = 0, flags: UInt8 = 0) {
    self.opcode = opcode
    self.flags = flags
    self.a = UInt16(truncatingIfNeeded: a)
    self.b = UInt16(truncatingIfNeeded: b)
    self.c = UInt16(truncatingIfNeeded: c)
  }

  /// A second word.
  init(word: Int) {
    self.init(.word, 0, word & 0xFFFF, (word >> 16) & 0xFFFF)
  }

  /// The second word's number: 0 ..< 2³².
  @_transparent var word: Int { Int(b) | Int(c) << 16 }

  /// The second word of a jump: the target's distance from the jump.
  @_transparent var offset: Int { Int(Int32(truncatingIfNeeded: word)) }

  @_transparent var isSettling: Bool { flags & Instruction.settles != 0 }
  @_transparent var isBackward: Bool { flags & Instruction.backward != 0 }
  @_transparent var sense: Bool { flags & Instruction.jumpsIfTrue != 0 }

  /// Whether a change in place is one of a variable that nobody captures.
  @_transparent var changesRegister: Bool { flags >> Instruction.placeShift == Place.register.rawValue }

  @_transparent var isReversed: Bool { flags & Instruction.reversed != 0 }
  @_transparent var isAppending: Bool { flags & Instruction.appends != 0 }

  /// Whether a change in place takes its new part from constant c.
  @_transparent var takesConstant: Bool { flags & Instruction.constant != 0 }

  /// The result is a statement's value: a lazy tensor is computed.
  static let settles: UInt8 = 1
  /// A conditional jump that is taken where the condition holds; otherwise where it does not.
  static let jumpsIfTrue: UInt8 = 2
  /// A jump to an earlier place: polls for interrupts.
  static let backward: UInt8 = 4
  /// The constant of an operator stands on its left.
  static let reversed: UInt8 = 2
  /// In a change in place, c is a constant.
  static let constant: UInt8 = 8
  /// The pieces of a string are added to the one in a.
  static let appends: UInt8 = 8
  /// Where a change in place happens, in two bits: a register, a cell in a register, a captured cell, a global.
  static let placeShift: UInt8 = 4
}

/// Operations of the machine. `a`, `b`, `c` are registers unless named otherwise; "→ a" is the result. An operand
/// that is a temporary register is used up by the operation that reads it.
enum Opcode: UInt8 {
  /// The second word of the instruction before.
  case word

  // Moves
  case loadNil  // → a
  case loadMissing  // → a
  case loadConstant  // constant b → a
  case copy  // b → a
  case move  // b → a, b is used up
  case clear  // a
  case loadGlobal  // global word → a
  case storeGlobal  // b → global word
  case loadCapture  // capture b → a
  case loadSelf  // the running function → a
  case newCell  // a cell holding b → a
  case loadCell  // contents of the cell in b → a
  case storeCell  // b → the cell in a
  case loadCapturedCell  // contents of captured cell b → a
  case storeCapturedCell  // b → captured cell a

  // Arithmetic: b op c → a; the `…Constant` forms take constant c, which with the flag `reversed` is on the left
  case add, subtract, multiply, divide, floorDivide, modulo, power, matrixMultiply
  case addConstant, subtractConstant, multiplyConstant, divideConstant, floorDivideConstant, moduloConstant
  case powerConstant
  case constantSubtract, constantDivide  // constant c op b → a
  case negate, plus, not  // op b → a
  case settle  // a

  // Comparison: b op c → a
  case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual, contained, notContained
  /// Compare a with b and jump to the second word.
  case jumpEqual, jumpLess, jumpLessOrEqual, jumpGreater, jumpGreaterOrEqual
  /// Compare a with constant b and jump to the second word.
  case jumpEqualConstant, jumpLessConstant, jumpLessOrEqualConstant, jumpGreaterConstant
  case jumpGreaterOrEqualConstant

  // Control
  case jump  // to the second word
  case jumpTruth  // on the truth of a, to the second word
  case jumpAnd  // if a is plain false, to the second word (a keeps it)
  case jumpOr  // if a is plain true, to the second word
  case combineAnd, combineOr  // b and/or c → a, both known not to decide alone
  case jumpIfGiven  // if a is not missing, to the second word
  case iterate  // an iteration over b → a, a+1, a+2
  case next  // the next item of the iteration at a → b, and jump to the second word; goes on at the end

  // Calls: window a holds, from a+1, b arguments; result → c
  case call  // callee in register word
  case callGlobal  // callee in global word
  case callCapture  // callee in capture word
  case callSelf
  case callSite  // with keywords or spread arguments: call site word; callee in a
  case callBuiltin  // built-in site word; arguments from a
  case callMath  // as callBuiltin, first trying the scalar function b on the argument a
  case makeClosure  // child word → a
  case returnValue  // a; c registers to clear
  case halt  // ends a unit; registers a ..< a+b are cleared

  // Collections
  case makeList, makeBracket  // registers b ..< b+c → a
  case makeRecord  // values from b, layout word → a
  case interpolate  // values from b, pieces word → a
  case newBuilder  // → a
  case append  // b to the builder in a
  case finishList, finishBracket  // the builder in b → a
  case index  // b[c] → a
  case indexSite  // b[subscripts of site word] → a
  case indexPair  // b[c, column] → a; the second word's b is the column's register, its c the site
  case field  // b.name of constant c → a
  // c is a register or, with the flag `constant`, a constant
  case setIndex  // place a: a[b] = c
  case setField  // place a: a.name of constant b = c
  case setPath  // place a: path word = c
  case setPair  // place a: a[b, column] = c; the second word's b is the column's register, its c the path
  case destructureList  // a (kept) into registers from b, pattern word
  case destructureRecord  // a (kept) into registers from b, names word
  case checkType  // a against annotation word, converted in place

  // Errors, modules, output
  case beginAttempt  // on error: {code, message} → a, temporaries from b cleared, jump to the second word
  case endAttempt
  case failAssertion  // message in a if b is 1
  case useModule  // module word; its record → a if b is 1
  case show  // the value in a of statement word
}
