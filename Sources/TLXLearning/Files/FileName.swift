import TLXNumerics

#if canImport(Glibc)
  import Glibc
#endif

/// A file as the user named it, for messages, and as the system finds it.
public struct FileName: Hashable, Sendable {
  /// What messages show.
  public let shown: String
  /// What the system opens.
  public let path: String

  /// - Parameters:
  ///   - name: Absolute, relative to `folder`, or starting with `~/`.
  ///   - folder: Empty for the current one.
  public init(_ name: String, in folder: String = "") {
    shown = name
    if name.hasPrefix("~/"), let home = getenv("HOME") {
      path = String(cString: home) + name.dropFirst()
    } else if name.hasPrefix("/") || folder.isEmpty {
      path = name
    } else {
      path = folder + (folder.hasSuffix("/") ? "" : "/") + name
    }
  }

  /// The last part of the path.
  public var lastPart: String { String(path.split(separator: "/").last ?? "") }

  /// What follows the last dot, in lower case; a final `.gz` is passed over: `csv` for `a.CSV.gz`.
  public var format: String {
    var parts = lastPart.lowercased().split(separator: ".", omittingEmptySubsequences: false)
    if parts.count > 2, parts.last == "gz" { parts.removeLast() }
    return parts.count > 1 ? String(parts[parts.count - 1]) : ""
  }

  /// Whether it is to be written compressed.
  var isGzip: Bool { lastPart.lowercased().hasSuffix(".gz") }
}

extension FileName {
  /// An error about the contents, with the file's name in front.
  func failure(_ code: String, _ message: String, help: String? = nil) -> NumericsError {
    NumericsError(code, "\(shown): \(message)", help: help)
  }

  /// What a system call's `errno` means for this file: E0601 if it does not exist, else E0602.
  func systemFailure(_ doing: String, _ number: Int32) -> NumericsError {
    if number == ENOENT {
      let help =
        shown.hasPrefix("/") || shown.hasPrefix("~")
        ? nil : "paths are relative to the script's folder, or to the current one at the prompt"
      return NumericsError("E0601", "cannot \(doing) \(shown): no such file or folder", help: help)
    }
    return NumericsError("E0602", "cannot \(doing) \(shown): \(Self.reason(number))")
  }

  /// The common reasons in fixed words; the rest as the system says it.
  private static func reason(_ number: Int32) -> String {
    switch number {
    case EACCES, EPERM: "permission denied"
    case EISDIR: "it is a folder"
    case ENOTDIR: "a part of its path is not a folder"
    case ENOSPC, EDQUOT: "no space left"
    case EROFS: "the file system is read-only"
    case ENAMETOOLONG: "the name is too long"
    case EMFILE, ENFILE: "too many open files"
    default: String(cString: strerror(number))
    }
  }
}
