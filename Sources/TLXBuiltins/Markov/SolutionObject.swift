import TLXNumerics
import TLXRuntime

/// What a solver found: named results that are made when they are asked for, so that a chain of a million states does
/// not pay for labels that nobody reads.
final class SolutionObject: LanguageObject {
  struct Field {
    var name: String
    var value: () throws -> Value
  }

  let kindName: String
  private let fields: [Field]
  private let makeLines: () -> [String]
  /// What it shows.
  var lines: [String] { makeLines() }

  /// - Parameter lines: What it shows, made when it is shown.
  init(_ kindName: String, lines: @escaping @autoclosure () -> [String], _ fields: [Field]) {
    self.kindName = kindName
    makeLines = lines
    self.fields = fields
  }

  var fieldNames: [String] { fields.map(\.name) }
  func field(_ name: String) throws -> Value? { try fields.first { $0.name == name }?.value() }
  func summary(width: Int) -> String { lines.joined(separator: "\n") }
}
