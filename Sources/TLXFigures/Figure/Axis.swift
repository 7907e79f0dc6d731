import TLXSource

#if canImport(Glibc)
  import Glibc
#endif

/// How numbers become places along one side of a chart.
public struct Axis: Sendable {
  public var isLogarithmic: Bool

  public init(isLogarithmic: Bool = false) { self.isLogarithmic = isLogarithmic }

  /// The scale that holds all of `values` with a small margin and round ends.
  func scale(over values: [Double], tickCount: Int, margin: Double = 0.04) -> Scale {
    let usable = isLogarithmic ? values.filter { $0 > 0 } : values
    let mapped = usable.map { isLogarithmic ? log10($0) : $0 }
    var range = spread(of: mapped)
    let width = range.upperBound - range.lowerBound
    range = (range.lowerBound - margin * width)...(range.upperBound + margin * width)
    return Scale(range: range, isLogarithmic: isLogarithmic, tickCount: tickCount)
  }
}

/// The finite values' range, widened where it is empty or a point.
func spread(of values: [Double]) -> ClosedRange<Double> {
  var low = Double.infinity
  var high = -Double.infinity
  for value in values where value.isFinite {
    low = min(low, value)
    high = max(high, value)
  }
  guard low <= high else { return 0...1 }
  guard low < high else {
    let pad = low == 0 ? 1 : abs(low) * 0.1
    return (low - pad)...(high + pad)
  }
  return low...high
}

/// A numeric range with its ticks, mapped to 0…1.
struct Scale {
  let range: ClosedRange<Double>
  let isLogarithmic: Bool
  /// Positions on the scale (after the logarithm) with their texts.
  let ticks: [(position: Double, text: String)]

  init(range: ClosedRange<Double>, isLogarithmic: Bool, tickCount: Int) {
    self.range = range
    self.isLogarithmic = isLogarithmic
    if isLogarithmic && range.upperBound - range.lowerBound >= 1 {
      let decades =
        Int(
          range.lowerBound.rounded(.up))...max(
          Int(range.lowerBound.rounded(.up)), Int(range.upperBound.rounded(.down)))
      let step = max(1, (decades.count + tickCount - 1) / max(tickCount, 1))
      let powers = stride(from: decades.lowerBound, through: decades.upperBound, by: step).map(Double.init)
      // Between few decades stand 2 and 5 as well.
      let factors: [Double] = decades.count <= 2 ? [1, 2, 5] : [1]
      let places = ([powers[0] - 1] + powers).flatMap { power in factors.map { power + log10($0) } }
      let shown = places.filter(range.contains)
      // Powers as such, once one of them would be a row of zeros.
      let isLong = shown.contains { $0 > 5.5 || $0 < -3.5 }
      ticks = shown.map { place in
        let value = pow(10, place)
        return (place, isLong ? powerText(place) : tickText(value, step: pow(10, place.rounded(.down))))
      }
    } else {
      let (values, step) = niceTicks(range, count: tickCount)
      let largest = values.map(abs).max() ?? 0
      ticks = values.map { value in
        (
          value,
          isLogarithmic ? tickText(pow(10, value), step: 0) : tickText(value, step: step, largest: largest)
        )
      }
    }
  }

  /// Where thin lines between the ticks of a logarithmic scale go: 2, 3, … 9 times each power of ten.
  var minorPositions: [Double] {
    guard isLogarithmic, range.upperBound - range.lowerBound >= 1, range.upperBound - range.lowerBound <= 6
    else { return [] }
    let first = Int(range.lowerBound.rounded(.down))
    let last = Int(range.upperBound.rounded(.up))
    return (first...last).flatMap { power in (2...9).map { Double(power) + log10(Double($0)) } }.filter(
      range.contains)
  }

  /// 0 at the lower end, 1 at the upper; nil for what the scale cannot show.
  func position(_ value: Double) -> Double? {
    guard value.isFinite, !isLogarithmic || value > 0 else { return nil }
    let mapped = isLogarithmic ? log10(value) : value
    return fraction(mapped)
  }

  func fraction(_ mapped: Double) -> Double {
    (mapped - range.lowerBound) / (range.upperBound - range.lowerBound)
  }
}

/// About `count` round numbers inside a range, in steps of 1, 2, 2.5 or 5 times a power of ten.
func niceTicks(_ range: ClosedRange<Double>, count: Int) -> (values: [Double], step: Double) {
  let width = range.upperBound - range.lowerBound
  guard width > 0, width.isFinite, count > 0 else { return ([range.lowerBound], 1) }
  let rough = width / Double(count)
  let magnitude = pow(10, log10(rough).rounded(.down))
  let step = [1, 2, 2.5, 5, 10].map { $0 * magnitude }.first { $0 >= rough * 0.999 } ?? 10 * magnitude
  let first = (range.lowerBound / step).rounded(.up)
  let last = (range.upperBound / step).rounded(.down)
  guard last >= first else { return ([range.lowerBound], step) }
  return (stride(from: first, through: last, by: 1).map { $0 * step + 0 }, step)
}

/// `10⁶`, `2·10⁶` for the logarithm of a tick.
private func powerText(_ place: Double) -> String {
  let exponent = Int((place + 1e-9).rounded(.down))
  let factor = Int(pow(10, place - Double(exponent)).rounded())
  let digits: [Character] = ["⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"]
  let text = String(abs(exponent)).compactMap(\.wholeNumberValue).map { String(digits[$0]) }.joined()
  return (factor == 1 ? "" : "\(factor)·") + "10" + (exponent < 0 ? "⁻" : "") + text
}

/// A tick's text with as many decimals as its step needs.
/// - Parameter largest: The size of the largest tick, so that all of an axis are written alike.
func tickText(_ value: Double, step: Double, largest: Double = 0) -> String {
  let size = max(abs(value), abs(step), largest)
  if value == 0 { return "0" }
  if size >= 1e7 || size < 1e-4 {
    // As many digits as keep neighbours apart.
    let digits = step > 0 ? min(12, max(3, Int(log10(size / step).rounded(.up)) + 1)) : 3
    let text = compactText(value, digits: digits)
    return text.replacing("e+0", with: "e").replacing("e+", with: "e").replacing("e-0", with: "e-")
  }
  guard step > 0 else { return compactText(value, digits: 3) }
  var decimals = 0
  var scaled = step
  while decimals < 8 && abs(scaled - scaled.rounded()) > 1e-9 * max(1, abs(scaled)) {
    scaled *= 10
    decimals += 1
  }
  return fixedText(value, decimals: decimals)
}

/// Up to `digits` significant digits, without trailing zeros.
func compactText(_ value: Double, digits: Int) -> String {
  if let decimal = DecimalDigits(value, count: digits), decimal.exponent >= -4, decimal.exponent < digits {
    return decimal.positional
  }
  return formatted("%.\(digits)g", value)
}

func fixedText(_ value: Double, decimals: Int) -> String {
  let text = formatted("%.\(decimals)f", value)
  return text.contains { $0 >= "1" && $0 <= "9" } ? text : text.replacingMinus()
}

extension String {
  /// `-0.00` reads as `0.00`.
  fileprivate func replacingMinus() -> String { hasPrefix("-") ? String(dropFirst()) : self }
}

private func formatted(_ format: String, _ value: Double) -> String {
  var buffer = [CChar](repeating: 0, count: 64)
  let length = withVaList([value]) { vsnprintf(&buffer, buffer.count, format, $0) }
  return String(decoding: buffer.prefix(max(0, Int(length))).map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
