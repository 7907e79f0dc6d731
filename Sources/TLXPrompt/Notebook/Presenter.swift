import TLXNotebook
import TLXNumerics
import TLXRuntime
import TLXSource
import TLXSyntax

/// Shows a lesson and does what its reader types.
final class Presenter {
  private let lesson: Lesson
  private let output: ConsoleOutput
  private let isQuiet: Bool
  private let isLarge: Bool
  private let reader: PlainLineReader
  private var isLeaving = false
  /// Whether Enter runs the cell or goes on to the next.
  private var waitsToRun = true

  init(_ lesson: Lesson, _ output: ConsoleOutput, isLarge: Bool, isQuiet: Bool) {
    self.lesson = lesson
    self.output = output
    self.isLarge = isLarge
    self.isQuiet = isQuiet
    reader = PlainLineReader(assistant: LessonAssistant())
  }

  private var text: LessonText {
    LessonText(width: output.width, hasColor: Terminal.hasColor(1), isLarge: isLarge)
  }

  func run() -> ExitStatus {
    if !isQuiet { output.write("Enter goes on; :help lists what else there is\n") }
    show()
    while !isLeaving {
      output.finish()
      Signals.clear()
      switch reader.read(prompt: lesson.isExercise ? "answer>" : waitsToRun ? "run>" : "next>") {
      case .end: isLeaving = true
      case .interrupted: continue
      case .text(let typed): perform(typed.trimmed)
      }
    }
    output.finish()
    return .success
  }

  private func show() {
    waitsToRun = !lesson.cell.statements.isEmpty
    output.write(text.title(lesson))
    if !lesson.cell.prose.isEmpty { output.write(text.prose(lesson.cell.prose)) }
    if lesson.isExercise {
      let start = lesson.start
      if !start.isEmpty { output.write(text.code(start)) }
      if !isQuiet { output.write("your turn: type the answer; :hint helps, :solution shows it\n") }
    } else if !lesson.cell.statements.isEmpty, !lesson.cell.flags.contains(.hide) {
      output.write(text.code(CellCode.text(of: lesson.cell, in: lesson.tree)))
    }
  }

  private func perform(_ typed: String) {
    if typed.hasPrefix(":") { return command(String(typed.dropFirst())) }
    if lesson.isExercise {
      if typed.isEmpty { return output.write("type the answer, or :next to leave it\n") }
      return answer(typed)
    }
    guard typed.isEmpty else { return attempt { try lesson.answer(typed) } }
    if waitsToRun {
      waitsToRun = false
      attempt { try lesson.runCell() }
    } else {
      goOn()
    }
  }

  private func goOn() {
    guard !lesson.isLast else {
      output.write("that was the last cell; :quit leaves, :back goes back\n")
      return
    }
    lesson.go(to: lesson.position + 1)
    show()
  }

  private func answer(_ typed: String) {
    attempt {
      let value = try lesson.answer(typed)
      switch try lesson.judge(value) {
      case .right:
        output.write("✓ right\n")
        waitsToRun = false
      case .wrong(let why):
        output.write("✗ not yet: \(why)" + (lesson.cell.hints.isEmpty ? "\n" : "  (:hint helps)\n"))
      }
    }
  }

  private func command(_ name: String) {
    switch name {
    case "quit", "q", "exit": isLeaving = true
    case "back", "b":
      lesson.go(to: lesson.position - 1)
      show()
    case "next", "n": goOn()
    case "again", "r": show()
    case "hint", "h":
      output.write((lesson.nextHint.map { "hint: \($0)" } ?? "there are no more hints") + "\n")
    case "solution", "s":
      output.write(text.code(CellCode.text(of: lesson.cell, in: lesson.tree)))
      waitsToRun = false
      attempt { try lesson.runCell() }
    case "help":
      output.write(
        "Enter run, then go on · :back · :next · :3 a cell · :again · :hint · :solution · :quit · else code to run\n"
      )
    default:
      guard let number = Int(name), lesson.tree.cells.indices.contains(number - 1) else {
        return output.write("there is no :\(name); :help lists what there is\n")
      }
      lesson.go(to: number - 1)
      show()
    }
  }

  private func attempt(_ body: () throws -> Void) {
    do { try body() } catch {
      output.finish()
      ErrorReport.write(Failures.diagnostics(error))
    }
  }
}

/// A lesson's input needs to know only when it is whole.
private final class LessonAssistant: LineAssistant {
  func isComplete(_ text: String) -> Bool {
    text.hasPrefix(":") || text.isEmpty
      || !parse(SourceText(name: "", text: text), mode: .prompt).isIncomplete
  }
  func completion(of text: String, at cursor: Int) -> Completion { Completion(prefix: "", candidates: []) }
  func hint(for text: String) -> String? { nil }
  func colors(of text: String) -> [[ColoredRange]] { [] }
}

extension String {
  fileprivate var trimmed: String {
    var text = Substring(self)
    while let first = text.first, first.isWhitespace { text.removeFirst() }
    while let last = text.last, last.isWhitespace { text.removeLast() }
    return String(text)
  }
}
