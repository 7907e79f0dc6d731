import ArgumentParser
import TLXSource

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
      HelpCommand.self, ReplayCommand.self, LanguageServerCommand.self, CompletionCommand.self,
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

  @Option(help: ArgumentHelp("Stop after so many seconds.", valueName: "seconds"))
  var timeout: Double?

  @Flag(help: "Read only the program's folder and the data sets; write nothing, run no commands.")
  var sandbox = false

  @Option(help: ArgumentHelp("A folder that the sandbox lets the program read.", valueName: "folder"))
  var allow: [String] = []

  func validate() throws {
    if let timeout, !(timeout > 0) {
      throw ValidationError("--timeout must be more than 0 seconds, not \(timeout)")
    }
    if !allow.isEmpty && !sandbox { throw ValidationError("--allow belongs to --sandbox") }
    if let threads, threads < 1 { throw ValidationError("--threads must be at least 1, not \(threads)") }
  }

  var options: RunOptions {
    RunOptions(
      seed: seed, threads: threads, quiet: quiet, json: json, timeout: timeout, sandbox: sandbox, allow: allow
    )
  }
}

struct RunCommand: ProgramCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Run a file.", usage: "tlx run [OPTIONS] FILE [ARGUMENTS]")

  @OptionGroup var arguments: RunArguments

  @Option(help: ArgumentHelp("Write what was run and shown to this file, for tlx replay.", valueName: "file"))
  var manifest: String?

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

  /// The name of a file; a misspelt command, which is no file, is told.
  private func existing(_ file: String) throws -> String {
    let commands = TLXCommand.configuration.subcommands.map { $0._commandName }
    guard file != "-", !file.contains("."), !file.contains("/"), !TextFile.exists(file),
      let meant = Spelling.nearest(to: file, in: commands)
    else { return file }
    throw Diagnostic("E0601", "there is no file \(file)", help: "did you mean the command tlx \(meant)?")
  }

  func perform() throws -> ExitStatus {
    if let manifest, manifest.isEmpty { throw ValidationError("--manifest needs the name of a file") }
    if manifest != nil, code == nil, inputs.isEmpty {
      throw ValidationError("--manifest records the run of a file")
    }
    // `tlx run f.tlx -- --seed 3`: the marker that ends the program's own options is not an argument.
    let rest = inputs.dropFirst()
    if !cell.isEmpty {
      guard code == nil, let file = inputs.first, file != "-" else {
        throw ValidationError("--cell needs a file")
      }
      // What is replayed is run from its first line to its last.
      guard manifest == nil else {
        throw ValidationError("--manifest records a whole run, not that of a cell: leave out --cell")
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
        try .file(existing(file), arguments: Array(rest.first == "--" ? rest.dropFirst() : rest))
      } else {
        .prompt
      }
    var options = arguments.options
    options.record = manifest
    return try task.perform(options)
  }
}

struct TestCommand: ProgramCommand {
  static let configuration = CommandConfiguration(
    commandName: "test", abstract: "Run files and check their #=> lines and assertions.")

  @Flag(help: "Write what is shown now into the #=> lines.")
  var update = false

  @Option(
    help: ArgumentHelp("Only files whose path, or cells whose title, contains this.", valueName: "text"))
  var filter: String?

  @Option(
    help: ArgumentHelp(
      "Run so many files at a time; without this, as many as there are processors.", valueName: "n"))
  var jobs: Int?

  func validate() throws {
    if let jobs, jobs < 1 { throw ValidationError("--jobs must be at least 1, not \(jobs)") }
  }

  @Argument(help: "Files, or folders to look for .tlx files in.", completion: .file(extensions: ["tlx"]))
  var paths: [String] = ["."]

  func perform() throws -> ExitStatus { FileTests(update: update, filter: filter, jobs: jobs).run(paths) }
}

struct CheckCommand: ProgramCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Find what is wrong with files without running them.")

  @Flag(help: "Write one JSON object for each finding.")
  var json = false

  @Argument(
    help: "Files, or folders to look for .tlx files in; - is standard input.",
    completion: .file(extensions: ["tlx"]))
  var paths: [String]

  func perform() throws -> ExitStatus { SourceCheck.run(paths, json: json) }
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
    commandName: "explain",
    abstract: "Explain an error code with an example, or how TLX says what another language does.")

  @Argument(
    help: ArgumentHelp(
      "The code, as in E0402, or from-python, from-julia, from-matlab; none lists all.", valueName: "code"),
    completion: .custom { _, _, _ in Documentation.explained })
  var code: String?

  func perform() throws -> ExitStatus { Documentation.explain(code) }
}

struct HelpCommand: ProgramCommand {
  static let configuration = CommandConfiguration(
    commandName: "help", abstract: "Show what a built-in does; without a name, all names.")

  @Argument(
    help: "A built-in, a family, an error code, a command, or a word to look for.",
    completion: .custom { _, _, _ in Documentation.helped })
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

struct ReplayCommand: ProgramCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay", abstract: "Run again what --manifest recorded, and compare.")

  @Argument(help: "The record that tlx run --manifest wrote.", completion: .file(extensions: ["json"]))
  var record: String

  func perform() throws -> ExitStatus { try Replay.run(record) }
}

struct LanguageServerCommand: ProgramCommand {
  static let configuration = CommandConfiguration(
    commandName: "lsp",
    abstract: "Serve an editor by the Language Server Protocol on standard input and output.")

  @Flag(help: ArgumentHelp("What editors say to mean standard input and output.", visibility: .hidden))
  var stdio = false

  func perform() throws -> ExitStatus { LanguageServer(LanguageServerConnection()).run() }
}

struct CompletionCommand: ProgramCommand {
  static let configuration = CommandConfiguration(
    commandName: "completion", abstract: "Print the script that completes tlx in a shell.",
    discussion: """
      bash: source <(tlx completion bash)
      zsh:  tlx completion zsh > a folder of $fpath, as _tlx
      fish: tlx completion fish > ~/.config/fish/completions/tlx.fish
      """)

  @Argument(help: "bash, zsh or fish.", completion: .list(["bash", "zsh", "fish"]))
  var shell: String

  func perform() throws -> ExitStatus {
    guard let known = CompletionShell(rawValue: shell) else {
      throw ValidationError("\(shell) is none of bash, zsh, fish")
    }
    Terminal.write(ShellCompletion.script(for: known))
    return .success
  }
}
