import TLXLearning
import TLXMarkov
import TLXNumerics
import TLXRuntime

/// The columns of a table that make it a log.
struct LogTable {
  private let table: Table
  private let arguments: Arguments

  init(_ table: Table, _ arguments: Arguments) {
    self.table = table
    self.arguments = arguments
  }

  /// A column as texts; E0408 with the nearest name if there is none of that name.
  func texts(_ name: String) throws -> [String] {
    switch try Operations.field(of: .table(table), name) {
    case .list(let items):
      return items.map {
        switch $0 {
        case .string(let text): text
        case .null: ""
        default: Display.canonical($0)
        }
      }
    case .tensor(let tensor) where tensor.dtype == .bool:
      return try tensor.elements(of: Bool.self).map { $0 ? "success" : "failure" }
    case .tensor(let tensor) where tensor.dtype == .i64:
      return try tensor.elements(of: Int.self).map { String($0) }
    case let other: return try Operations.items(of: other).map { Display.canonical($0) }
    }
  }

  func identities(_ name: String) throws -> [LogIdentity] {
    if case .tensor(let tensor) = try Operations.field(of: .table(table), name), tensor.dtype == .i64 {
      return try tensor.elements(of: Int.self).map { .number($0) }
    }
    return try texts(name).map { .text($0) }
  }

  func numbers(_ name: String, _ parameter: String) throws -> [Double] {
    guard case .tensor(let tensor) = try Operations.field(of: .table(table), name), tensor.dtype != .bool
    else {
      throw arguments.failure(parameter, "E0405", "column \(name) holds no numbers")
    }
    return try tensor.doubles()
  }

  func flags(_ name: String) throws -> [Bool] {
    guard case .tensor(let tensor) = try Operations.field(of: .table(table), name), tensor.dtype == .bool
    else { throw Failure("E0405", "column \(name) must hold true and false") }
    return try tensor.elements(of: Bool.self)
  }

  /// The column that an option with a default names: nil if it is the default and is not there.
  func optionalColumn(_ parameter: String, default standard: String) throws -> String? {
    guard let name = try arguments.optionalString(parameter) else { return nil }
    return name == standard && table.column(name) == nil ? nil : name
  }
}
