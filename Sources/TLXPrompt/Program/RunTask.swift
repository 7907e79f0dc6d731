/// What a call of the program without a subcommand, or with `run`, asks for.
enum RunTask {
  case prompt
  /// `-` is standard input.
  case file(String, arguments: [String])
  case code(String, arguments: [String])

  /// The plainest calls (`tlx`, `tlx f.tlx a b`, `tlx -e code`), read without the argument parser: its reflection
  /// takes longer than everything else between the shell and the prompt. Nil for a call with options.
  init?(plain arguments: [String]) {
    guard let first = arguments.first else {
      self = .prompt
      return
    }
    if first == "-e", arguments.count == 2 {
      self = .code(arguments[1], arguments: [])
    } else if first.hasSuffix(".tlx"), !arguments.contains(where: { $0.hasPrefix("-") }) {
      self = .file(first, arguments: Array(arguments.dropFirst()))
    } else {
      return nil
    }
  }

  func perform(_ options: RunOptions) throws -> ExitStatus {
    switch self {
    case .prompt: try Prompt.start(options)
    case .file("-", let arguments): Runner(options, arguments: arguments).runStandardInput()
    case .file(let file, let arguments): Runner(options, arguments: arguments).run(file: file)
    case .code(let code, let arguments): Runner(options, arguments: arguments).run(code: code)
    }
  }
}
