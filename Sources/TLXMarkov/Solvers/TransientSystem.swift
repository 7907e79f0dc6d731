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
    (hasExit, canTrap) = Self.exits(matrix, components)
    groups = Self.separateGroups(matrix, components)
  }

  /// What of the blocks is left, and which lead to a block that never is.
  private static func exits(_ matrix: SparseMatrix, _ components: Components) -> ([Bool], [Bool]) {
    var hasExit = [Bool](repeating: false, count: components.count)
    var canTrap = [Bool](repeating: false, count: components.count)
    for part in (0..<components.count).reversed() {
      for state in components.members(part) {
        for position in matrix.positions(ofRow: Int(state)) where matrix.values[position] > 0 {
          let other = Int(components.component[Int(matrix.columns[position])])
          if other != part {
            hasExit[part] = true
            if other >= 0, canTrap[other] { canTrap[part] = true }
          }
        }
      }
      if !hasExit[part] { canTrap[part] = true }
    }
    return (hasExit, canTrap)
  }

  /// Blocks in the order in which they are solved, those that depend on each other in one group, about 20,000 states
  /// a group at least.
  private static func separateGroups(_ matrix: SparseMatrix, _ components: Components) -> [[Int32]] {
    var parent = (0..<components.count).map(Int32.init)
    func root(_ part: Int32) -> Int32 {
      var part = part
      while parent[Int(part)] != part {
        parent[Int(part)] = parent[Int(parent[Int(part)])]
        part = parent[Int(part)]
      }
      return part
    }
    for row in 0..<matrix.rowCount where components.component[row] >= 0 {
      for position in matrix.positions(ofRow: row) {
        let other = components.component[Int(matrix.columns[position])]
        guard other >= 0 else { continue }
        let (a, b) = (root(components.component[row]), root(other))
        if a != b { parent[Int(max(a, b))] = min(a, b) }
      }
    }
    return packed(components, roots: (0..<components.count).map { root(Int32($0)) })
  }

  private static func packed(_ components: Components, roots: [Int32]) -> [[Int32]] {
    var sizes = [Int](repeating: 0, count: roots.count)
    for part in roots.indices { sizes[Int(roots[part])] += components.members(part).count }
    // Small parts share a group: `target[root]` is its number.
    var target = [Int32](repeating: -1, count: roots.count)
    var (groupCount, filled) = (Int32(0), 0)
    for part in roots.indices where Int(roots[part]) == part {
      target[part] = groupCount
      filled += sizes[part]
      if filled >= 20_000 { (groupCount, filled) = (groupCount + 1, 0) }
    }
    var groups = [[Int32]](repeating: [], count: Int(groupCount) + 1)
    for part in roots.indices.reversed() { groups[Int(target[Int(roots[part])])].append(Int32(part)) }
    return groups
  }
}
