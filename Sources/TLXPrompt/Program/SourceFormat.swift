import TLXSource
import TLXSyntax

/// `tlx fmt`: writes files in their usual form.
enum SourceFormat {
  /// A file that does not parse stays as it is. With `check` nothing is written, and files that would change are named.
  static func run(_ paths: [String], check: Bool) -> ExitStatus {
    var status = ExitStatus.success
    for path in paths == ["-"] ? paths : TextFile.files(at: paths, ending: ".tlx") {
      do {
        let text = try path == "-" ? TextFile.standardInput() : TextFile.read(path)
        let tree = parse(SourceText(name: path == "-" ? "stdin" : path, text: text))
        let errors = tree.diagnostics.filter { $0.severity == .error }
        if !errors.isEmpty {
          ErrorReport.write(errors)
          status = .invalidSource
          continue
        }
        let formatted = format(tree)
        if path == "-", !check {
          Terminal.write(formatted)
        } else if formatted != text {
          Terminal.write((check ? "would change " : "formatted ") + path + "\n")
          if check { status = .failedTest } else { try TextFile.replace(path, with: formatted) }
        }
      } catch {
        status = Failures.report(error)
      }
    }
    return status
  }
}
