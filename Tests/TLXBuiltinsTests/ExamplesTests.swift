import Foundation
import TLXRuntime
import TLXSource
import TLXSyntax
import Testing

@testable import TLXBuiltins

/// Every built-in's entry is whole, and its examples print what it says.
@Suite struct ExamplesTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var example: Builtin.Example
    var testDescription: String { example.code }
  }

  static let cases = BuiltinTable.standard.builtins.flatMap { entry in
    entry.examples.map { Case(name: entry.name, example: $0) }
  }

  @Test(arguments: cases)
  func printsWhatItSays(_ one: Case) throws {
    let output = Transcript()
    // Examples that write files do it in a folder of their own.
    let folder = FileManager.default.temporaryDirectory.appending(path: "tlx-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let session = Session(builtins: .standard, output: output, folder: folder.path(), seed: 1)
    // Functions among the values look at their session when they are printed.
    defer { withExtendedLifetime(session) {} }
    do {
      let value = try session.run(SourceText(name: one.name, text: one.example.code), mode: .prompt) ?? .null
      if case .null = value, !output.text.isEmpty {
        #expect(output.text == one.example.output + "\n")
        return
      }
      let isApproximate = one.example.output.hasPrefix("~")
      let expectation = Expectation(
        text: isApproximate ? String(one.example.output.dropFirst()) : one.example.output,
        isApproximate: isApproximate, span: Span(0, 0))
      #expect(
        Display.matches(value, expectation),
        "\(one.example.code) gives\n\(Display.canonical(value))\nnot\n\(one.example.output)")
    } catch let error as Diagnostics {
      Issue.record("\(one.example.code): \(error.items.map { "\($0.code) \($0.message)" })")
    }
  }

  @Test func namesAreUnique() {
    let names = BuiltinTable.standard.builtins.map(\.name)
    #expect(
      Set(names).count == names.count, "\(names.filter { name in names.filter { $0 == name }.count > 1 })")
  }

  @Test func entriesAreWhole() {
    for entry in BuiltinTable.standard.builtins {
      #expect(!entry.summary.isEmpty && !entry.summary.hasSuffix("."), "\(entry.name)")
      #expect(!entry.result.isEmpty, "\(entry.name)")
      let parameters = entry.parameters.map(\.name)
      #expect(Set(parameters).count == parameters.count, "\(entry.name)")
      let firstOption = entry.parameters.firstIndex(where: \.isOption) ?? parameters.count
      #expect(!entry.parameters[firstOption...].contains { !$0.isOption && !$0.isVariadic }, "\(entry.name)")
    }
  }
}

/// Keeps what is printed.
final class Transcript: Output {
  var text = ""
  var width: Int { 100 }
  func write(_ text: String) { self.text += text }
  func show(_ value: Value, digits: Int?) {}
  func progress(_ line: String?) {}
}
