import ArgumentParser
import Glibc
import TLXNotebook
import TLXRuntime
import TLXSource

struct CacheCommand: ProgramCommand {
  static let configuration = CommandConfiguration(
    commandName: "cache", abstract: "List the results of cells that are kept on disk, or clear them.")

  @Flag(help: "Remove what is kept: of one file, if one is named, else all.")
  var clear = false

  @Argument(help: "Only the cells of this file.", completion: .file(extensions: ["tlx"]))
  var file: String?

  func perform() throws -> ExitStatus {
    let cache = CellCache()
    let path = try file.map { name -> String in
      guard let real = realpath(name, nil) else { throw Diagnostic("E0601", "there is no file \(name)") }
      defer { free(real) }
      return String(cString: real)
    }
    if clear {
      let count = cache.clear(file: path)
      Terminal.write("\(count) result\(count == 1 ? "" : "s") removed\n")
      return .success
    }
    let items = cache.items.filter { path == nil || $0.file == path }
    for item in items {
      let kept = item.reason.map { "only its output, since \($0)" } ?? size(item.byteCount)
      Terminal.write("\(item.title)  \(NotebookPage.duration(item.seconds))  \(kept)  \(item.file)\n")
    }
    let total = path == nil ? cache.byteCount : items.reduce(0) { $0 + $1.byteCount }
    Terminal.write("\(items.count) result\(items.count == 1 ? "" : "s"), \(size(total)) in \(cache.folder)\n")
    return .success
  }

  private func size(_ bytes: Int) -> String {
    let units = ["bytes", "kB", "MB", "GB"]
    var value = Double(bytes)
    var unit = 0
    while value >= 999.5, unit < units.count - 1 {
      value /= 1_000
      unit += 1
    }
    let text = unit == 0 || value >= 99.5 ? String(Int(value.rounded())) : String((value * 10).rounded() / 10)
    return "\(text) \(units[unit])"
  }
}
