import Glibc
import TLXLearning
import TLXNotebook
import TLXSource

/// Says that a file is being watched, so that a second `tlx watch` of it points to the page that is there instead of
/// running everything twice. The lock is the system's: it goes with its process, however that ends.
struct WatchLock {
  private let descriptor: Int32

  /// - Parameter link: Where the page is, for those who come second.
  /// - Throws: E0626 if another process watches the file.
  init(of path: String, link: String) throws {
    let real = realpath(path, nil)
    defer { free(real) }
    let name = real.map { String(cString: $0) } ?? path
    let folder = CellCache.standardFolder
    TextFile.makeFolder(folder)
    let file = "\(folder)/watch-\(SHA256.text(of: Array(name.utf8)).prefix(32))"
    descriptor = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    // Where nothing can be written nothing is locked either: the page comes first.
    guard descriptor >= 0 else { return }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let there = WatchLock.contents(descriptor)
      close(descriptor)
      throw Diagnostic(
        "E0626", "\(path) is watched already" + (there.isEmpty ? "" : ", at \(there)"),
        help: "open that page, or end the other program first (Ctrl-C)")
    }
    ftruncate(descriptor, 0)
    Terminal.write(link, to: descriptor)
  }

  private static func contents(_ descriptor: Int32) -> String {
    var buffer = [UInt8](repeating: 0, count: 1_024)
    let count = pread(descriptor, &buffer, buffer.count, 0)
    return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
  }

  func release() {
    guard descriptor >= 0 else { return }
    ftruncate(descriptor, 0)
    close(descriptor)
  }
}
