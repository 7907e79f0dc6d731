/// How alike two requests look or sound, from 0 to 1.
public enum PhraseSimilarity {
  /// The greatest of: shared words (Jaccard), 1 − edit distance / length, and the same of how they sound.
  public static func similarity(_ a: String, _ b: String) -> Double {
    if a == b { return 1 }
    let edited = likeness(Array(a.utf8), Array(b.utf8))
    let sounds = likeness(sound(a), sound(b))
    return max(words(a, b), edited, sounds)
  }

  /// Words in common, of all words.
  static func words(_ a: String, _ b: String) -> Double {
    let (x, y) = (Set(a.split(separator: " ")), Set(b.split(separator: " ")))
    let all = x.union(y).count
    return all == 0 ? 0 : Double(x.intersection(y).count) / Double(all)
  }

  private static func likeness(_ a: [UInt8], _ b: [UInt8]) -> Double {
    let length = max(a.count, b.count)
    return length == 0 ? 0 : 1 - Double(editDistance(a, b)) / Double(length)
  }

  /// Insertions, deletions and substitutions (Levenshtein 1966). O(|a| |b|).
  static func editDistance(_ a: [UInt8], _ b: [UInt8]) -> Int {
    var row = Array(0...b.count)
    for (i, x) in a.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, y) in b.enumerated() {
        let substituted = diagonal + (x == y ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(substituted, row[j] + 1, diagonal + 1)
      }
    }
    return row[b.count]
  }

  /// The consonants by the classes of Soundex, without the spaces, which recognition puts where it likes: “maj and
  /// dragons” sounds like “imagine dragons”.
  static func sound(_ text: String) -> [UInt8] {
    var code: [UInt8] = []
    for byte in text.lowercased().utf8 {
      let group: UInt8
      switch byte {
      case UInt8(ascii: "b"), UInt8(ascii: "f"), UInt8(ascii: "p"), UInt8(ascii: "v"): group = 1
      case UInt8(ascii: "c"), UInt8(ascii: "g"), UInt8(ascii: "j"), UInt8(ascii: "k"), UInt8(ascii: "q"),
        UInt8(ascii: "s"), UInt8(ascii: "x"), UInt8(ascii: "z"):
        group = 2
      case UInt8(ascii: "d"), UInt8(ascii: "t"): group = 3
      case UInt8(ascii: "l"): group = 4
      case UInt8(ascii: "m"), UInt8(ascii: "n"): group = 5
      case UInt8(ascii: "r"): group = 6
      default: continue
      }
      if code.last != group { code.append(group) }
    }
    return code
  }
}
