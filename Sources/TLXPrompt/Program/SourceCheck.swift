import TLXBuiltins
import TLXRuntime
import TLXSource
import TLXSyntax

/// `tlx check`: what can be found wrong without running.
enum SourceCheck {
  static func run(_ paths: [String]) -> ExitStatus {
    var found: [Diagnostic] = []
    for path in TextFile.files(at: paths, ending: ".tlx") {
      do {
        let source = SourceText(name: path, text: try TextFile.read(path))
        let folder = TextFile.split(path).folder
        let session = try Session(
          builtins: .standard, output: CapturedOutput(), folder: folder.isEmpty ? "." : folder)
        found += session.check(parse(source), mode: .file)
      } catch {
        found += Failures.diagnostics(error)
      }
    }
    ErrorReport.write(found)
    return found.contains { $0.severity == .error } ? .invalidSource : .success
  }
}
