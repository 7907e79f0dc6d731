import TLXMarkov
import TLXNumerics
import Testing

@Suite struct ChainTests {
  private func chain(_ rows: [[Double]], states: [String]? = nil) throws -> MarkovChain {
    let matrix = try SparseMatrix(
      dense: rows.flatMap { $0 }, rowCount: rows.count, columnCount: rows.first?.count ?? 0)
    return try MarkovChain(transitions: matrix, states: states)
  }

  @Test func rowsAreChecked() throws {
    #expect(throws: NumericsError.self) { try chain([[0.5, 0.4], [0, 1]]) }
    #expect(throws: NumericsError.self) { try chain([[1.5, -0.5], [0, 1]]) }
    #expect(throws: NumericsError.self) { try chain([[.nan, 1], [0, 1]]) }
    #expect(throws: NumericsError.self) { try chain([[0.5, 0.5]]) }
    #expect(throws: NumericsError.self) { try chain([[0.5, 0.5], [0, 1]], states: ["a", "a"]) }
    let rounded = try chain([[0.5, 0.5000001], [0, 1]])
    #expect(rounded.correction > 9e-8 && rounded.correction < 1.1e-7)
    #expect(rounded.probability(0, 0) + rounded.probability(0, 1) == 1)
  }

  @Test func componentsOfALongPathNeedNoStack() throws {
    let count = 1_000_000
    let rows = Array(0..<count)
    let columns = rows.map { min($0 + 1, count - 1) }
    let path = try SparseMatrix(
      rowCount: count, columnCount: count, rows: rows, columns: columns,
      values: [Double](repeating: 1, count: count))
    let structure = try MarkovChain(transitions: path).structure()
    #expect(structure.classCount == count)
    #expect(structure.closedClasses == [count - 1])
    #expect(structure.components.component[0] == 0)
  }
}
