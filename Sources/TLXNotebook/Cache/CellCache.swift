import TLXLearning
import TLXSource

#if canImport(Glibc)
  import Glibc
#endif

/// Results of cells on disk. A file is named after the key of what it holds and begins with a checksum of the rest: what
/// does not match, because a write was cut short, the disk failed or another program wrote it, counts as not there.
///
/// Files are written aside and renamed, so that a reader finds a whole file or none; a crash leaves at most a file with
/// a temporary name, which `clear` and `trim` remove.
public final class CellCache {
  public let folder: String
  private static let mark = Array("TLX cell 1\n".utf8)
  /// Bytes above which the entries that were not used for longest go.
  private let limit: Int

  /// - Parameter folder: Nil for `$TLX_CACHE`, else `tlx` in `$XDG_CACHE_HOME` or `~/.cache`.
  public init(folder: String? = nil, limit: Int = 4 << 30) {
    self.folder = folder ?? CellCache.standardFolder
    self.limit = limit
  }

  public static var standardFolder: String {
    func variable(_ name: String) -> String? {
      guard let value = getenv(name), value.pointee != 0 else { return nil }
      return String(cString: value)
    }
    if let own = variable("TLX_CACHE") { return own }
    return (variable("XDG_CACHE_HOME") ?? (variable("HOME") ?? "/tmp") + "/.cache") + "/tlx"
  }

  // MARK: - Entries

  private func path(_ key: String, _ ending: String) -> String {
    "\(folder)/\(key.prefix(2))/\(key).\(ending)"
  }

  /// What is known of a run with this key, if it still holds: the files that the cell read are as they were.
  func entry(_ key: String) -> CellEntry? {
    guard let bytes = read(path(key, "cell")), let entry = try? CellEntry(bytes), entry.key == key else {
      return nil
    }
    guard entry.files.allSatisfy({ $0.isCurrent(recorded: entry.created) }) else { return nil }
    return entry
  }

  /// The values of an entry's names as bytes.
  func values(of entry: CellEntry) -> [UInt8]? {
    guard case .kept(let checksum, _) = entry.values, let bytes = read(path(entry.key, "values")),
      SHA256.text(of: bytes) == checksum
    else { return nil }
    // What is used is young: the oldest go first.
    utimensat(AT_FDCWD, path(entry.key, "cell"), nil, 0)
    return bytes
  }

  /// Keeps an entry and its values.
  /// - Throws: `Diagnostic` E0602 if the disk is full or the folder cannot be written.
  func keep(_ entry: CellEntry, values: [UInt8]?) throws {
    if let values { try write(values, to: path(entry.key, "values")) }
    try write(entry.bytes, to: path(entry.key, "cell"))
  }

  func remove(_ key: String) {
    unlink(path(key, "cell"))
    unlink(path(key, "values"))
  }

  // MARK: - Files

  private func read(_ path: String) -> [UInt8]? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
    var filled = 0
    while filled < bytes.count {
      let rest = bytes.count - filled
      let count = bytes.withUnsafeMutableBytes {
        Glibc.read(descriptor, $0.baseAddress.map { $0 + filled }, rest)
      }
      guard count > 0 else { return nil }
      filled += count
    }
    let start = CellCache.mark.count + 64
    guard bytes.count >= start, bytes.starts(with: CellCache.mark) else { return nil }
    let contents = Array(bytes[start...])
    guard SHA256.text(of: contents).utf8.elementsEqual(bytes[CellCache.mark.count..<start]) else {
      return nil
    }
    return contents
  }

  private func write(_ contents: [UInt8], to path: String) throws {
    makeFolder(String(path[..<(path.lastIndex(of: "/") ?? path.endIndex)]))
    let aside = "\(path).\(getpid()).tmp"
    let descriptor = open(aside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw failure(errno) }
    let bytes = CellCache.mark + Array(SHA256.text(of: contents).utf8) + contents
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes {
        Glibc.write(descriptor, $0.baseAddress.map { $0 + written }, $0.count - written)
      }
      if count > 0 { written += count } else if errno != EINTR { break }
    }
    let number = errno
    close(descriptor)
    guard written == bytes.count else {
      unlink(aside)
      throw failure(number)
    }
    guard rename(aside, path) == 0 else {
      let number = errno
      unlink(aside)
      throw failure(number)
    }
  }

  private func failure(_ number: Int32) -> Diagnostic {
    let reason = number == ENOSPC ? "no space left" : String(cString: strerror(number))
    return Diagnostic("E0602", "cannot write to the cache in \(folder): \(reason)")
  }

  private func makeFolder(_ path: String) {
    var made = path.hasPrefix("/") ? "" : "."
    for part in path.split(separator: "/") {
      made += "/" + part
      mkdir(made, 0o700)
    }
  }
}

