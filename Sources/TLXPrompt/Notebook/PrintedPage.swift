import Glibc
import TLXLearning
import TLXSource

/// A page on paper, by a browser that is installed.
enum PrintedPage {
  private static let browsers = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]

  /// - Throws: E0622 if there is no browser or it fails.
  static func write(_ html: String, to target: String) throws {
    guard let browser = browsers.lazy.compactMap(OtherProgram.path).first else {
      throw Diagnostic(
        "E0622", "there is no browser here that could print \(target)",
        help: "install chromium, or render to .html and print that page")
    }
    var template = Array("/tmp/tlx-page-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw Diagnostic("E0602", "cannot make a folder in /tmp") }
    let folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    defer { _ = OtherProgram.run("/bin/rm", ["-rf", folder]) }
    try TextFile.replace(folder + "/page.html", with: html)
    let made = folder + "/page.pdf"
    let status = OtherProgram.run(
      browser,
      [
        "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer",
        "--user-data-dir=\(folder)/profile",
        "--print-to-pdf=\(made)", "file://\(folder)/page.html",
      ])
    guard status == 0, TextFile.exists(made) else {
      throw Diagnostic("E0622", "\(browser) could not print the page (status \(status))")
    }
    let bytes = try FileContents(of: FileName(made)).withBytes { Array($0) }
    try AtomicFile.write(FileName(target)) { try $0.write(bytes) }
  }
}
