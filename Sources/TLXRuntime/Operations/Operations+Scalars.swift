import TLXNumerics
import TLXSyntax

#if canImport(Glibc)
  import Glibc
#endif

/// Arithmetic of single numbers.
extension Operations {
  /// `/` gives a float; `//` and `%` floor, so that `a == (a // b) * b + a % b` and `a % b` has the sign of `b`;
  /// `^` with a nonnegative exponent stays whole.
  static func integer(_ op: BinaryOperator, _ a: Int, _ b: Int) throws -> Value {
    switch op {
    case .add: return .int(try checked(a.addingReportingOverflow(b), op, a, b))
    case .subtract: return .int(try checked(a.subtractingReportingOverflow(b), op, a, b))
    case .multiply: return .int(try checked(a.multipliedReportingOverflow(by: b), op, a, b))
    case .divide: return .float(Double(a) / Double(b))
    case .floorDivide: return .int(try floorDivide(a, b))
    case .modulo: return .int(try modulo(a, b))
    case .power: return b >= 0 ? .int(try power(a, b)) : .float(pow(Double(a), Double(b)))
    case .matrixMultiply: throw mismatch(op, .int(a), .int(b))
    }
  }

  static func float(_ op: BinaryOperator, _ a: Double, _ b: Double) throws -> Value {
    switch op {
    case .add: return .float(a + b)
    case .subtract: return .float(a - b)
    case .multiply: return .float(a * b)
    case .divide: return .float(a / b)
    case .floorDivide: return .float(floorDivide(a, b))
    case .modulo: return .float(modulo(a, b))
    case .power: return .float(b == 2 ? a * a : pow(a, b))
    case .matrixMultiply: throw mismatch(op, .float(a), .float(b))
    }
  }

  private static func checked(
    _ result: (partialValue: Int, overflow: Bool), _ op: BinaryOperator, _ a: Int, _ b: Int
  ) throws -> Int {
    if result.overflow { throw overflowed("\(a) \(op.rawValue) \(b)") }
    return result.partialValue
  }

  static func overflowed(_ what: String) -> Failure {
    Failure(
      "E0502", "\(what) is out of the range of 64-bit integers",
      help: "calculate with floats where exact digits do not matter: write 2.0 for 2")
  }

  public static func floorDivide(_ a: Int, _ b: Int) throws -> Int {
    guard b != 0 else { throw Failure("E0507", "\(a) // 0 has no value", help: "a / 0 gives inf as a float") }
    let (quotient, overflow) = a.dividedReportingOverflow(by: b)
    if overflow { throw overflowed("\(a) // \(b)") }
    return quotient * b != a && (a < 0) != (b < 0) ? quotient - 1 : quotient
  }

  public static func modulo(_ a: Int, _ b: Int) throws -> Int {
    guard b != 0 else { throw Failure("E0507", "\(a) % 0 has no value") }
    let remainder = a.remainderReportingOverflow(dividingBy: b).partialValue
    return remainder != 0 && (remainder < 0) != (b < 0) ? remainder + b : remainder
  }

  public static func floorDivide(_ a: Double, _ b: Double) -> Double {
    guard b != 0, a.isFinite else { return (a / b).rounded(.down) }
    // From the exact remainder, not from the rounded quotient: 1 // 0.1 is 9, since 0.1 is above a tenth.
    let quotient = (a - modulo(a, b)) / b
    return quotient.rounded(.toNearestOrEven)
  }

  public static func modulo(_ a: Double, _ b: Double) -> Double {
    let remainder = fmod(a, b)
    if remainder != 0 && (remainder < 0) != (b < 0) { return remainder + b }
    return remainder == 0 ? (b < 0 ? -0.0 : 0.0) : remainder
  }

  /// `base ^ exponent` by squaring, for a nonnegative exponent. Throws E0502 on overflow.
  public static func power(_ base: Int, _ exponent: Int) throws -> Int {
    var (result, factor, rest) = (1, base, exponent)
    while rest > 0 {
      if rest & 1 == 1 {
        let (product, overflow) = result.multipliedReportingOverflow(by: factor)
        if overflow { throw overflowed("\(base) ^ \(exponent)") }
        result = product
      }
      rest >>= 1
      if rest > 0 {
        let (square, overflow) = factor.multipliedReportingOverflow(by: factor)
        if overflow { throw overflowed("\(base) ^ \(exponent)") }
        factor = square
      }
    }
    return result
  }
}
