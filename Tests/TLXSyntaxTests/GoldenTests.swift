import Foundation
import TLXSource
import TLXSyntax
import Testing

/// `TLX_UPDATE=1 swift test --filter TLXSyntaxTests` rewrites the goldens; read the difference before you commit.
private let isUpdating = ProcessInfo.processInfo.environment["TLX_UPDATE"] != nil

@Suite struct GoldenTests {
  @Test func update() throws {
    guard isUpdating else { return }
    try GoldenCase.update("", Self.produce)
  }

  @Test(arguments: GoldenCase.all(""))
  func golden(_ item: GoldenCase) {
    guard !isUpdating else { return }
    #expect(Self.produce(item) == item.expected)
  }

  /// The tree, the rendered diagnostics, and whether the prompt would ask for another line.
  static func produce(_ item: GoldenCase) -> String {
    let mode: ParseMode = item.options.contains("prompt") ? .prompt : .file
    let input = item.options.contains("open") ? item.input : item.input + "\n"
    let text =
      item.options.contains("crlf") ? "\u{FEFF}" + input.replacingOccurrences(of: "\n", with: "\r\n") : input
    let tree = parse(SourceText(name: "f.tlx", text: text), mode: mode)
    var parts: [String] = []
    if item.options.contains("dependencies") {
      return tree.cells.map(Self.dependencies).joined(separator: "\n")
    }
    if item.options.contains("highlight") { return Self.classes(input) }
    if item.options.contains("format") { return format(tree) + "<end>" }
    if !item.options.contains("errors") { parts.append(Dump.tree(tree)) }
    if tree.isIncomplete { parts.append("incomplete") }
    if mode == .file || !tree.isIncomplete {
      parts += tree.diagnostics.map { render($0, color: false, width: 100) }
    }
    return parts.joined(separator: "\n")
  }

  private static func dependencies(_ cell: Cell) -> String {
    let found = cell.dependencies
    let parts = [
      ("defines", found.defined), ("uses", found.used), ("changes", found.changed),
      ("imports", Set(found.imports)),
    ]
    let lines = parts.filter { !$0.1.isEmpty }.map { "  \($0.0) \($0.1.sorted().joined(separator: " "))" }
    return ([cell.title ?? "-"] + lines).joined(separator: "\n")
  }

  private static func classes(_ text: String) -> String {
    let bytes = Array(text.utf8)
    return highlight(text).map { "\($0.1.rawValue) \(String(decoding: bytes[$0.0], as: UTF8.self))" }.joined(
      separator: "\n")
  }
}
