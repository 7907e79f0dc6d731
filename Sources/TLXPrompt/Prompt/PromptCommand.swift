import Glibc
import TLXBuiltins
import TLXNotebook
import TLXRuntime
import TLXSource
import TLXSyntax

/// A command of the prompt. Commands are not the language: they start with `:`, `?` or `!`.
struct PromptCommand: Sendable {
  /// The first is the one that help shows.
  var names: [String]
  /// What follows the name, for help.
  var argument: String
  var summary: String
  var action: @Sendable (Prompt, String) throws -> Void

  static let all: [PromptCommand] = [
    PromptCommand(
      names: ["?", "h", "help"], argument: "name", summary: "explain a name, a code or a command"
    ) {
      try $0.help($1)
    },
    PromptCommand(names: ["vars"], argument: "", summary: "list the variables") { prompt, _ in
      prompt.listVariables()
    },
    PromptCommand(names: ["time"], argument: "expression", summary: "run it and say how long it took") {
      try $0.time($1)
    },
    PromptCommand(
      names: ["prof"], argument: "expression", summary: "run it and say which lines took the time"
    ) {
      try $0.profile($1)
    },
    PromptCommand(
      names: ["run"], argument: "file", summary: "run a file here, or a cell of :cells by its number"
    ) { prompt, argument in
      if let number = Int(argument) {
        try prompt.runCell(number)
      } else {
        try prompt.load(argument, showing: true)
      }
    },
    PromptCommand(names: ["cells"], argument: "file", summary: "list the cells of a file") {
      try $0.listCells($1)
    },
    PromptCommand(names: ["load"], argument: "file", summary: "run a file here without showing its values") {
      try $0.load($1, showing: false)
    },
    PromptCommand(names: ["save"], argument: "file", summary: "write the inputs that worked to a file") {
      try $0.save($1)
    },
    PromptCommand(
      names: ["history"], argument: "word", summary: "list the last inputs, or those with a word in them"
    ) { $0.listHistory($1) },
    PromptCommand(
      names: ["undo"], argument: "", summary: "take back what the last input did to the variables"
    ) {
      prompt, _ in try prompt.undo()
    },
    PromptCommand(names: ["reset"], argument: "", summary: "forget all variables") { prompt, _ in
      prompt.reset()
    },
    PromptCommand(
      names: ["edit"], argument: "file", summary: "open the last input, or a file, in $EDITOR"
    ) {
      try $0.edit($1)
    },
    PromptCommand(names: ["quit", "q", "exit"], argument: "", summary: "leave") { prompt, _ in prompt.leave()
    },
    PromptCommand(names: ["!"], argument: "command", summary: "run a shell command") { try $0.shell($1) },
  ]

  /// Name and argument, or nil for an input in the language.
  static func parse(_ text: String) -> (name: String, argument: String)? {
    let text = text.drop { $0.isWhitespace }
    guard let first = text.first else { return nil }
    if let name = nameAsked(text) { return ("?", name) }
    let rest = text.dropFirst()
    switch first {
    case "?", "!": return (String(first), trimmed(rest))
    case ":":
      let name = rest.prefix { !$0.isWhitespace }
      return (String(name), trimmed(rest.dropFirst(name.count)))
    default: return nil
    }
  }

  /// `leep?`, as people who come from IPython ask.
  private static func nameAsked(_ text: Substring) -> String? {
    var name = trimmed(text)
    guard name.hasSuffix("?"), name.first != "?", name.first != "!", name.first != ":" else { return nil }
    while name.hasSuffix("?") { name.removeLast() }
    return !name.isEmpty && name.utf8.allSatisfy { CursorContext.isNameByte($0) || $0 == UInt8(ascii: ".") }
      ? name : nil
  }

  private static func trimmed(_ text: Substring) -> String {
    var text = text.drop { $0.isWhitespace }
    while let last = text.last, last.isWhitespace { text.removeLast() }
    return String(text)
  }

  static func unknown(_ name: String) -> Diagnostic {
    let names = all.flatMap(\.names).filter { $0.count > 1 }
    return Diagnostic(
      "E0320", "there is no command :\(name)",
      help: Spelling.nearest(to: name, in: names).map { "did you mean :\($0)?" } ?? ":help lists the commands"
    )
  }

  /// As it is typed: `:time expression`, `?name`.
  var usage: String {
    let name = names.first ?? ""
    return ["?", "!"].contains(name) ? name + argument : ":" + name + (argument.isEmpty ? "" : " " + argument)
  }

