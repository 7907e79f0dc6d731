import CVectors

/// Operations on tiles of `Int`. Results that do not fit are found by their signs and reported as a fault; the
/// destination must not be an operand, so that the message can name the values.
enum IntTile {
  typealias Pointer = UnsafeMutablePointer<Int>

  @inline(never)
  static func unary(
    _ kernel: UnaryKernel, _ d: UnsafeMutableRawPointer, _ a: UnsafeRawPointer, _ n: Int
  ) -> TileFault {
    let a = a.assumingMemoryBound(to: Int.self)
    switch kernel {
    case .negate:
      let d = d.assumingMemoryBound(to: Int.self)
      var overflow = 0
      for i in 0..<n {
        d[i] = 0 &- a[i]
        overflow |= d[i] & a[i]
      }
      return overflow < 0 ? .overflow : .none
    case .abs:
      let d = d.assumingMemoryBound(to: Int.self)
      var overflow = 0
      for i in 0..<n {
        let sign = a[i] &>> 63
        d[i] = (a[i] ^ sign) &- sign
        overflow |= d[i]
      }
      return overflow < 0 ? .overflow : .none
    case .sign:
      let d = d.assumingMemoryBound(to: Int.self)
      for i in 0..<n { d[i] = a[i].signum() }
    case .isnan: d.assumingMemoryBound(to: UInt8.self).update(repeating: 0, count: n)
    case .isfinite: d.assumingMemoryBound(to: UInt8.self).update(repeating: 1, count: n)
    default:
      // floor, ceil, round, trunc: whole already.
      d.copyMemory(from: a, byteCount: n &* 8)
    }
    return .none
  }

  @inline(never)
  static func binary(
    _ kernel: BinaryKernel, _ d: UnsafeMutableRawPointer, _ a: UnsafeRawPointer, _ b: UnsafeRawPointer,
    _ n: Int
  ) -> TileFault {
    let d = d.assumingMemoryBound(to: Int.self)
    let a = a.assumingMemoryBound(to: Int.self)
    let b = b.assumingMemoryBound(to: Int.self)
    var overflow = 0
    switch kernel {
    case .add:
      for i in 0..<n {
        let sum = a[i] &+ b[i]
        overflow |= (a[i] ^ sum) & (b[i] ^ sum)
        d[i] = sum
      }
    case .subtract:
      for i in 0..<n {
        let difference = a[i] &- b[i]
        overflow |= (a[i] ^ b[i]) & (a[i] ^ difference)
        d[i] = difference
      }
    case .multiply:
      for i in 0..<n {
        let (product, tooLarge) = a[i].multipliedReportingOverflow(by: b[i])
        overflow |= tooLarge ? -1 : 0
        d[i] = product
      }
    case .maximum: for i in 0..<n { d[i] = a[i] < b[i] ? b[i] : a[i] }
    case .minimum: for i in 0..<n { d[i] = a[i] > b[i] ? b[i] : a[i] }
    case .and: for i in 0..<n { d[i] = a[i] & b[i] }
    case .or: for i in 0..<n { d[i] = a[i] | b[i] }
    case .xor: for i in 0..<n { d[i] = a[i] ^ b[i] }
    case .divide, .floorDivide, .modulo, .power, .atan2:
      for i in 0..<n {
        let (value, fault) = scalar(kernel, a[i], b[i])
        if fault != .none { return fault }
        d[i] = value
      }
    }
    return overflow < 0 ? .overflow : .none
  }

  /// One element, with its fault: for the operations without a vector form, and to find which element was wrong.
  static func scalar(_ kernel: BinaryKernel, _ a: Int, _ b: Int) -> (Int, TileFault) {
    switch kernel {
    case .add: return checked(a.addingReportingOverflow(b))
    case .subtract: return checked(a.subtractingReportingOverflow(b))
    case .multiply: return checked(a.multipliedReportingOverflow(by: b))
    case .divide, .floorDivide:
      if b == 0 { return (0, .divisionByZero) }
      let (quotient, overflow) = a.dividedReportingOverflow(by: b)
      if overflow { return (0, .overflow) }
      return (quotient &* b != a && (a < 0) != (b < 0) ? quotient &- 1 : quotient, .none)
    case .modulo:
      if b == 0 { return (0, .divisionByZero) }
      let rest = a.remainderReportingOverflow(dividingBy: b).partialValue
      return (rest != 0 && (rest < 0) != (b < 0) ? rest &+ b : rest, .none)
    case .power: return power(a, b)
    default: return (0, .none)
    }
  }

  private static func checked(_ result: (partialValue: Int, overflow: Bool)) -> (Int, TileFault) {
    (result.partialValue, result.overflow ? .overflow : .none)
  }

  /// By repeated squaring, exact.
  private static func power(_ base: Int, _ exponent: Int) -> (Int, TileFault) {
    if base == 1 { return (1, .none) }
    if base == -1 { return (exponent & 1 == 0 ? 1 : -1, .none) }
    if exponent < 0 { return (0, .negativeExponent) }
    if base == 0 { return (exponent == 0 ? 1 : 0, .none) }
    var result = 1
    var factor = base
    var rest = exponent
    while true {
      if rest & 1 == 1 {
        let (product, overflow) = result.multipliedReportingOverflow(by: factor)
        if overflow { return (0, .overflow) }
        result = product
      }
      rest >>= 1
      if rest == 0 { return (result, .none) }
      let (square, overflow) = factor.multipliedReportingOverflow(by: factor)
      if overflow { return (0, .overflow) }
      factor = square
    }
  }

  @inline(__always)
  private static func test(
    _ d: UnsafeMutableRawPointer, _ a: UnsafeRawPointer, _ b: UnsafeRawPointer, _ n: Int,
    _ f: (Int, Int) -> Bool
  ) {
    let d = d.assumingMemoryBound(to: UInt8.self)
    let a = a.assumingMemoryBound(to: Int.self)
    let b = b.assumingMemoryBound(to: Int.self)
    for i in 0..<n { d[i] = f(a[i], b[i]) ? 1 : 0 }
  }

  @inline(never)
  static func compare(
    _ comparison: Comparison, _ d: UnsafeMutableRawPointer, _ a: UnsafeRawPointer, _ b: UnsafeRawPointer,
    _ n: Int
  ) {
    switch comparison {
    case .equal: test(d, a, b, n) { $0 == $1 }
    case .notEqual: test(d, a, b, n) { $0 != $1 }
    case .less: test(d, a, b, n) { $0 < $1 }
    case .lessOrEqual: test(d, a, b, n) { $0 <= $1 }
    case .greater: test(d, a, b, n) { $0 > $1 }
    case .greaterOrEqual: test(d, a, b, n) { $0 >= $1 }
    }
  }

  @inline(never)
  static func select(
    _ d: UnsafeMutableRawPointer, _ a: UnsafeRawPointer, _ b: UnsafeRawPointer, _ c: UnsafeRawPointer,
    _ n: Int
  ) {
    let d = d.assumingMemoryBound(to: Int.self)
    let a = a.assumingMemoryBound(to: UInt8.self)
    let b = b.assumingMemoryBound(to: Int.self)
    let c = c.assumingMemoryBound(to: Int.self)
    for i in 0..<n { d[i] = a[i] != 0 ? b[i] : c[i] }
  }
}
