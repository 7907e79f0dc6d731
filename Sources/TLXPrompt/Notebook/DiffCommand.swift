import ArgumentParser

struct DiffCommand: ProgramCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff", abstract: "Run two files and compare them cell by cell.",
    discussion: """
      A .json file is the record of a run that `tlx run --manifest` wrote: it is compared as it is. Also compared are the \
      seeds, the version and the checksums of the data that were read. Exit status: 0 if all that is the same, 1 if not.
      """)

  @OptionGroup var arguments: RunArguments

  @Flag(help: "Compare what the cells show and read, not their code.")
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
