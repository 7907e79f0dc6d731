import TLXNumerics

/// How a chain falls apart into classes of states that reach each other.
public struct ChainStructure: Sendable {
  /// Communicating classes in topological order: transitions between classes lead to later ones.
  public let components: Components
  /// Whether a class is never left (its states are recurrent).
  public let isClosed: [Bool]

  public var classCount: Int { components.count }
  public var closedClasses: [Int] { isClosed.indices.filter { isClosed[$0] } }

  public func isRecurrent(_ state: Int) -> Bool { isClosed[Int(components.component[state])] }

  init(_ matrix: SparseMatrix) throws {
    components = try Components(matrix)
    isClosed = Self.closed(components, matrix)
  }

  private static func closed(_ components: Components, _ matrix: SparseMatrix) -> [Bool] {
    var isClosed = [Bool](repeating: true, count: components.count)
    isClosed.withUnsafeMutableBufferPointer { isClosed in
      components.component.withUnsafeBufferPointer { component in
        matrix.withRows { rows in
          for row in component.indices {
            let own = component[row]
            guard isClosed[Int(own)] else { continue }
            for position in rows.positions(ofRow: row)
            where component[Int(rows.columns[position])] != own && rows.values[position] > 0 {
              isClosed[Int(own)] = false
              break
            }
          }
        }
      }
    }
    return isClosed
  }
}

extension MarkovChain {
  /// Its classes; computed once. O(states + transitions).
  public func structure() throws -> ChainStructure {
    if let known = structureCache.withLock({ $0 }) { return known }
    let structure = try ChainStructure(transitions)
    structureCache.withLock { $0 = structure }
    return structure
  }

  /// Whether every state reaches every other.
  public func isIrreducible() throws -> Bool { try structure().classCount == 1 }

  /// The states that are left for ever at some time.
  public func transientStates() throws -> [Int] {
    let structure = try structure()
    return (0..<stateCount).filter { !structure.isRecurrent($0) }
  }
}
