import TLXBuiltins
import TLXNotebook
import TLXNumerics
import TLXRuntime
import TLXSource
import TLXSyntax

/// The prompt: reads an input, runs it in the session or as a prompt command, and shows what came of it.
final class Prompt {
  let options: RunOptions
  let output: ConsoleOutput
  let history: History
  var session: Session
  /// The inputs that went well, for `:save`.
  var worked: [SavedSession.Input] = []
  /// The seed that the session began with.
  var firstSeed: UInt64
  /// What `:undo` goes back to, the last input's at the end.
  var earlier: [UndoStep] = []
  /// What `:edit` opens: the last input in the language.
  private(set) var lastInput = ""
  /// The file whose cells `:run` takes by number.
  var cellFile: String?
  /// That file with what is known of its cells.
  var cellNotebook: (path: String, notebook: Notebook)?
  /// Names that hold what the file's cells gave them, with the code that did.
  var fileNames: [String: String] = [:]
  private(set) var inputCount = 0
  private var reader: (any LineReader)?
  private var failed = false
  private var isLeaving = false

  init(_ options: RunOptions, history: History, isInteractive: Bool = false) {
    self.options = options
    self.history = history
    output = ConsoleOutput(quiet: options.quiet, isInteractive: isInteractive)
    session = Prompt.freshSession(options, output)
    firstSeed = session.seed
  }

  static func start(_ options: RunOptions) throws -> ExitStatus {
    options.apply()
    Signals.openPipe()
    Signals.install(leavingOnSecondInterrupt: false)
    let isInteractive = Terminal.isTerminal(0) && Terminal.isTerminal(1)
    let prompt = Prompt(
      options, history: History(path: isInteractive ? History.standardPath : nil),
      isInteractive: isInteractive)
    return prompt.run(isInteractive: isInteractive)
  }

  static func freshSession(_ options: RunOptions, _ output: ConsoleOutput) -> Session {
    Session(
      builtins: .standard, output: options.json ? JSONOutput(output) : output, folder: TextFile.currentFolder,
      seed: options.seed)
  }

  private func makeReader(isInteractive: Bool) -> any LineReader {
    let assistant = SessionAssistant(self)
    if isInteractive, Terminal.isCapable,
      let reader = EditLineReader(assistant: assistant, hasColor: Terminal.hasColor(1))
    {
      return reader
    }
    return PlainLineReader(assistant: assistant)
  }

  private func run(isInteractive: Bool) -> ExitStatus {
    let reader = makeReader(isInteractive: isInteractive)
    self.reader = reader
    defer { reader.release() }
    if isInteractive {
      for entry in history.entries() { reader.remember(entry.text) }
      if !options.quiet {
        output.write("TLX \(Program.version)   ?name explains, :help lists commands, Ctrl-D leaves\n")
      }
    }
    while !isLeaving {
      output.finish()
      Signals.clear()
      switch reader.read(prompt: "tlx>") {
      case .end: isLeaving = true
      case .interrupted:
        // Without a terminal there is nobody to start anew for.
        if !isInteractive { return .interrupted }
      case .text(let text):
        guard text.contains(where: { !$0.isWhitespace }) else { continue }
        reader.remember(text)
        let id = history.begin(text, folder: TextFile.currentFolder)
        let ok = perform(text)
        history.finish(id, ok: ok)
        if !ok { failed = true }
      }
    }
    output.finish()
    return failed && !isInteractive ? .runtimeError : .success
  }

  func leave() { isLeaving = true }

  /// Gives the terminal to another program until the next input is read.
  func releaseTerminal() {
    output.finish()
    reader?.release()
  }

  /// Words that other prompts take for commands, as far as nothing here has their name.
  private static let foreignCommands = [
    "quit": "quit", "exit": "quit", "quit()": "quit", "exit()": "quit", "help": "?",
  ]

  private func command(in text: String) -> (name: String, argument: String)? {
    if let known = PromptCommand.parse(text) { return known }
    guard let meant = Prompt.foreignCommands[text], session.value(of: String(text.prefix(4))) == nil else {
      return nil
    }
    return (meant, "")
  }

  /// Runs one input. False if it failed.
  func perform(_ text: String) -> Bool {
    if let (command, argument) = command(in: text) {
      do {
        guard let found = PromptCommand.all.first(where: { $0.names.contains(command) }) else {
          throw PromptCommand.unknown(command)
        }
        try found.action(self, argument)
        return true
      } catch is PromptCommandFailed {
        return false
      } catch {
        report(error)
        return false
      }
    }
    lastInput = text
    return undoable(text) {
      guard evaluate(text) else { return false }
      worked.append(SavedSession.Input(text: text, number: session.inputNumber))
      return true
    }
  }

  func undoStep(_ text: String) -> UndoStep {
    UndoStep(variables: session.globals, inputs: worked.count, text: text)
  }

  /// Runs something that may change variables, so that `:undo` can take it back: also where it failed on its way.
  func undoable<Result>(_ text: String, _ body: () throws -> Result) rethrows -> Result {
    let step = undoStep(text)
    let number = session.inputNumber
    defer {
      if session.inputNumber > number { earlier.append(step) }
      if earlier.count > 100 { earlier.removeFirst() }
    }
    return try body()
  }

  /// Runs what came back from an editor, as if it had been typed.
  func runEdited(_ text: String) -> Bool {
    reader?.remember(text)
    let id = history.begin(text, folder: TextFile.currentFolder)
    let ok = perform(text)
    history.finish(id, ok: ok)
    return ok
  }

  /// Runs code in the session and shows its values. False if it failed.
  func evaluate(_ text: String) -> Bool {
    inputCount += 1
    forgetFileNames(changedBy: text)
    do {
      try session.run(SourceText(name: "prompt:\(inputCount)", text: text), mode: .prompt)
      return true
    } catch {
      report(error)
      return false
    }
  }

  private func report(_ error: any Error) {
    output.finish()
    ErrorReport.write(Failures.diagnostics(error))
  }
}

/// The variables and the inputs that worked, as they were before an input.
struct UndoStep {
  var variables: [(name: String, value: Value, isMutable: Bool)]
  var inputs: Int
  /// The input, as `:undo` says what it took back.
  var text: String
}
