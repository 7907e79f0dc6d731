import Glibc
import TLXLearning

/// The inputs of all sessions, in a file that only ever grows: each is written in one append before it runs, so a
/// killed terminal loses nothing and two sessions do not overwrite each other. libedit's own history file can do
/// neither. Without a place to write, history lasts for the session.
///
/// A line holds `id`, `time`, `folder` and `text`; a later one with the same `id` says whether it went well (`ok`).
final class History {
  struct Entry: Equatable {
    var time: String
    var folder: String
    /// Nil if the session ended before the input did.
    var ok: Bool?
    var text: String
  }

  private let path: String?

  init(path: String? = History.standardPath) {
    self.path = path
  }

  /// `$XDG_STATE_HOME/tlx/history.jsonl`, else `~/.local/state/tlx/history.jsonl`.
  static var standardPath: String? {
    if let state = Terminal.environment("XDG_STATE_HOME"), state.hasPrefix("/") {
      return state + "/tlx/history.jsonl"
    }
    guard let home = Terminal.environment("HOME"), home.hasPrefix("/") else { return nil }
    return home + "/.local/state/tlx/history.jsonl"
  }

  /// The last inputs, oldest first; what is written twice in a row appears once. Reads no more than the file's end, so
  /// that a long history does not slow the start.
  func entries(limit: Int = 2000) -> [Entry] {
    guard let path, let bytes = History.tail(of: path, limit: 1 << 20) else { return [] }
    var entries: [Entry] = []
    var positions: [String: Int] = [:]
    for line in bytes.split(separator: UInt8(ascii: "\n")) {
      // A line that a full disk cut off, or another program's, is passed over.
      guard let fields = JSONValue(parsing: line), let id = fields["id"]?.string else { continue }
      if let text = fields["text"]?.string {
        positions[id] = entries.count
        entries.append(
          Entry(
            time: fields["time"]?.string ?? "", folder: fields["folder"]?.string ?? "", ok: nil, text: text))
      } else if let ok = fields["ok"]?.bool, let position = positions[id] {
        entries[position].ok = ok
      }
    }
    var result: [Entry] = []
    for entry in entries.suffix(limit) where entry.text != result.last?.text { result.append(entry) }
    return result
  }

  /// Writes an input that is about to run, and returns what `finish` wants to know.
  func begin(_ text: String, folder: String) -> String {
    let time = History.now()
    let id = String(UInt64.random(in: .min ... .max), radix: 36)
    append(
      .fields(["id": .string(id), "time": .string(time), "folder": .string(folder), "text": .string(text)]))
    return id
  }

  func finish(_ id: String, ok: Bool) { append(.fields(["id": .string(id), "ok": .bool(ok)])) }

  private func append(_ line: JSONValue) {
    guard let path else { return }
    var descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
    if descriptor < 0 && errno == ENOENT {
      History.makeFolder(of: path)
      descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
    }
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    var line = Array((line.text + "\n").utf8)
    // A line that a full disk cut off must not swallow this one.
    if !History.endsWithNewline(path) { line.insert(UInt8(ascii: "\n"), at: 0) }
    _ = write(descriptor, line, line.count)
  }

  private static func endsWithNewline(_ path: String) -> Bool {
    guard let end = tail(of: path, limit: 1), let last = end.last else { return true }
    return last == UInt8(ascii: "\n")
  }

  private static func makeFolder(of path: String) {
    var folder = ""
    for part in path.split(separator: "/").dropLast() {
      folder += "/" + part
      mkdir(folder, 0o700)
    }
  }

  /// The last bytes of a file, from the start of a line on.
  private static func tail(of path: String, limit: Int) -> [UInt8]? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    let size = lseek(descriptor, 0, SEEK_END)
    let start = max(size - limit, 0)
    var bytes = [UInt8](repeating: 0, count: size - start)
    let count = pread(descriptor, &bytes, bytes.count, start)
    guard count >= 0 else { return nil }
    bytes.removeLast(bytes.count - count)
    return bytes
  }

  /// `2026-11-21T09:30:00Z` as the clock on the wall showed it: `2026-11-21 10:30`.
  static func local(_ time: String) -> String {
    let numbers = time.split { !$0.isNumber }.compactMap { Int32($0) }
    guard numbers.count == 6 else { return time }
    var parts = tm()
    (parts.tm_year, parts.tm_mon, parts.tm_mday) = (numbers[0] &- 1900, numbers[1] &- 1, numbers[2])
    (parts.tm_hour, parts.tm_min, parts.tm_sec) = (numbers[3], numbers[4], numbers[5])
    var seconds = timegm(&parts)
    localtime_r(&seconds, &parts)
    return text(parts, "%Y-%m-%d %H:%M")
  }

  static func now() -> String {
    var seconds = time(nil)
    var parts = tm()
    gmtime_r(&seconds, &parts)
    return text(parts, "%Y-%m-%dT%H:%M:%SZ")
  }

  private static func text(_ parts: tm, _ form: String) -> String {
    var parts = parts
    var buffer = [CChar](repeating: 0, count: 32)
    let length = strftime(&buffer, buffer.count, form, &parts)
    return String(decoding: buffer[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
