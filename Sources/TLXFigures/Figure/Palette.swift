/// Colours that people with any colour vision tell apart (Okabe and Ito 2008), for series; and a ramp of even lightness
/// for magnitudes.
enum Palette {
  struct Color: Sendable, Hashable {
    var red: Int
    var green: Int
    var blue: Int

    var hex: String {
      "#" + [red, green, blue].map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// Whether dark text reads better on it (WCAG relative luminance).
    var isLight: Bool { 0.2126 * Double(red) + 0.7152 * Double(green) + 0.0722 * Double(blue) > 140 }
  }

  static let series: [Color] = [
    Color(red: 0, green: 114, blue: 178), Color(red: 213, green: 94, blue: 0),
    Color(red: 0, green: 158, blue: 115), Color(red: 204, green: 121, blue: 167),
    Color(red: 230, green: 159, blue: 0), Color(red: 86, green: 180, blue: 233),
    Color(red: 120, green: 120, blue: 120),
  ]

  /// The same on dark paper.
  static let lightSeries: [Color] = [
    Color(red: 72, green: 167, blue: 230), Color(red: 243, green: 142, blue: 64),
    Color(red: 55, green: 202, blue: 155), Color(red: 229, green: 158, blue: 198),
    Color(red: 243, green: 186, blue: 58), Color(red: 134, green: 207, blue: 246),
    Color(red: 166, green: 166, blue: 166),
  ]

  static func color(of index: Int) -> Color { series[index % series.count] }

  /// White through blue to near black, for a share of 0…1.
  static func ramp(_ share: Double) -> Color {
    let stops: [(Double, Color)] = [
      (0, Color(red: 247, green: 251, blue: 255)), (0.25, Color(red: 198, green: 219, blue: 239)),
      (0.5, Color(red: 107, green: 174, blue: 214)), (0.75, Color(red: 33, green: 113, blue: 181)),
      (1, Color(red: 8, green: 48, blue: 107)),
    ]
    let clamped = share.isFinite ? min(max(share, 0), 1) : 0
    guard let upper = stops.firstIndex(where: { $0.0 >= clamped }), upper > 0 else { return stops[0].1 }
    let (start, low) = stops[upper - 1]
    let (end, high) = stops[upper]
    let t = (clamped - start) / (end - start)
    func mix(_ a: Int, _ b: Int) -> Int { Int((Double(a) + t * Double(b - a)).rounded()) }
    return Color(
      red: mix(low.red, high.red), green: mix(low.green, high.green), blue: mix(low.blue, high.blue))
  }
}
