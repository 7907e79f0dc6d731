/// Numbers as text files write them, read from bytes without making strings.
enum NumberText: Equatable {
  case int(Int)
  case float(Double)

  /// Decimal digits with optional sign, fraction and exponent; `inf`, `infinity` and `nan` in any case. Blanks around
  /// are passed over. Nil for anything else. Whole numbers beyond 64 bits become floats.
  init?(_ text: UnsafeBufferPointer<UInt8>) {
    var text = text
    while let first = text.first, first == 0x20 || first == 0x09 { text = .init(rebasing: text.dropFirst()) }
    while let last = text.last, last == 0x20 || last == 0x09 { text = .init(rebasing: text.dropLast()) }
    var position = 0
    var isNegative = false
    if let first = text.first, first == 0x2B || first == 0x2D {
      isNegative = first == 0x2D
      position = 1
    }
    guard position < text.count else { return nil }
    guard isDigit(text[position]) || text[position] == 0x2E else {
      guard let value = Self.named(text[position...]) else { return nil }
      self = .float(isNegative ? -value : value)
      return
    }
    guard let decimal = Decimal(text, from: position) else { return nil }
    if decimal.isWhole, !decimal.isTruncated,
      let value = isNegative ? Int(exactly: 0 - Int128(decimal.digits)) : Int(exactly: decimal.digits)
    {
      self = .int(value)
    } else {
      let size = decimal.value ?? Double(String(decoding: text[position...], as: UTF8.self))
      guard let size else { return nil }
      self = .float(isNegative ? -size : size)
    }
  }

  private static func named(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> Double? {
    func equals(_ word: StaticString) -> Bool {
      text.count == word.utf8CodeUnitCount
        && zip(text, UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount))
          .allSatisfy { $0 | 0x20 == $1 }
    }
    if equals("nan") { return .nan }
    return equals("inf") || equals("infinity") ? .infinity : nil
  }

  /// As a float, whatever it was.
  var double: Double {
    switch self {
    case .int(let value): Double(value)
    case .float(let value): value
    }
  }
}

@inline(__always)
private func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

/// `digits × 10^exponent`, with the digits beyond 19 left out.
private struct Decimal {
  var digits: UInt64 = 0
  var exponent = 0
  var isTruncated = false
  /// Written without point and exponent.
  var isWhole = true

  /// Digits with optional fraction and exponent that reach to the end of the text.
  init?(_ text: UnsafeBufferPointer<UInt8>, from start: Int) {
    var position = start
    var significant = 0
    var sawDigit = false
    func take(_ byte: UInt8) {
      sawDigit = true
      if significant < 19 {
        digits = digits &* 10 &+ UInt64(byte &- 0x30)
        if digits > 0 { significant += 1 }
      } else {
        isTruncated = true
        exponent += 1
      }
    }
    while position < text.count, isDigit(text[position]) {
      take(text[position])
      position += 1
    }
    if position < text.count, text[position] == 0x2E {
      isWhole = false
      position += 1
      while position < text.count, isDigit(text[position]) {
        take(text[position])
        exponent -= 1
        position += 1
      }
    }
    guard sawDigit else { return nil }
    if position < text.count, text[position] | 0x20 == 0x65 {
      isWhole = false
      guard let power = Self.power(text, from: position + 1) else { return nil }
      exponent += power
      position = text.count
    }
    guard position == text.count else { return nil }
  }

  /// The exponent after `e`, cut to ±100,000: beyond that every number is 0 or infinite.
  private static func power(_ text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
    var position = start
    var isNegative = false
    if position < text.count, text[position] == 0x2B || text[position] == 0x2D {
      isNegative = text[position] == 0x2D
      position += 1
    }
    guard position < text.count else { return nil }
    var power = 0
    while position < text.count {
      guard isDigit(text[position]) else { return nil }
      power = min(power * 10 + Int(text[position] &- 0x30), 100_000)
      position += 1
    }
    return isNegative ? -power : power
  }

  /// The nearest double: by one division or product of doubles where both are exact (Clinger 1990), else from the exact
  /// 128-bit quotient or product where the power of ten fits in 64 bits. Nil elsewhere.
  var value: Double? {
    guard !isTruncated else { return nil }
    if digits == 0 { return 0 }
    if digits <= 1 << 53, abs(exponent) <= 22 {
      let number = Double(digits)
      return exponent < 0 ? number / powersOfTen[-exponent] : number * powersOfTen[exponent]
    }
    guard abs(exponent) < wholePowersOfTen.count else { return nil }
    return exponent < 0
      ? quotient(by: wholePowersOfTen[-exponent]) : product(with: wholePowersOfTen[exponent])
  }

  private func product(with power: UInt64) -> Double {
    let (high, low) = digits.multipliedFullWidth(by: power)
    return Self.rounded(UInt128(high) << 64 | UInt128(low), isExact: true, exponent: 0)
  }

  /// Digits are shifted to the top, so that the quotient has at least 63 bits, more than rounding needs.
  private func quotient(by power: UInt64) -> Double {
    let shift = digits.leadingZeroBitCount
    let (high, rest) = (digits << UInt64(shift)).quotientAndRemainder(dividingBy: power)
    let (low, remainder) = power.dividingFullWidth((rest, 0))
    return Self.rounded(
      UInt128(high) << 64 | UInt128(low), isExact: remainder == 0, exponent: -64 - shift)
  }

  /// `bits × 2^exponent`, or what lies just above it, rounded to nearest, ties to even: the top 55 bits, the last of
  /// which also stands for all that were cut off, convert with the one rounding that there is.
  private static func rounded(_ bits: UInt128, isExact: Bool, exponent: Int) -> Double {
    let cut = max(128 - bits.leadingZeroBitCount - 55, 0)
    var top = UInt64(truncatingIfNeeded: bits >> UInt128(cut))
    if !isExact || UInt128(top) << UInt128(cut) != bits { top |= 1 }
    return Double(sign: .plus, exponent: exponent + cut, significand: Double(top))
  }
}

private let wholePowersOfTen: [UInt64] = {
  var powers: [UInt64] = [1]
  for _ in 0..<19 { powers.append(powers[powers.count - 1] * 10) }
  return powers
}()

private let powersOfTen: [Double] = [
  1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18,
  1e19, 1e20, 1e21, 1e22,
]
