import ArgumentParser

/// The command line.
struct TLXCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tlx",
    abstract:
      "A small language for machine-learning research: tensors, models, transfer scores, Markov chains.",
    usage: """
      tlx                     the prompt
      tlx FILE [ARGUMENTS]    runs a file; - is standard input
      tlx -e CODE             runs one line and shows its value
      tlx COMMAND …
      """,
    discussion: """
      Exit status: 0 fine, 1 error while running, 2 usage, 3 does not parse or check, 4 failed assertion or test, \
      130 interrupted.
      """,
    version: Program.version,
    subcommands: [
      RunCommand.self, TestCommand.self, CheckCommand.self, FormatCommand.self, ExplainCommand.self,
      HelpCommand.self,
      ReferenceCommand.self,
      CellsCommand.self, RenderCommand.self, WatchCommand.self, PresentCommand.self, CacheCommand.self,
      DiffCommand.self,
    ],
    defaultSubcommand: RunCommand.self)
}

/// What a subcommand does once its arguments have been read.
protocol ProgramCommand: ParsableCommand {
  func perform() throws -> ExitStatus
}

/// How a program is run, as the command line says it.
struct RunArguments: ParsableArguments {
  @Option(help: "Fix the random numbers.")
  var seed: UInt64?

  @Option(help: ArgumentHelp("Compute on so many threads.", valueName: "n"))
  var threads: Int?

  @Flag(help: "Show no values and no progress, only what is printed.")
  var quiet = false

  @Flag(help: "Write one JSON object for each shown value.")
  var json = false

  func validate() throws {
    if let threads, threads < 1 { throw ValidationError("--threads must be at least 1, not \(threads)") }
  }

  var options: RunOptions { RunOptions(seed: seed, threads: threads, quiet: quiet, json: json) }
}

struct RunCommand: ProgramCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Run a file.", usage: "tlx run [OPTIONS] FILE [ARGUMENTS]")

  @OptionGroup var arguments: RunArguments

  @Option(
    name: .customShort("e"), parsing: .unconditional,
    help: ArgumentHelp("Run this line and show its value.", valueName: "code"))
  var code: String?

  @Option(
    help: ArgumentHelp(
      "Run only this cell and what it needs, by title or number; may be repeated.", valueName: "cell"))
  var cell: [String] = []

  @Argument(
    parsing: .allUnrecognized,
    help: ArgumentHelp(
      "The file, - for standard input, and the arguments that it gets as args.", valueName: "file"),
    completion: .file(extensions: ["tlx"]))
  var inputs: [String] = []

  func validate() throws {
    guard code == nil, let first = inputs.first, first.hasPrefix("-"), first != "-" else { return }
    throw ValidationError("unknown option \(first)")
  }

  func perform() throws -> ExitStatus {
    // `tlx run f.tlx -- --seed 3`: the marker that ends the program's own options is not an argument.
    let rest = inputs.dropFirst()
    if !cell.isEmpty {
      guard code == nil, let file = inputs.first, file != "-" else {
        throw ValidationError("--cell needs a file")
      }
      return CachedRunner(
        options: arguments.options, arguments: Array(rest.first == "--" ? rest.dropFirst() : rest),
        cells: cell
      ).run(file: file)
    }
    let task: RunTask =
      if let code {
        .code(code, arguments: inputs)
      } else if let file = inputs.first {
        .file(file, arguments: Array(rest.first == "--" ? rest.dropFirst() : rest))
      } else {
        .prompt
      }
    return try task.perform(arguments.options)
  }
}

struct TestCommand: ProgramCommand {
  static let configuration = CommandConfiguration(
    commandName: "test", abstract: "Run files and check their #=> lines and assertions.")

  @Flag(help: "Write what is shown now into the #=> lines.")
  var update = false

  @Option(help: ArgumentHelp("Only files and cells whose name contains this.", valueName: "text"))
  var filter: String?

  @Argument(help: "Files, or folders to look for .tlx files in.", completion: .file(extensions: ["tlx"]))
  var paths: [String] = ["."]

  func perform() throws -> ExitStatus { FileTests(update: update, filter: filter).run(paths) }
}

struct CheckCommand: ProgramCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Find what is wrong with files without running them.")

  @Argument(help: "Files, or folders to look for .tlx files in.", completion: .file(extensions: ["tlx"]))
  var paths: [String]

  func perform() throws -> ExitStatus { SourceCheck.run(paths) }
}

struct FormatCommand: ProgramCommand {
  static let configuration = CommandConfiguration(commandName: "fmt", abstract: "Format files.")

  @Flag(help: "Change nothing; fail if something would change.")
  var check = false

  @Argument(
    help: "Files or folders; - is standard input to standard output.", completion: .file(extensions: ["tlx"]))
  var paths: [String]

  func perform() throws -> ExitStatus { SourceFormat.run(paths, check: check) }
}

struct ExplainCommand: ProgramCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain", abstract: "Explain an error code with an example.")

  @Argument(help: ArgumentHelp("The code, as in E0402; none lists all.", valueName: "code"))
  var code: String?

  func perform() throws -> ExitStatus { Documentation.explain(code) }
}

struct HelpCommand: ProgramCommand {
  static let configuration = CommandConfiguration(
    commandName: "help", abstract: "Show what a built-in does; without a name, all names.")

  @Argument(help: "A built-in, a family, an error code or a command.")
  var name: String?

  func perform() throws -> ExitStatus { Documentation.help(name) }
}

struct ReferenceCommand: ProgramCommand {
  static let configuration = CommandConfiguration(
    commandName: "doc", abstract: "Write the reference pages.")

  @Option(name: .shortAndLong, help: ArgumentHelp("The folder to write to.", valueName: "folder"))
  var output = "Docs"

  @Flag(help: "Write nothing; fail if a page is out of date.")
  var check = false

  func perform() throws -> ExitStatus { try Reference.write(to: output, check: check) }
}
