/// Joins instructions of a loop's program where one only feeds the next: a pass over a tile costs about as much as a cheap
/// step itself.
struct InstructionPairs {
  private(set) var instructions: [TileInstruction]
  private(set) var reductions: [TileReduction]
  /// How many instructions and others read each register.
  private var uses: [Int]

  /// `kept`: registers that are read beyond the instructions and reductions.
  init(
    _ instructions: [TileInstruction], _ reductions: [TileReduction], registers: Int, kept: [Int],
    hasRows: Bool
  ) {
    self.instructions = instructions
    self.reductions = reductions
    uses = [Int](repeating: 0, count: registers)
    for instruction in instructions {
      for operand in instruction.operands { uses[Int(operand)] += 1 }
    }
    for reduction in reductions { uses[reduction.register] += 1 }
    for register in kept { uses[register] += 2 }
    joinSteps()
    joinNormalizations()
    if hasRows { squareSums() }
  }

  /// Where the instruction is that computes a register which one reader alone has; nil for others.
  private func feeder(of register: Int32, before index: Int) -> Int? {
    guard uses[Int(register)] == 1 else { return nil }
    return instructions[..<index].lastIndex { $0.destination == register }
  }

  private mutating func joinSteps() {
    var index = 0
    while index < instructions.count {
      if let (joined, other) = joined(index) {
        instructions[index] = joined
        instructions.remove(at: other)
      } else {
        index += 1
      }
    }
  }

  /// The instruction joined with one that feeds it, and which that is.
  private func joined(_ index: Int) -> (TileInstruction, Int)? {
    let instruction = instructions[index]
    guard instruction.dtype.isFloat else { return nil }
    switch instruction.operation {
    case .unary(.exp):
      guard let other = feeder(of: instruction.a, before: index),
        instructions[other].operation == .unary(.negate)
      else { return nil }
      var result = instruction
      result.operation = .expOfNegative
      let source = instructions[other].a
      (result.a, result.b, result.c) = (source, source, source)
      return (result, other)
    case .binary(let second) where TilePair.canBeSecond(second) && instruction.a != instruction.b:
      if let result = pair(index, second, instruction.a, instruction.b, isReversed: false) { return result }
      return pair(index, second, instruction.b, instruction.a, isReversed: true)
    default: return nil
    }
  }

  private func pair(
    _ index: Int, _ second: BinaryKernel, _ fed: Int32, _ other: Int32, isReversed: Bool
  ) -> (TileInstruction, Int)? {
    guard let place = feeder(of: fed, before: index),
      case .binary(let first) = instructions[place].operation, TilePair.canBeFirst(first)
    else { return nil }
    var result = instructions[index]
    result.operation = .pair(first, second, isReversed: isReversed)
    (result.a, result.b, result.c) = (instructions[place].a, instructions[place].b, other)
    result.isSplatB = false
    return (result, place)
  }

  /// Makes one of (a − b) ÷ c and of (that × e) + f: the end of a layer norm.
  private mutating func joinNormalizations() {
    var index = 0
    while index < instructions.count {
      let last = instructions[index]
      if case .pair(.multiply, .add, _) = last.operation, last.a != last.b,
        let (place, weight) = quotient(last.a, last.b, index) ?? quotient(last.b, last.a, index)
      {
        var result = instructions[place]
        result.operation = .normalize
        result.destination = last.destination
        (result.e, result.f) = (weight, last.c)
        instructions[index] = result
        instructions.remove(at: place)
      } else {
        index += 1
      }
    }
  }

  /// Where the (a − b) ÷ c is that alone feeds a register; handed back with the other operand.
  private func quotient(_ register: Int32, _ other: Int32, _ index: Int) -> (Int, Int32)? {
    guard let place = feeder(of: register, before: index),
      instructions[place].operation == .pair(.subtract, .divide, isReversed: false)
    else { return nil }
    return (place, other)
  }

  /// Sums of squares along rows take the square along.
  private mutating func squareSums() {
    for index in reductions.indices {
      let reduction = reductions[index]
      guard reduction.reduction == .sum, reduction.dtype.isFloat,
        let place = feeder(of: Int32(reduction.register), before: instructions.count),
        instructions[place].operation == .binary(.multiply), instructions[place].a == instructions[place].b
      else { continue }
      reductions[index].register = Int(instructions[place].a)
      reductions[index].isSquared = true
      instructions.remove(at: place)
    }
  }
}
