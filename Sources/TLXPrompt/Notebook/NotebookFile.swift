import Glibc
import TLXBuiltins
import TLXNotebook
import TLXRuntime
import TLXSource
import TLXSyntax

/// A file on disk as a notebook.
struct NotebookFile {
  let path: String

  var folder: String {
    let folder = TextFile.split(path).folder
    return folder.isEmpty ? "." : folder
  }

  /// - Throws: E0601, E0602.
  func source() throws -> SourceText { SourceText(name: path, text: try TextFile.read(path)) }

  static func tree(_ source: SourceText) -> SyntaxTree { parse(source) }

  /// - Parameter usesCache: Whether results are kept on disk.
  func notebook(_ options: RunOptions, usesCache: Bool = true, arguments: [String] = []) -> Notebook {
    let notebook = Notebook(
      builtins: .standard, name: realPath(path) ?? path, folder: folder, version: NotebookFile.version,
      cache: usesCache ? CellCache() : nil)
    notebook.options.seed = options.seed ?? 0
    notebook.options.arguments = arguments
    return notebook
  }

  private func realPath(_ path: String) -> String? {
    guard let real = realpath(path, nil) else { return nil }
    defer { free(real) }
    return String(cString: real)
  }

  /// Names the program and what its numbers depend on: another build may compute something else.
  static let version: String = {
    var status = stat()
    let isKnown = stat("/proc/self/exe", &status) == 0
    let build = isKnown ? "\(status.st_size) \(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec)" : "?"
    let data = getenv("TLX_DATA").map { String(cString: $0) } ?? ""
    return "tlx \(Program.version) \(build) \(processor) \(data)"
  }()

  private static var processor: String {
    guard let file = fopen("/proc/cpuinfo", "r") else { return "" }
    defer { fclose(file) }
    var buffer = [CChar](repeating: 0, count: 4_096)
    while fgets(&buffer, Int32(buffer.count), file) != nil {
      let line = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      if line.hasPrefix("model name") {
        return String(line.split(separator: ":").last ?? "").filter { $0 != "\n" }
      }
    }
    return ""
  }
}
