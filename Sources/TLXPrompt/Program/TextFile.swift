import Glibc
import TLXNumerics
import TLXSource

/// Reading and replacing text files.
enum TextFile {
  /// The text of a file; E0601 with the nearest name in its folder if there is none, E0602 if it cannot be
  /// read, E0620 if it is no UTF-8 text.
  static func read(_ path: String) throws -> String {
    do { try FileAccess.willRead(path) } catch let error as NumericsError {
      throw Diagnostic(error.code, error.message, help: error.help)
    }
    var status = stat()
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure(opening: path, errno) }
    defer { close(descriptor) }
    if fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
      throw Diagnostic("E0602", "cannot read \(path): it is a folder")
    }
    return try text(contents(of: descriptor), of: path)
  }

  /// The text of a file of the operating system, which is no input of the program.
  static func text(ofSystemFile path: String) throws -> String {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure(opening: path, errno) }
    defer { close(descriptor) }
    return try text(contents(of: descriptor), of: path)
  }

  static func standardInput() throws -> String { try text(contents(of: 0), of: "standard input") }

  private static func text(_ bytes: [UInt8], of name: String) throws -> String {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw Diagnostic(
        "E0620", "\(name) is not UTF-8 text",
        help: "is it a compiled or compressed file? Text files can be "
          + "converted: iconv -f latin1 -t utf-8")
    }
    // What some editors of other systems put first.
    return text.hasPrefix("\u{feff}") ? String(text.unicodeScalars.dropFirst()) : text
  }

  private static func contents(of descriptor: Int32) -> [UInt8] {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = Glibc.read(descriptor, &buffer, buffer.count)
      if count > 0 { bytes += buffer[..<count] } else if count == 0 || errno != EINTR { return bytes }
    }
  }

  private static func failure(opening path: String, _ number: Int32) -> Diagnostic {
    guard number == ENOENT || number == ENOTDIR else {
      return Diagnostic("E0602", "cannot read \(path): \(String(cString: strerror(number)))")
    }
    let (folder, name) = split(path)
    let names = entries(of: folder).filter {
      $0.hasSuffix(".tlx") || !$0.contains(".") || !name.hasSuffix(".tlx")
    }
    let nearest =
      Spelling.nearest(to: name, in: names) ?? (names.contains(name + ".tlx") ? name + ".tlx" : nil)
    let help = nearest.map { "did you mean \(join(folder, $0))?" }
    return Diagnostic("E0601", "there is no file \(path)", help: help)
  }

  /// Folder and name; the folder is empty for a bare name.
  static func split(_ path: String) -> (folder: String, name: String) {
    guard let slash = path.lastIndex(of: "/") else { return ("", path) }
    let folder = slash == path.startIndex ? "/" : String(path[..<slash])
    return (folder, String(path[path.index(after: slash)...]))
  }

  static func join(_ folder: String, _ name: String) -> String {
    if folder.isEmpty { return name }
    return folder.hasSuffix("/") ? folder + name : folder + "/" + name
  }

  static var currentFolder: String {
    guard let path = getcwd(nil, 0) else { return "." }
    defer { free(path) }
    return String(cString: path)
  }

  static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  /// Names in a folder, sorted, without hidden ones.
  static func entries(of folder: String) -> [String] {
    guard let stream = opendir(folder.isEmpty ? "." : folder) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if !name.hasPrefix(".") { names.append(name) }
    }
    return names.sorted()
  }

  /// The files themselves, and of folders all files below that end so, in order.
  static func files(at paths: [String], ending suffix: String) -> [String] {
    paths.flatMap { path -> [String] in
      guard isFolder(path) else { return [path] }
      return entries(of: path).flatMap { name -> [String] in
        let inner = join(path, name)
        if isFolder(inner) { return files(at: [inner], ending: suffix) }
        return name.hasSuffix(suffix) ? [inner] : []
      }
    }
  }

  /// Writes a file beside the old one and puts it in its place, so that a crash leaves one or the other whole.
  static func replace(_ path: String, with text: String) throws {
    let aside = path + ".\(getpid()).tmp"
    let descriptor = open(aside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else {
      throw Diagnostic("E0602", "cannot write \(path): \(String(cString: strerror(errno)))")
    }
    var status = stat()
    if stat(path, &status) == 0 { fchmod(descriptor, status.st_mode & 0o7777) }
    let isWritten = Terminal.write(text, to: descriptor) && fsync(descriptor) == 0
    let number = errno
    close(descriptor)
    guard isWritten, rename(aside, path) == 0 else {
      unlink(aside)
      throw Diagnostic(
        "E0602", "cannot write \(path): \(String(cString: strerror(isWritten ? errno : number)))")
    }
  }

  static func makeFolder(_ path: String) {
    var folder = path.hasPrefix("/") ? "/" : ""
    for part in path.split(separator: "/") {
      folder = join(folder, String(part))
      mkdir(folder, 0o777)
    }
  }
}
