import TLXNumerics

/// One simulated customer: taste, speech and temper.
struct Customer {
  let number: Int
  /// What is asked for again and again.
  var favourites: [Int]
  /// Factor of the recognition errors.
  var speech: Double
  /// Factor of the chance to try again.
  var patience: Double
  /// The share of requests in the shortest form.
  var terseness: Double
  var hasScreen: Bool

  /// The customer of a number, the same in every log of the world.
  init(_ number: Int, world: LogWorld, cumulative: [Double]) {
    let stream = RandomStream(key: world.key.derived(from: [5, UInt64(number)]))
    self.number = number
    favourites = (0..<12).map { _ in stream.nextIndex(cumulative: cumulative) }
    speech = exponential(0.5 * stream.nextNormal() - 0.125)
    patience = exponential(0.2 * stream.nextNormal())
    terseness = stream.nextUniform()
    hasScreen = stream.nextUniform() < 0.35
  }
}
