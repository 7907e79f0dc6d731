/// Lengths of time for people.
enum Duration {
  /// `1.25 s`, `30.1 ms`, `4.2 µs`
  static func text(_ seconds: Double) -> String {
    if seconds >= 120 { return "\(Int(seconds) / 60) min \(Int(seconds) % 60) s" }
    let (factor, unit) = seconds >= 1 ? (1.0, "s") : seconds >= 1e-3 ? (1e3, "ms") : (1e6, "µs")
    let scaled = seconds * factor
    let places = scaled >= 100 ? 1.0 : scaled >= 10 ? 10.0 : 100.0
    let rounded = (scaled * places).rounded() / places
    return rounded == rounded.rounded() ? "\(Int(rounded)) \(unit)" : "\(rounded) \(unit)"
  }
}
