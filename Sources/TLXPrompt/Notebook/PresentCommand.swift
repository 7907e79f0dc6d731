import ArgumentParser

struct PresentCommand: ProgramCommand {
  static let configuration = CommandConfiguration(
    commandName: "present",
    abstract: "Step through a file before an audience, or as a lesson with its exercises.",
    discussion: """
      Enter runs the cell, then goes on. Anything else is run as at the prompt, with all that has been defined so far. \
      :back and :next move without running, :3 goes to a cell, :again shows and runs it once more, :quit leaves. In an \
      exercise what you type is the answer; :hint helps, :solution shows how it is done.
      """)

  @OptionGroup var arguments: RunArguments

  @Flag(help: "Titles in large letters, prose with room around it.")
  var large = false

  @Argument(help: "The file.", completion: .file(extensions: ["tlx"]))
  var file: String

  func perform() throws -> ExitStatus {
    arguments.options.apply()
    Signals.openPipe()
    Signals.install(leavingOnSecondInterrupt: false)
    let source = try NotebookFile(path: file).source()
    let output = ConsoleOutput(quiet: false, isInteractive: Terminal.isTerminal(0))
    let lesson = try Lesson(
      source, folder: NotebookFile(path: file).folder, seed: arguments.options.seed ?? 0, output: output)
    let presenter = Presenter(lesson, output, isLarge: large, isQuiet: arguments.options.quiet)
    return presenter.run()
  }
}
