import TLXMarkov
import TLXNumerics
import TLXRuntime

/// A sparse matrix as a value of the language: `@`, `.T`, `+`, `-`, `*` by a number, sums, and a chain's transitions.
final class SparseObject: LanguageObject {
  let matrix: SparseMatrix

  init(_ matrix: SparseMatrix) { self.matrix = matrix }

  var kindName: String { "sparse matrix" }
  var fieldNames: [String] { ["shape", "T", "nnz", "dense", "entries", "size", "ndim"] }

  func field(_ name: String) throws -> Value? {
    switch name {
    case "shape": return .list([.int(matrix.rowCount), .int(matrix.columnCount)])
    case "T": return .object(SparseObject(matrix.transposed()))
    case "nnz": return .int(matrix.entryCount)
    case "dense": return .tensor(try dense())
    case "entries": return .table(try entries())
    case "size": return .int(matrix.rowCount * matrix.columnCount)
    case "ndim": return .int(2)
    default: return nil
    }
  }

  private func dense() throws -> Tensor {
    // Asked for first, so that what cannot fit is an error.
    _ = try Storage(shape: [matrix.rowCount, matrix.columnCount], dtype: .f64)
    return try Tensor(matrix.dense()).reshape([matrix.rowCount, matrix.columnCount])
  }

  private func entries() throws -> Table {
    var rows: [Int] = []
    for row in 0..<matrix.rowCount { for _ in matrix.positions(ofRow: row) { rows.append(row) } }
    return Table(
      names: ["row", "column", "value"],
      columns: [
        .tensor(try Tensor(rows)), .tensor(try Tensor(matrix.columns.map(Int.init))),
        .tensor(try Tensor(matrix.values)),
      ], rowCount: matrix.entryCount)
  }

  /// `s[i, j]` is a number, a single row or column a vector, other parts sparse matrices.
  func part(at subscripts: [SubscriptValue]) throws -> Value? {
    guard subscripts.count <= 2 else {
      throw Failure("E0412", "a sparse matrix takes one or two indices, not \(subscripts.count)")
    }
    let rows = try Operations.chosen(
      subscripts[0], length: matrix.rowCount, of: "the rows of a sparse matrix")
    let columns =
      subscripts.count == 1
      ? (positions: Array(0..<matrix.columnCount), isSingle: false)
      : try Operations.chosen(
        subscripts[1], length: matrix.columnCount, of: "the columns of a sparse matrix")
    if rows.isSingle && columns.isSingle {
      return .float(matrix.value(rows.positions[0], columns.positions[0]))
    }
    let part = try matrix.picking(rows: rows.positions, columns: columns.positions)
    return rows.isSingle || columns.isSingle
      ? .tensor(try Tensor(part.dense())) : .object(SparseObject(part))
  }

  func combine(_ operation: String, with other: Value, reversed: Bool) throws -> Value? {
    switch (operation, other) {
    case ("@", .object(let other as SparseObject)):
      return .object(SparseObject(try matrix.times(other.matrix)))
    case ("@", _): return try product(other, reversed: reversed)
    case ("+", .object(let other as SparseObject)):
      return .object(SparseObject(try matrix.adding(other.matrix)))
    case ("-", .object(let other as SparseObject)):
      return .object(SparseObject(try matrix.adding(other.matrix, times: -1)))
    case ("*", _):
      guard let factor = other.number else { return nil }
      return .object(SparseObject(matrix.scaled(by: factor)))
    case ("/", _):
      guard !reversed, let divisor = other.number else { return nil }
      return .object(SparseObject(matrix.replacing(values: matrix.values.map { $0 / divisor })))
    default: return nil
    }
  }

  /// A x, A B, x A or B A with a dense factor.
  private func product(_ other: Value, reversed: Bool) throws -> Value? {
    guard let factor = other.tensorOperand, factor.rank == 1 || factor.rank == 2 else { return nil }
    let inner = reversed ? matrix.rowCount : matrix.columnCount
    let size = reversed ? factor.shape[factor.rank - 1] : factor.shape[0]
    guard size == inner else {
      let own = "\(matrix.rowCount)×\(matrix.columnCount)"
      throw Failure(
        "E0401",
        "cannot multiply a sparse matrix of \(own) and \(factor.typeDescription)\(reversed ? " from the left" : "")"
      )
    }
    let values = try factor.doubles()
    if factor.rank == 1 {
      return .tensor(try Tensor(reversed ? matrix.times(row: values) : matrix.times(values)))
    }
    if reversed {
      // (Aᵀ Bᵀ)ᵀ
      let turned = try factor.transpose().doubles()
      let result = try matrix.transposed().times(dense: turned, width: factor.shape[0])
      return .tensor(try Tensor(result).reshape([matrix.columnCount, factor.shape[0]]).transpose())
    }
    let result = try matrix.times(dense: values, width: factor.shape[1])
    return .tensor(try Tensor(result).reshape([matrix.rowCount, factor.shape[1]]))
  }

  func equals(_ other: any LanguageObject) -> Bool {
    guard let other = other as? SparseObject else { return false }
    return matrix.rowStarts == other.matrix.rowStarts && matrix.columns == other.matrix.columns
      && matrix.values == other.matrix.values && matrix.columnCount == other.matrix.columnCount
  }

  func summary(width: Int) -> String {
    let size = "sparse matrix \(grouped(matrix.rowCount))×\(grouped(matrix.columnCount))"
    return "\(size), \(grouped(matrix.entryCount)) \(matrix.entryCount == 1 ? "entry" : "entries")"
  }
}
