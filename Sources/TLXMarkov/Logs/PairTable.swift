/// Gives each distinct pair of 32-bit numbers a position, from 0 in the order of appearance.
struct PairTable {
  private(set) var keys: [UInt64] = []
  private var slots: [Int32] = [Int32](repeating: -1, count: 1024)

  var count: Int { keys.count }

  static func key(_ from: Int, _ to: UInt32) -> UInt64 { UInt64(UInt32(from)) << 32 | UInt64(to) }

  func from(_ position: Int) -> Int { Int(keys[position] >> 32) }
  func to(_ position: Int) -> UInt32 { UInt32(truncatingIfNeeded: keys[position]) }

  mutating func position(of key: UInt64) -> Int {
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: mixed(key)) & mask
    while slots[slot] >= 0 {
      let position = Int(slots[slot])
      if keys[position] == key { return position }
      slot = (slot + 1) & mask
    }
    slots[slot] = Int32(keys.count)
    keys.append(key)
    if 2 * keys.count > slots.count { grow() }
    return keys.count - 1
  }

  private mutating func grow() {
    slots = [Int32](repeating: -1, count: 4 * slots.count)
    let mask = slots.count - 1
    for (position, key) in keys.enumerated() {
      var slot = Int(truncatingIfNeeded: mixed(key)) & mask
      while slots[slot] >= 0 { slot = (slot + 1) & mask }
      slots[slot] = Int32(position)
    }
  }
}
