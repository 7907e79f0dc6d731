import TLXNumerics
import TLXSource
import TLXSyntax

#if canImport(Glibc)
  import Glibc
#endif

/// A file that `use` brought in.
final class Module {
  let path: String
  let source: SourceText
  let prototype: Prototype
  /// Its own top-level names.
  let exports: [GlobalVariable]
  var hasRun = false

  init(path: String, source: SourceText, prototype: Prototype, exports: [GlobalVariable]) {
    self.path = path
    self.source = source
    self.prototype = prototype
    self.exports = exports
  }
}

/// The modules of a session, each compiled and run once as long as its file stays the same.
final class ModuleTable {
  private var modules: [String: Module] = [:]
  /// Paths that are being compiled, outermost first.
  private var loading: [String] = []
  private var folders: [ObjectIdentifier: String] = [:]

  /// Forgets all, with what they hold.
  func removeAll() { modules = [:] }

  /// The compiled module of a path, which is relative to the file that names it.
  /// - Throws: `Failure` E0601 if the file cannot be read, E0309 for a cycle; `Diagnostics` of the module.
  func load(_ path: String, from source: SourceText, _ session: Session) throws -> Module {
    let folder = folders[ObjectIdentifier(source)] ?? session.folder
    let wanted = path.hasPrefix("/") ? path : folder + "/" + path
    guard let full = ModuleTable.resolved(wanted) ?? ModuleTable.resolved(wanted + ".tlx") else {
      throw Failure("E0601", "there is no file \(path)", help: "paths start from the file that names them")
    }
    if let start = loading.firstIndex(of: full) {
      let cycle = (loading[start...] + [full]).map(ModuleTable.fileName).joined(separator: " → ")
      throw Failure(
        "E0309", "files use each other in a cycle: \(cycle)", help: "move what both need into a third file")
    }
    try FileAccess.willRead(full, shown: path)
    let text = try ModuleTable.read(full, as: path)
    if let module = modules[full], module.source.text == text { return module }
    loading.append(full)
    defer { loading.removeLast() }
    let moduleSource = SourceText(name: ModuleTable.shown(path, beside: source.name), text: text)
    folders[ObjectIdentifier(moduleSource)] = ModuleTable.folder(of: full)
    let module = try session.compileModule(path: full, moduleSource)
    modules[full] = module
    return module
  }

  /// The path as errors show it: like that of the file that names it.
  private static func shown(_ path: String, beside name: String) -> String {
    guard !path.hasPrefix("/"), name.contains("/") else { return path }
    return folder(of: name) + "/" + path
  }

  private static func fileName(_ path: String) -> String { String(path.split(separator: "/").last ?? "") }

  private static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  private static func resolved(_ path: String) -> String? {
    guard let buffer = realpath(path, nil) else { return nil }
    defer { free(buffer) }
    return String(cString: buffer)
  }

  private static func read(_ path: String, as name: String) throws -> String {
    guard let file = fopen(path, "rb") else { throw Failure("E0601", "cannot read \(name)") }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = fread(&buffer, 1, buffer.count, file)
      if count == 0 { break }
      bytes += buffer[..<count]
    }
    guard ferror(file) == 0 else { throw Failure("E0601", "cannot read \(name)") }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw Failure("E0601", "\(name) is not a text in UTF-8")
    }
    return text
  }
}
