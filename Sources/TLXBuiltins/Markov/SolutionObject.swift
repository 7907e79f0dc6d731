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
  let lines: [String]

  init(_ kindName: String, lines: [String], _ fields: [Field]) {
    self.kindName = kindName
    self.lines = lines
    self.fields = fields
  }

  var fieldNames: [String] { fields.map(\.name) }
  func field(_ name: String) throws -> Value? { try fields.first { $0.name == name }?.value() }
  func summary(width: Int) -> String { lines.joined(separator: "\n") }
}
