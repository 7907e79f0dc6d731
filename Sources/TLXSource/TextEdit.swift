/// What two versions of a text have in common at their ends.
public struct TextEdit {
  /// Equal bytes at the start.
  public let prefix: Int
  /// Where the equal bytes at the end begin in the new text.
  public let unchangedEnd: Int
  /// How much longer the new text is.
  public let growth: Int
  private let newCount: Int

  public init(from old: [UInt8], to new: [UInt8]) {
    newCount = new.count
    growth = new.count - old.count
    let shorter = min(old.count, new.count)
    var prefix = 0
    var suffix = 0
    old.withUnsafeBufferPointer { old in
      new.withUnsafeBufferPointer { new in
        while prefix < shorter, old[prefix] == new[prefix] { prefix += 1 }
        while suffix < shorter - prefix, old[old.count - 1 - suffix] == new[new.count - 1 - suffix] {
          suffix += 1
        }
      }
    }
    self.prefix = prefix
    unchangedEnd = new.count - suffix
  }

  public var isEmpty: Bool { growth == 0 && prefix == newCount }
}