extension CellCache {
  /// One kept result, for listings.
  public struct Item: Sendable {
    public var key: String
    public var title: String
    /// The file whose cell it was.
    public var file: String
    public var byteCount: Int
    /// How long the cell took.
    public var seconds: Double
    /// Seconds since 1970.
    public var used: Int
    public var reason: String?
  }

  /// All that is kept, what was used last first. What cannot be read is not listed.
  public var items: [Item] {
    var items: [Item] = []
    for path in paths where path.hasSuffix(".cell") {
      guard let bytes = read(path), let entry = try? CellEntry(bytes), let state = FileState(of: path) else {
        continue
      }
      let values = FileState(of: String(path.dropLast(4)) + "values")
      var reason: String?
      if case .notKept(let why) = entry.values { reason = why }
      items.append(
        Item(
          key: entry.key, title: entry.title, file: entry.file, byteCount: state.size + (values?.size ?? 0),
          seconds: entry.seconds, used: state.modified / 1_000_000_000, reason: reason))
    }
    return items.sorted { ($1.used, $0.key) < ($0.used, $1.key) }
  }

  /// Bytes that all files take.
  public var byteCount: Int { paths.reduce(0) { $0 + (FileState(of: $1)?.size ?? 0) } }

  /// Removes what is kept for a file's cells, or everything. Returns how many files went.
  @discardableResult
  public func clear(file: String? = nil) -> Int {
    var count = 0
    if let file {
      for item in items where item.file == file {
        remove(item.key)
        count += 1
      }
      return count
    }
    for path in paths where unlink(path) == 0 { count += path.hasSuffix(".cell") ? 1 : 0 }
    return count
  }

  /// Removes what was used longest ago until the rest is below the limit, and what crashes left behind.
  public func trim() {
    let old = secondsNow() - 3_600
    var files: [(path: String, size: Int, used: Int)] = []
    for path in paths {
      guard let state = FileState(of: path) else { continue }
      if path.hasSuffix(".tmp") {
        if state.modified / 1_000_000_000 < old { unlink(path) }
      } else {
        files.append((path, state.size, state.modified))
      }
    }
    var total = files.reduce(0) { $0 + $1.size }
    for file in files.sorted(by: { $0.used < $1.used }) where total > limit {
      unlink(file.path)
      total -= file.size
    }
  }

  /// All files of the cache; nothing else that may stand in its folder.
  private var paths: [String] {
    CellCache.entries(of: folder).filter { $0.count == 2 }.flatMap { part in
      CellCache.entries(of: "\(folder)/\(part)").filter { name in
        name.utf8.prefix(64).allSatisfy { $0 >= 0x30 && $0 <= 0x39 || $0 >= 0x61 && $0 <= 0x66 }
          && [".cell", ".values", ".tmp"].contains { name.hasSuffix($0) }
      }.map { "\(folder)/\(part)/\($0)" }
    }
  }

  private static func entries(of folder: String) -> [String] {
    guard let stream = opendir(folder) else { return [] }
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
}
