import Synchronization

#if canImport(Glibc)
  import Glibc
#endif

/// Which files a program may touch, and which it has read. Everything that opens a file for a program asks here first.
public enum FileAccess {
  private struct Rules {
    /// Real paths of folders and files; nil where nothing is forbidden.
    var readable: [String]?
    /// Real paths in the order of their first reading; nil where nobody keeps them.
    var recorded: [String]?
  }

  private static let rules = Mutex(Rules())

  private final class Observer: Sendable {
    let use = Mutex(FileUse())
  }

  /// Who is told of what this thread does with files; nil where nobody asks. Programs beside this one in the same process
  /// have observers of their own.
  @TaskLocal private static var observer: Observer?

  /// From now on only what lies in these folders (or is one of these files) can be read, and nothing can be written.
  public static func confine(toReading places: [String]) {
    let real = places.compactMap(resolved)
    rules.withLock { $0.readable = real }
  }

  public static var isConfined: Bool { rules.withLock { $0.readable != nil } }

  /// Ends `confine`: for tests.
  static func release() { rules.withLock { $0.readable = nil } }

  /// Starts to keep the paths of files that are read.
  public static func record() { rules.withLock { $0.recorded = [] } }

  /// The files that were read since `record`, in the order of their first reading.
  public static var recorded: [String] { rules.withLock { $0.recorded ?? [] } }

  /// - Parameter shown: The path as the user wrote it.
  /// - Throws: E0623 if the path lies outside of the folders that may be read.
  public static func willRead(_ path: String, shown: String? = nil) throws {
    let observer = observer
    let (isFree, isRecorded) = rules.withLock { ($0.readable == nil, $0.recorded != nil) }
    let isKept = isRecorded || observer != nil
    guard !isFree || isKept else { return }
    let real = resolved(path)
    guard isFree || isReadable(real) else {
      throw NumericsError(
        "E0623", "the sandbox does not let this program read \(shown ?? path)",
        help: "tlx --sandbox --allow FOLDER lets it read in one more folder")
    }
    guard isKept, let real else { return }
    rules.withLock { if $0.recorded?.contains(real) == false { $0.recorded?.append(real) } }
    observer?.use.withLock { if !$0.read.contains(real) { $0.read.append(real) } }
  }

  /// The names of files in a folder decide what a program does from here on.
  public static func willList(_ pattern: String) { observer?.use.withLock { $0.listed.append(pattern) } }

  /// Runs `body` and says what it did with files, on the thread that it runs on.
  public static func observing<Result>(_ body: () throws -> Result) rethrows -> (result: Result, use: FileUse)
  {
    let own = Observer()
    let result = try $observer.withValue(own) { try body() }
    return (result, own.use.withLock { $0 })
  }

  /// Whether `willRead` would let the path through.
  public static func mayRead(_ path: String) -> Bool {
    rules.withLock { $0.readable == nil } || isReadable(resolved(path))
  }

  /// - Throws: E0623 in a sandbox.
  public static func willWrite(_ shown: String) throws {
    observer?.use.withLock { $0.written.append(shown) }
    guard isConfined else { return }
    throw NumericsError(
      "E0623", "the sandbox does not let this program write \(shown)",
      help: "run it without --sandbox if you trust it")
  }

  /// The path without links and dots; nil if there is no such file.
  public static func realPath(_ path: String) -> String? {
    guard let real = realpath(path, nil) else { return nil }
    defer { free(real) }
    return String(cString: real)
  }

  private static func isReadable(_ real: String?) -> Bool {
    guard let real else { return false }
    return rules.withLock { rules in
      (rules.readable ?? []).contains { real == $0 || real.hasPrefix($0 == "/" ? $0 : $0 + "/") }
    }
  }

  /// The path without links and dots; of what does not exist, from its nearest parent that does.
  private static func resolved(_ path: String) -> String? {
    if let real = realPath(path) { return real }
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    guard errno == ENOENT, let last = parts.last, last != "..", last != "." else { return nil }
    let parent = parts.dropLast().joined(separator: "/")
    if parts.count == 1 { return resolved(".").map { $0 + "/" + last } }
    return resolved(parent.isEmpty ? "/" : parent).map { ($0 == "/" ? "" : $0) + "/" + last }
  }
}

/// What a part of a program did with files.
public struct FileUse: Sendable, Equatable {
  /// Real paths, in the order of their first reading; also of files that were looked for and not found.
  public var read: [String] = []
  /// As the program named them.
  public var written: [String] = []
  /// Patterns whose matching files were listed.
  public var listed: [String] = []

  public init() {}
}
