import TLXBuiltins
import TLXLearning
import TLXRuntime
import TLXSource
import TLXSyntax

/// `tlx check`: what can be found wrong without running.
enum SourceCheck {
  static func run(_ paths: [String], json: Bool) -> ExitStatus {
    let files = paths == ["-"] ? paths : TextFile.files(at: paths, ending: ".tlx")
    let found = Workers.map(files, { diagnostics(ofFile: $0) }).flatMap { $0 }
    if json {
      Terminal.write(found.map { SourceCheck.json($0).text + "\n" }.joined())
    } else {
      ErrorReport.write(found)
    }
    return found.contains { $0.severity == .error } ? .invalidSource : .success
  }

  private static func diagnostics(ofFile path: String) -> [Diagnostic] {
    do {
      let text = try path == "-" ? TextFile.standardInput() : TextFile.read(path)
      let folder = path == "-" ? "" : TextFile.split(path).folder
      return diagnostics(
        of: SourceText(name: path == "-" ? "stdin" : path, text: text), folder: folder.isEmpty ? "." : folder)
    } catch {
      return Failures.diagnostics(error)
    }
  }

  static func diagnostics(of source: SourceText, folder: String) -> [Diagnostic] {
    let session = Session(builtins: .standard, output: SilentOutput(), folder: folder)
    return session.check(parse(source), mode: .file)
  }

  /// `{"file": …, "line": 1, "column": 5, "end_line": 1, "end_column": 8, "severity": "error", "code": "E0301",
  /// "message": …, "help": …}`: lines and columns count from 1, columns in characters.
  static func json(_ diagnostic: Diagnostic) -> JSONValue {
    var members: [JSONValue.Member] = []
    if let location = diagnostic.primary?.location {
      let start = location.source.position(of: location.span.start)
      let end = location.source.position(of: location.span.end)
      members = [
        .init("file", .string(location.source.name)), .init("line", .int(start.line)),
        .init("column", .int(start.column)), .init("end_line", .int(end.line)),
        .init("end_column", .int(end.column)),
      ]
    }
    members += [
      .init("severity", .string(diagnostic.severity.rawValue)), .init("code", .string(diagnostic.code)),
      .init("message", .string(diagnostic.message)),
    ]
    if let help = diagnostic.help { members.append(.init("help", .string(help))) }
    return .object(members)
  }
}
