import TLXNumerics

#if canImport(Glibc)
  import Glibc
#endif

extension FileName {
  /// The files whose paths match a pattern with `*`, `?` and `[…]`, in alphabetical order, named as the pattern names
  /// them. A folder that cannot be read counts as empty, and so does what a sandbox hides.
  public static func matching(_ pattern: String, in folder: String = "") -> [FileName] {
    FileAccess.willList(pattern)
    let full = FileName(pattern, in: folder)
    let isRelative = !full.shown.hasPrefix("/") && !full.shown.hasPrefix("~/") && !folder.isEmpty
    // What the folder's own name holds is no pattern.
    let prefix = isRelative ? folder + (folder.hasSuffix("/") ? "" : "/") : ""
    let escaped = prefix.map { "*?[\\".contains($0) ? "\\\($0)" : String($0) }.joined()
    var result = glob_t()
    defer { globfree(&result) }
    guard glob(isRelative ? escaped + pattern : full.path, 0, nil, &result) == 0 else { return [] }
    return (0..<Int(result.gl_pathc)).compactMap { index in
      guard let path = result.gl_pathv[index], FileAccess.mayRead(String(cString: path)) else { return nil }
      return FileName(String(String(cString: path).dropFirst(prefix.count)), in: isRelative ? folder : "")
    }
  }
}

extension FileContents {
  /// A whole file as text, decompressed if it is a gzip file, without byte order mark.
  ///
  /// - Throws: E0601, E0602, E0608; E0620 if it is not UTF-8.
  public static func text(of file: FileName) throws -> String {
    try FileContents(of: file).decompressed(of: file).withBytes { bytes in
      let hasMark = bytes.starts(with: [0xEF, 0xBB, 0xBF])
      guard let text = String(validating: bytes.dropFirst(hasMark ? 3 : 0), as: UTF8.self) else {
        throw file.failure(
          "E0620", "it is not UTF-8 text",
          help: "convert it, as in: iconv -f latin1 -t utf8 old.txt > new.txt")
      }
      return text
    }
  }
}
