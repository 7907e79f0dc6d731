/// Finds what a misspelt name was probably meant to be.
public enum Spelling {
  /// The candidate that was probably meant, or nil if none is close: equal but for case and underscores, or
  /// within an edit distance (Damerau–Levenshtein, adjacent transpositions counting one) that grows with the
  /// length, or the only one that continues the name. Cost: the product of the lengths, a candidate.
  public static func nearest(to name: String, in candidates: some Sequence<String>) -> String? {
    let target = folded(name)
    guard !target.isEmpty else { return nil }
    let cutoff = target.count <= 2 ? 0 : target.count <= 4 ? 1 : target.count <= 8 ? 2 : 3
    var best: (name: String, distance: Int, otherStart: Int, lengthGap: Int)?
    var continuation: String?
    var continuations = 0
    for candidate in candidates where candidate != name {
      let other = folded(candidate)
      if target.count >= 3, other.starts(with: target) {
        continuations += 1
        if continuation == nil || candidate < (continuation ?? "") { continuation = candidate }
      }
      let gap = abs(other.count - target.count)
      guard gap <= cutoff else { continue }
      // A short candidate must not be rewritten altogether.
      let distance = editDistance(target, other, limit: min(cutoff, max(other.count - 1, 0)))
      guard let distance else { continue }
      // Few people miss the first letter.
      let otherStart = other.first == target.first ? 0 : 1
      if let found = best,
        (found.distance, found.otherStart, found.lengthGap, found.name) <= (
          distance, otherStart, gap, candidate
        )
      {
        continue
      }
      best = (candidate, distance, otherStart, gap)
    }
    if let best, best.distance <= 1 || continuations != 1 { return best.name }
    return continuations == 1 ? continuation : best?.name
  }

  /// Whether two words begin alike and differ by one letter that is wrong, missing, too much or in the wrong order.
  public static func isOneSlip(_ a: String, _ b: String) -> Bool {
    let (a, b) = (folded(a), folded(b))
    guard a.first == b.first, abs(a.count - b.count) <= 1 else { return false }
    return editDistance(a, b, limit: 1) != nil
  }

  /// Lowercase letters and digits only, as bytes.
  private static func folded(_ name: String) -> [UInt8] {
    name.utf8.compactMap { byte in
      byte == UInt8(ascii: "_") ? nil : byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte
    }
  }

  /// The optimal-string-alignment distance, or nil beyond the limit.
  private static func editDistance(_ a: [UInt8], _ b: [UInt8], limit: Int) -> Int? {
    var beforeLast: [Int] = []
    var last = Array(0...b.count)
    for i in a.indices {
      var row = [i + 1]
      for j in b.indices {
        var cost = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, beforeLast[j - 1] + 1) }
        row.append(cost)
      }
      (beforeLast, last) = (last, row)
    }
    return last[b.count] <= limit ? last[b.count] : nil
  }
}
