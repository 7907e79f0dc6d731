import TLXSource

/// Errors as they are written to standard error.
enum ErrorReport {
  static func write(_ diagnostics: [Diagnostic]) {
    let hasColor = Terminal.hasColor(2)
    let width = Terminal.size(2).columns
    let texts = diagnostics.map { render($0, color: hasColor, width: width) + "\n" }
    Terminal.write(texts.joined(separator: "\n"), to: 2)
  }
}
