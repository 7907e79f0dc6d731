/// The significant decimal digits of a number, rounded as C's `%e` rounds: by the exact value.
///
/// From the shortest digits that read back as the number: those lie on the same side of every rounding boundary as the
/// number itself, since a boundary between the two would be closer to it and no longer; and up to 15 digits they are those of
/// the exact value. Several times as fast as C's formatting, for pages and tables of thousands of numbers.
public struct DecimalDigits {
  /// As text; the first is not zero, and no zeros stand at the end.
  public let digits: [UInt8]
  /// The power of ten of the first one.
  public let exponent: Int
  public let isNegative: Bool

  /// At most `count` digits.
  ///
  /// Nil where the shortest digits do not tell the exact value's: for more than 15 digits, for subnormal numbers, and for very
  /// large and small ones whose digits end half-way between two roundings. Also for zero, NaN and infinity.
  public init?(_ number: Double, count: Int) {
    guard number.isNormal, (1...15).contains(count) else { return nil }
    isNegative = number < 0
    guard var shortest = DecimalDigits.shortest(of: number) else { return nil }
    if shortest.digits.count > count {
      let next = shortest.digits[count]
      var isUp = next >= UInt8(ascii: "5")
      if next == UInt8(ascii: "5"), shortest.digits.count == count + 1 {
        guard let decided = DecimalDigits.roundsUp(number.magnitude, shortest.digits, shortest.exponent)
        else {
          return nil
        }
        isUp = decided
      }
      shortest.digits.removeLast(shortest.digits.count - count)
      if isUp { DecimalDigits.increase(&shortest.digits, &shortest.exponent) }
    }
    while shortest.digits.count > 1, shortest.digits.last == UInt8(ascii: "0") {
      shortest.digits.removeLast()
    }
    (digits, exponent) = shortest
  }

  /// From `1.25`, `1e-05` or `1.5e+20`.
  private static func shortest(of number: Double) -> (digits: [UInt8], exponent: Int)? {
    var text = number.magnitude.description
    return text.withUTF8 { bytes in
      var digits: [UInt8] = []
      digits.reserveCapacity(bytes.count)
      var point: Int?
      var power = 0
      for (place, byte) in bytes.enumerated() {
        if byte == UInt8(ascii: ".") {
          point = place
        } else if byte == UInt8(ascii: "e") {
          guard let value = Int(String(decoding: bytes[(place + 1)...], as: UTF8.self)) else { return nil }
          power = value
          break
        } else {
          digits.append(byte)
        }
      }
      let zeros = digits.prefix { $0 == UInt8(ascii: "0") }.count
      guard zeros < digits.count else { return nil }
      let exponent = (point ?? digits.count) - zeros - 1 + power
      digits.removeFirst(zeros)
      while digits.count > 1, digits.last == UInt8(ascii: "0") { digits.removeLast() }
      return (digits, exponent)
    }
  }

  /// Whether a number whose shortest digits end in a 5 that goes is above the half, or on it and next to an odd digit: by its
  /// product with a power of ten, which a fused multiply-add gives without rounding. Nil where that power is not exact.
  private static func roundsUp(_ number: Double, _ digits: [UInt8], _ exponent: Int) -> Bool? {
    let scale = digits.count - 1 - exponent
    guard (2...15).contains(digits.count), abs(scale) <= 22 else { return nil }
    let whole = digits.reduce(0.0) { $0 * 10 + Double($1 - UInt8(ascii: "0")) }
    let power = powersOfTen[abs(scale)]
    let difference: Double
    if scale >= 0 {
      let product = number * power
      difference = (product - whole) + (-product).addingProduct(number, power)
    } else {
      let product = whole * power
      difference = (number - product) - (-product).addingProduct(whole, power)
    }
    if difference != 0 { return difference > 0 }
    return digits[digits.count - 2] % 2 == 1
  }

  /// Up to 10²² a power of ten is a double.
  private static let powersOfTen: [Double] = [
    1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18,
    1e19, 1e20,
    1e21, 1e22,
  ]

  private static func increase(_ digits: inout [UInt8], _ exponent: inout Int) {
    var place = digits.count - 1
    while place >= 0 {
      if digits[place] < UInt8(ascii: "9") {
        digits[place] += 1
        return
      }
      digits[place] = UInt8(ascii: "0")
      place -= 1
    }
    digits.insert(UInt8(ascii: "1"), at: 0)
    exponent += 1
  }

  /// `-0.00125`, `1250`
  public var positional: String {
    let zero = UInt8(ascii: "0")
    var text: [UInt8] = []
    text.reserveCapacity(digits.count + abs(exponent) + 4)
    if isNegative { text.append(UInt8(ascii: "-")) }
    if exponent < 0 {
      text += [zero, UInt8(ascii: ".")]
      text += repeatElement(zero, count: -exponent - 1)
      text += digits
    } else {
      let whole = exponent + 1
      text += digits.prefix(whole)
      text += repeatElement(zero, count: max(0, whole - digits.count))
      if digits.count > whole {
        text.append(UInt8(ascii: "."))
        text += digits[whole...]
      }
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// `-1.25`
  public var mantissa: String {
    var text: [UInt8] = isNegative ? [UInt8(ascii: "-")] : []
    text.append(digits[0])
    if digits.count > 1 {
      text.append(UInt8(ascii: "."))
      text += digits[1...]
    }
    return String(decoding: text, as: UTF8.self)
  }
}
