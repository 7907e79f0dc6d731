import Foundation
import Testing

@testable import TLXSource

/// Random bit patterns, and numbers as people write them.
private func numbers() -> [Double] {
  var state: UInt64 = 7
  func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state ^ (state >> 29)
  }
  var found: [Double] = [
    0.5, 0.125, 2.5, 9.9999996, 99_999.7, 999_999.5, 1e22, 1.7976931348623157e308, 1e-5, 0.1,
  ]
  for _ in 0..<3_000 { found.append(Double(bitPattern: next())) }
  for _ in 0..<3_000 { found.append(Double(Int64(bitPattern: next() >> 44)) / 1_000 - 500) }
  for _ in 0..<3_000 { found.append(Double(next() >> 11) / 9_007_199_254_740_992) }
  for _ in 0..<3_000 { found.append(Double(next() >> 48) / 32_000 * (next() % 2 == 0 ? 1 : 1e9)) }
  return found.filter { $0.isNormal }
}

@Suite struct DecimalDigitsTests {
  /// C rounds by the exact value; where these digits decide they decide the same.
  @Test(arguments: [1, 3, 6, 9, 15]) func roundsAsCDoes(_ count: Int) {
    var undecided = 0
    let all = numbers()
    for number in all {
      guard let decimal = DecimalDigits(number, count: count) else {
        undecided += 1
        continue
      }
      let text = String(format: "%.*e", count - 1, number)
      let parts = text.split(separator: "e")
      var mantissa = String(parts[0])
      if mantissa.contains(".") {
        while mantissa.hasSuffix("0") { mantissa.removeLast() }
        if mantissa.hasSuffix(".") { mantissa.removeLast() }
      }
      #expect(
        decimal.mantissa == mantissa && decimal.exponent == Int(parts[1]), "\(number) to \(count) digits")
      #expect(Double(decimal.positional) == Double("\(mantissa)e\(parts[1])"), "\(number) to \(count) digits")
    }
    #expect(undecided < all.count / 10)
  }

  @Test func thereIsNothingToRound() {
    for number in [0, -0.0, .nan, .infinity, .leastNonzeroMagnitude] {
      #expect(DecimalDigits(number, count: 6) == nil)
    }
    #expect(DecimalDigits(502.081, count: 17) == nil)
    // Half-way: to even where that is exact, else where the exact value lies.
    #expect(
      DecimalDigits(0.125, count: 2)?.positional == "0.12"
        && DecimalDigits(0.375, count: 2)?.positional == "0.38")
    #expect(
      DecimalDigits(2.675, count: 3)?.positional == "2.67"
        && DecimalDigits(1.005, count: 3)?.positional == "1")
    #expect(DecimalDigits(2.5e30, count: 1) == nil, "its power of ten is not exact")
    #expect(DecimalDigits(-1250, count: 3)?.positional == "-1250")
    #expect(DecimalDigits(0.00125, count: 3)?.positional == "0.00125")
  }
}
