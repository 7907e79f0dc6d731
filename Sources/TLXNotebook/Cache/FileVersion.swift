import TLXLearning
import TLXNumerics

#if canImport(Glibc)
  import Glibc
#endif

/// What a file held when a cell read it.
public struct FileVersion: Sendable, Equatable {
  public var path: String
  public var size: Int
  /// Nanoseconds since 1970.
  public var modified: Int
  /// SHA-256 of its contents; empty for a file that was looked for and not there.
  public var checksum: String

  /// The file as it is now. Nil if it cannot be read.
  public init?(of path: String) {
    self.path = path
    guard let state = FileState(of: path) else {
      (size, modified, checksum) = (-1, 0, "")
      return
    }
    guard let sum = try? SHA256.text(ofFile: FileName(path)) else { return nil }
    (size, modified, checksum) = (state.size, state.modified, sum)
  }

  init(path: String, size: Int, modified: Int, checksum: String) {
    (self.path, self.size, self.modified, self.checksum) = (path, size, modified, checksum)
  }

  /// Whether the file holds the same now. The contents are read only if size or time differ, or if the file was so new
  /// at time `recorded` (in seconds since 1970) that a change might not show in its time.
  func isCurrent(recorded: Int) -> Bool {
    guard let state = FileState(of: path) else { return checksum.isEmpty }
    guard !checksum.isEmpty, state.size == size else { return false }
    if state.modified == modified, modified / 1_000_000_000 < recorded - 2 { return true }
    return (try? SHA256.text(ofFile: FileName(path))) == checksum
  }
}

/// What the system says of a file.
struct FileState: Equatable {
  var size: Int
  var modified: Int

  /// Nil if there is no such file.
  init?(of path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    size = Int(status.st_size)
    modified = Int(status.st_mtim.tv_sec) * 1_000_000_000 + Int(status.st_mtim.tv_nsec)
  }
}

/// Nanoseconds since 1970, as coarse as the times of files.
func fileTimeNow() -> Int {
  var now = timespec()
  clock_gettime(CLOCK_REALTIME_COARSE, &now)
  return Int(now.tv_sec) * 1_000_000_000 + Int(now.tv_nsec)
}

/// Seconds since 1970.
func secondsNow() -> Int {
  var now = timespec()
  clock_gettime(CLOCK_REALTIME, &now)
  return Int(now.tv_sec)
}
