#if canImport(Glibc)
  import Glibc
#endif

/// Numbers of pairs that agree, disagree and tie: Knight's algorithm (JASA 1966), one merge sort.
struct ConcordanceCounts {
  let count: Int
  private(set) var discordant = 0
  private(set) var tiesInX = Ties()
  private(set) var tiesInY = Ties()
  private(set) var tiesInBoth = Ties()

  /// Sums over groups of t equal values.
  struct Ties {
    /// Σ t(t−1)/2
    var pairs = 0.0
    /// Σ t(t−1)(t−2)
    var triples = 0.0
    /// Σ t(t−1)(2t+5)
    var variance = 0.0

    mutating func add(_ size: Int) {
      let t = Double(size)
      pairs += t * (t - 1) / 2
      triples += t * (t - 1) * (t - 2)
      variance += t * (t - 1) * (2 * t + 5)
    }
  }

  init(_ x: [Double], _ y: [Double]) {
    count = x.count
    let order = x.indices.sorted { x[$0] != x[$1] ? x[$0] < x[$1] : y[$0] < y[$1] }
    tiesInX = Self.ties(count) { x[order[$0]] == x[order[$1]] }
    tiesInBoth = Self.ties(count) { x[order[$0]] == x[order[$1]] && y[order[$0]] == y[order[$1]] }
    var sorted = order.map { y[$0] }
    var scratch = sorted
    discordant = Self.countInversions(&sorted, &scratch, 0..<sorted.count)
    tiesInY = Self.ties(count) { sorted[$0] == sorted[$1] }
  }

  private static func ties(_ count: Int, _ equal: (Int, Int) -> Bool) -> Ties {
    var ties = Ties()
    var start = 0
    for end in 1...Swift.max(count, 1) where end == count || !equal(start, end) {
      ties.add(end - start)
      start = end
    }
    return ties
  }

  private static func countInversions(
    _ values: inout [Double], _ scratch: inout [Double], _ range: Range<Int>
  ) -> Int {
    if range.count < 2 { return 0 }
    let middle = range.lowerBound + range.count / 2
    var inversions = countInversions(&values, &scratch, range.lowerBound..<middle)
    inversions += countInversions(&values, &scratch, middle..<range.upperBound)
    var (left, right) = (range.lowerBound, middle)
    for place in range {
      if left < middle && (right == range.upperBound || values[left] <= values[right]) {
        scratch[place] = values[left]
        left += 1
      } else {
        inversions += middle - left
        scratch[place] = values[right]
        right += 1
      }
    }
    for place in range { values[place] = scratch[place] }
    return inversions
  }

  private var pairs: Double { Double(count) * Double(count - 1) / 2 }
  private var balance: Double {
    pairs - tiesInX.pairs - tiesInY.pairs + tiesInBoth.pairs - 2 * Double(discordant)
  }

  var tauB: Double {
    let scale = (pairs - tiesInX.pairs).squareRoot() * (pairs - tiesInY.pairs).squareRoot()
    return scale > 0 ? Swift.max(-1, Swift.min(1, balance / scale)) : .nan
  }

  /// Two-sided, of independence.
  var p: Double {
    if tiesInX.pairs == 0 && tiesInY.pairs == 0 && count <= 33 { return exactP }
    let n = Double(count)
    let m = n * (n - 1)
    var variance = (m * (2 * n + 5) - tiesInX.variance - tiesInY.variance) / 18
    variance += 2 * tiesInX.pairs * tiesInY.pairs / m
    if count > 2 { variance += tiesInX.triples * tiesInY.triples / (9 * m * (n - 2)) }
    return erfc(abs(balance) / (2 * variance).squareRoot())
  }

  /// From the numbers of permutations with a given number of inversions.
  private var exactP: Double {
    let total = count * (count - 1) / 2
    let fewest = Swift.min(discordant, total - discordant)
    if 2 * fewest == total { return 1 }
    var shares = [1.0] + [Double](repeating: 0, count: fewest)
    for size in 2...Swift.max(count, 2) {
      var next = [Double](repeating: 0, count: fewest + 1)
      for inversions in 0...fewest {
        for step in 0...Swift.min(size - 1, inversions) { next[inversions] += shares[inversions - step] }
      }
      shares = next.map { $0 / Double(size) }
    }
    return Swift.min(1, 2 * shares.reduce(0, +))
  }
}

/// τ with additive hyperbolic weights, ranked by x (then y), largest first. NaN where a sample is constant.
func weightedTau(_ x: [Double], _ y: [Double]) -> Double {
  let count = x.count
  let order = x.indices.sorted {
    if x[$0] != x[$1] { return x[$0] < x[$1] }
    return y[$0] != y[$1] ? y[$0] < y[$1] : $0 < $1
  }
  // `order` ascends, so its last has rank 0.
  var entries = order.enumerated().map { place, index in
    WeightedEntry(x: x[index], y: y[index], weight: 1 / Double(count - place))
  }
  let both = tiedWeight(entries) { $0.x == $1.x && $0.y == $1.y }
  let inX = tiedWeight(entries) { $0.x == $1.x }
  var scratch = entries
  let exchanged = weighExchanges(&entries, &scratch, 0..<count)
  let inY = tiedWeight(entries) { $0.y == $1.y }
  let total = entries.reduce(0) { $0 + $1.weight } * Double(count - 1)
  let scale = (total - inX).squareRoot() * (total - inY).squareRoot()
  guard let first = entries.first, let last = entries.last, first.y != last.y,
    x[order[0]] != x[order[count - 1]]
  else { return .nan }
  return Swift.max(-1, Swift.min(1, (total - (inX + inY - both) - 2 * exchanged) / scale))
}

private struct WeightedEntry {
  var x: Double
  var y: Double
  var weight: Double
}

/// Σ over groups of equal entries of the weights of their pairs: each entry's weight counts once a partner.
private func tiedWeight(_ entries: [WeightedEntry], _ equal: (WeightedEntry, WeightedEntry) -> Bool) -> Double
{
  var total = 0.0
  var sum = 0.0
  var start = 0
  for (index, entry) in entries.enumerated() {
    if !equal(entries[start], entry) {
      total += sum * Double(index - start - 1)
      sum = 0
      start = index
    }
    sum += entry.weight
  }
  return total + sum * Double(entries.count - start - 1)
}

/// Sorts by y and gives the weights of the pairs that changed their order.
private func weighExchanges(
  _ entries: inout [WeightedEntry], _ scratch: inout [WeightedEntry], _ range: Range<Int>
) -> Double {
  if range.count < 2 { return 0 }
  let middle = range.lowerBound + range.count / 2
  var exchanged = weighExchanges(&entries, &scratch, range.lowerBound..<middle)
  exchanged += weighExchanges(&entries, &scratch, middle..<range.upperBound)
  var remaining = entries[range.lowerBound..<middle].reduce(0) { $0 + $1.weight }
  var (left, right) = (range.lowerBound, middle)
  for place in range {
    if left < middle && (right == range.upperBound || entries[left].y <= entries[right].y) {
      scratch[place] = entries[left]
      remaining -= entries[left].weight
      left += 1
    } else {
      exchanged += remaining + entries[right].weight * Double(middle - left)
      scratch[place] = entries[right]
      right += 1
    }
  }
  for place in range { entries[place] = scratch[place] }
  return exchanged
}
