import ArgumentParser

struct DiffCommand: ProgramCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff", abstract: "Run two files and compare them cell by cell.",
    discussion: "Exit status: 0 if they show the same, 1 if not.")

  @OptionGroup var arguments: RunArguments

  @Flag(help: "Compare what the cells show, not their code.")
  var values = false

  @Argument(help: "Two files.", completion: .file(extensions: ["tlx"]))
  var files: [String]

  func validate() throws {
    guard files.count == 2 else { throw ValidationError("diff compares two files, not \(files.count)") }
  }

  func perform() throws -> ExitStatus {
    arguments.options.apply()
    Signals.install(leavingOnSecondInterrupt: true)
    let difference = try NotebookDifference(files[0], files[1], arguments.options, comparesCode: !values)
    Terminal.write(difference.text)
    return difference.isEmpty ? .success : .runtimeError
  }
}
