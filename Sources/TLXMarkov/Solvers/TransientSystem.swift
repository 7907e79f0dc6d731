import TLXNumerics

/// The equations x = g + P x on the states where a walk goes on, with x given on those where it has stopped: what
/// hitting probabilities, times, absorption and visits all solve.
///
/// The states that go on fall into strongly connected blocks in topological order; each is solved after all that it
/// leads to: alone if it is one state, by subtraction-free elimination up to `eliminationLimit` states, by
/// `BlockIteration` beyond. Parts of the chain that do not touch each other run in parallel.
public final class TransientSystem: Sendable {
  public let matrix: SparseMatrix
  /// Where a walk has stopped.
  public let isStopped: [Bool]
  let components: Components
  /// Whether something leads out of a block.
  let hasExit: [Bool]
  /// Whether a walk in a block can end in a block without exit, and so never stop.
  let canTrap: [Bool]
  let groups: [[Int32]]

  /// Blocks up to this size are always eliminated, whatever that costs: full relative accuracy of every entry.
  public static let exactLimit = 400
  /// Blocks up to this size are eliminated where the iteration is slow to converge.
  public static let eliminationLimit = 2500

  public convenience init(_ matrix: SparseMatrix, isStopped: [Bool]) throws {
    try self.init(matrix, isStopped: isStopped, components: Components(matrix) { !isStopped[$0] })
  }

  /// With the components of the states that go on, where they are known.
  init(_ matrix: SparseMatrix, isStopped: [Bool], components: Components) throws {
    self.matrix = matrix
    self.isStopped = isStopped
    self.components = components
    (hasExit, canTrap, groups) = Self.order(matrix, components)
  }

  /// What of the blocks is left, which lead to one that never is, and the blocks in the order in which they are solved:
  /// those that depend on each other in one group, about 20,000 states a group at least.
  private static func order(_ matrix: SparseMatrix, _ components: Components) -> ([Bool], [Bool], [[Int32]]) {
    let count = components.count
    var hasExit = [Bool](repeating: false, count: count)
    var canTrap = [Bool](repeating: false, count: count)
    var union = PartUnion(count)
    components.component.withUnsafeBufferPointer { component in
      components.states.withUnsafeBufferPointer { states in
        matrix.withRows { rows in
          for part in (0..<count).reversed() {
            var (leaves, traps) = (false, false)
            for member in components.starts[part]..<components.starts[part + 1] {
              for position in rows.positions(ofRow: Int(states[member])) {
                let other = Int(component[Int(rows.columns[position])])
                guard other != part, rows.values[position] > 0 else { continue }
                leaves = true
                guard other >= 0 else { continue }
                if canTrap[other] { traps = true }
                union.join(part, other)
              }
            }
            hasExit[part] = leaves
            canTrap[part] = traps || !leaves
          }
        }
      }
    }
    return (hasExit, canTrap, packed(components, &union))
  }

  private static func packed(_ components: Components, _ union: inout PartUnion) -> [[Int32]] {
    let count = components.count
    var sizes = [Int](repeating: 0, count: count)
    for part in 0..<count {
      sizes[union.root(part)] += components.starts[part + 1] - components.starts[part]
    }
    // Small parts share a group: `target[root]` is its number.
    var target = [Int32](repeating: -1, count: count)
    var (groupCount, filled) = (Int32(0), 0)
    for part in 0..<count where union.root(part) == part {
      target[part] = groupCount
      filled += sizes[part]
      if filled >= 20_000 { (groupCount, filled) = (groupCount + 1, 0) }
    }
    var groups = [[Int32]](repeating: [], count: Int(groupCount) + 1)
    for part in (0..<count).reversed() { groups[Int(target[union.root(part)])].append(Int32(part)) }
    return groups
  }
}

/// Which parts of a chain touch each other, directly or over others.
private struct PartUnion {
  private var parent: [Int32]

  init(_ count: Int) { parent = (0..<count).map(Int32.init) }

  mutating func root(_ part: Int) -> Int {
    var part = part
    while Int(parent[part]) != part {
      parent[part] = parent[Int(parent[part])]
      part = Int(parent[part])
    }
    return part
  }

  mutating func join(_ a: Int, _ b: Int) {
    let (a, b) = (root(a), root(b))
    if a != b { parent[max(a, b)] = Int32(truncatingIfNeeded: min(a, b)) }
  }
}
