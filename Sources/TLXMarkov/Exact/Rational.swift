import BigInt
import TLXNumerics

/// A fraction in lowest terms, its denominator positive.
public struct Rational: Hashable, Sendable, Comparable {
  public let numerator: BigInt
  public let denominator: BigInt

  public static let zero = Rational(0)
  public static let one = Rational(1)

  public init(_ whole: Int) {
    numerator = BigInt(whole)
    denominator = 1
  }

  /// `numerator / denominator`; the denominator must not be 0.
  public init(_ numerator: BigInt, _ denominator: BigInt) {
    precondition(!denominator.isZero, "the caller checks")
    let divisor = numerator.greatestCommonDivisor(with: denominator)
    let sign: BigInt = denominator < 0 ? -1 : 1
    self.numerator = divisor.isZero ? 0 : sign * numerator / divisor
    self.denominator = divisor.isZero ? 1 : sign * denominator / divisor
  }

  /// The fraction that was meant by this double: its shortest decimal if that has few digits (0.1 is 1/10, 1e-30 is
  /// 1/10³⁰), else the one of least denominator of all that round to it (0.333… is 1/3).
  /// - Throws: E0504 for NaN or infinity.
  public init(simplest value: Double) throws {
    guard value.isFinite else { throw NumericsError("E0504", "\(value) is no fraction") }
    guard value != 0 else {
      self = .zero
      return
    }
    let size = value.magnitude
    if let decimal = Self.shortDecimal(size) {
      self = value < 0 ? .zero - decimal : decimal
      return
    }
    // Half a unit of the last digit to both sides, as fractions of a power of 2.
    let exponent = Int(size.exponent) - 53
    let mantissa = BigInt(size.significandBitPattern | (size.isNormal ? 1 << 52 : 0)) * 2
    let shift = size.isNormal ? exponent : -1075
    let scale = BigInt(1) << abs(shift)
    func fraction(_ n: BigInt) -> Rational { shift < 0 ? Rational(n, scale) : Rational(n * scale, 1) }
    let found = Self.simplest(fraction(mantissa - 1), fraction(mantissa + 1))
    self = value < 0 ? .zero - found : found
  }

  /// The shortest decimal that reads as this double, if it has at most 8 digits.
  private static func shortDecimal(_ size: Double) -> Rational? {
    let parts = "\(size)".split(separator: "e")
    guard let mantissa = parts.first.flatMap(decimal), mantissa.numerator < 100_000_000 else { return nil }
    guard parts.count == 2, let exponent = Int(parts[1]) else { return mantissa }
    let scale = Rational(BigInt(10).power(abs(exponent)), 1)
    return exponent < 0 ? mantissa / scale : mantissa * scale
  }

  /// The fraction of least denominator in the open interval, by continued fractions.
  private static func simplest(_ low: Rational, _ high: Rational) -> Rational {
    let floor = low.numerator / low.denominator
    let whole = Rational(floor, 1)
    if whole + .one < high { return whole + .one }
    if low == whole {
      // Between `whole` and less than one above: 1 over the least number that fits.
      let room = .one / (high - whole)
      return whole + .one / Rational(room.numerator / room.denominator + 1, 1)
    }
    return whole + .one / simplest(.one / (high - whole), .one / (low - whole))
  }

  /// `3/4`, `-2`, `0.25`; nil for anything else.
  public init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard let first = parts.first, parts.count <= 2, let top = Self.decimal(first) else { return nil }
    guard parts.count == 2 else {
      self = top
      return
    }
    guard let bottom = Self.decimal(parts[1]), !bottom.numerator.isZero else { return nil }
    self = top / bottom
  }

  private static func decimal(_ text: Substring) -> Rational? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count <= 2, text.count <= 400, let whole = BigInt(parts[0].isEmpty ? "0" : String(parts[0]))
    else { return nil }
    guard parts.count == 2 else { return Rational(whole, 1) }
    guard parts[1].allSatisfy({ $0.isASCII && $0.isNumber }), let rest = BigInt("0" + parts[1]) else {
      return nil
    }
    let scale = BigInt(10).power(parts[1].count)
    let size = whole.magnitude * scale.magnitude + rest.magnitude
    return Rational(BigInt(sign: text.hasPrefix("-") ? .minus : .plus, magnitude: size), scale)
  }

  public static func + (a: Rational, b: Rational) -> Rational {
    Rational(a.numerator * b.denominator + b.numerator * a.denominator, a.denominator * b.denominator)
  }
  public static func - (a: Rational, b: Rational) -> Rational {
    Rational(a.numerator * b.denominator - b.numerator * a.denominator, a.denominator * b.denominator)
  }
  public static func * (a: Rational, b: Rational) -> Rational {
    Rational(a.numerator * b.numerator, a.denominator * b.denominator)
  }
  /// `b` must not be 0.
  public static func / (a: Rational, b: Rational) -> Rational {
    Rational(a.numerator * b.denominator, a.denominator * b.numerator)
  }
  public static func < (a: Rational, b: Rational) -> Bool {
    a.numerator * b.denominator < b.numerator * a.denominator
  }

  public var isZero: Bool { numerator.isZero }

  /// The nearest double.
  public var double: Double {
    let sign: Double = numerator < 0 ? -1 : 1
    var (top, bottom) = (numerator.magnitude, denominator.magnitude)
    if top.isZero { return 0 }
    // A quotient of 64 bits or more with what is lost marked in its last bit rounds once, and rightly.
    let shift = 66 - (top.bitWidth - bottom.bitWidth)
    if shift > 0 { top <<= shift } else { bottom <<= -shift }
    let (quotient, rest) = top.quotientAndRemainder(dividingBy: bottom)
    var bits = quotient
    var extra = 0
    while bits.bitWidth > 64 {
      extra += 1
      bits >>= 1
    }
    let isInexact = !rest.isZero || (bits << extra) != quotient
    var word = UInt64(bits)
    if isInexact { word |= 1 }
    return sign * Double(sign: .plus, exponent: extra - shift, significand: Double(word))
  }
}

extension Rational: CustomStringConvertible {
  /// `3/4`, `2`.
  public var description: String { denominator == 1 ? "\(numerator)" : "\(numerator)/\(denominator)" }
}
