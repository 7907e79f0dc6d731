/// Finds what a misspelt name was probably meant to be.
public enum Spelling {
  /// The candidate nearest to `name` by edits (insertion, deletion, replacement, swap of neighbours), if it is
  /// near enough to be a slip: at most a third of the letters, case ignored. Ties go to the earlier candidate.
  public static func nearest<Names: Sequence>(to name: String, in candidates: Names) -> String?
  where Names.Element == String {
    let wanted = Array(name.lowercased().utf8)
    let limit = max(1, min(3, wanted.count / 3))
    var best: (name: String, distance: Int)?
    for candidate in candidates where candidate != name {
      let other = Array(candidate.lowercased().utf8)
      if abs(other.count - wanted.count) > limit { continue }
      let distance = editDistance(wanted, other)
      // One letter for another is no slip of a one-letter name.
      if distance > limit || distance >= max(wanted.count, other.count) { continue }
      if best.map({ distance < $0.distance }) ?? true { best = (candidate, distance) }
    }
    return best?.name
  }

  /// Optimal string alignment distance.
  static func editDistance(_ a: [UInt8], _ b: [UInt8]) -> Int {
    var beforeLast: [Int] = []
    var last = Array(0...b.count)
    for i in a.indices {
      var row = [i + 1]
      row.reserveCapacity(b.count + 1)
      for j in b.indices {
        var cost = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, beforeLast[j - 1] + 1) }
        row.append(cost)
      }
      beforeLast = last
      last = row
    }
    return last[b.count]
  }
}