  /// The commands with what they do; on a narrow screen that goes below.
  static func list(width: Int) -> String {
    let column = (all.map(\.usage.count).max() ?? 0) + 2
    let longest = all.map(\.summary.count).max() ?? 0
    guard 2 + column + longest <= width else {
      return all.map { "  \($0.usage)\n      \(TextWidth.cut($0.summary, to: max(width - 6, 10)))\n" }
        .joined()
    }
    return all.map {
      "  " + $0.usage + String(repeating: " ", count: column - $0.usage.count) + $0.summary + "\n"
    }
    .joined()
  }
}

extension Prompt {
  func help(_ name: String) throws {
    let width = output.width
    if name.isEmpty {
      output.write(BuiltinTable.standard.map(width: width) + "\n" + PromptCommand.list(width: width))
      return
    }
    if case .function(let function)? = session.value(of: name) {
      output.write(HelpPage.text(for: function))
      return
    }
    if let value = session.value(of: name) {
      output.write("\(name): \(value.summary)\n")
      return
    }
    output.write(try Documentation.page(for: name, width: width, others: session.globals.map(\.name)))
  }

  func listVariables() {
    let width = output.width
    let variables = session.globals
    let column = min((variables.map { TextWidth.columns($0.name) }.max() ?? 0) + 2, width / 2)
    for (name, value, _) in variables {
      let gap = String(repeating: " ", count: max(column - TextWidth.columns(name), 1))
      output.write(TextWidth.cut(name + gap + value.summary, to: width) + "\n")
    }
    if variables.isEmpty { output.write("no variables yet\n") }
  }

  func time(_ code: String) throws {
    guard !code.isEmpty else { throw PromptCommand.missing("an expression", ":time sum(x)") }
    let start = ConsoleOutput.seconds()
    let ok = undoable(":time " + code) { evaluate(code) }
    if ok { output.write(Duration.text(ConsoleOutput.seconds() - start) + "\n") }
  }

  func load(_ path: String, showing: Bool) throws {
    guard !path.isEmpty else { throw PromptCommand.missing("a file", ":run study.tlx") }
    let source = SourceText(name: path, text: try TextFile.read(path))
    output.hidesValues = !showing
    defer { output.hidesValues = options.quiet }
    let first = session.inputNumber + 1
    fileNames = [:]
    try undoable((showing ? ":run " : ":load ") + path) {
      try session.run(source, mode: .prompt)
      let tree = parse(source)
      for (position, cell) in tree.cells.enumerated() where !cell.statements.isEmpty {
        worked.append(SavedSession.Input(text: CellCode.text(of: cell, in: tree), number: first + position))
      }
    }
  }

  func save(_ path: String) throws {
    try Sandbox.refuse("write files")
    guard !path.isEmpty else { throw PromptCommand.missing("a file", ":save study.tlx") }
    if TextFile.exists(path) {
      throw Diagnostic("E0621", "\(path) is there already", help: "choose another name, or remove it first")
    }
    let saved = SavedSession(worked, seed: firstSeed)
    try TextFile.replace(path, with: saved.text)
    output.write("\(worked.count) \(worked.count == 1 ? "input" : "inputs") written to \(path)\n")
    for remark in saved.remarks { output.write("note: \(remark)\n") }
  }

  func undo() throws {
    guard let before = earlier.popLast() else { throw Diagnostic("E0321", "there is nothing to take back") }
    session.restore(before.variables)
    fileNames = [:]
    worked.removeLast(max(worked.count - before.inputs, 0))
    let lines = before.text.split(separator: "\n", omittingEmptySubsequences: false)
    let text = (lines.first.map(String.init) ?? "") + (lines.count > 1 ? " …" : "")
    output.write("took back: \(TextWidth.cut(text, to: output.width - 12))\n")
  }

  func reset() {
    session = Prompt.freshSession(options, output)
    firstSeed = session.seed
    worked = []
    earlier = []
    fileNames = [:]
  }

  func shell(_ command: String) throws {
    try Sandbox.refuse("run commands")
    releaseTerminal()
    let status = Shell.run(command)
    // The terminal has shown the key, and the line goes on.
    if status == 128 + SIGINT, Terminal.isTerminal(1) { output.write("\n") }
    if status == 128 + SIGINT { throw Diagnostic("E0622", "the command was interrupted") }
    if status != 0 { throw Diagnostic("E0622", "the command left with status \(status)") }
  }
}

extension PromptCommand {
  static func missing(_ what: String, _ example: String) -> Diagnostic {
    Diagnostic("E0322", "this command needs \(what)", help: "as in \(example)")
  }
}
