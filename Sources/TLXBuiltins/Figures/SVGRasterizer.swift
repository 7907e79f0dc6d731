import TLXLearning
import TLXRuntime

#if canImport(Glibc)
  import Glibc
#endif

/// SVG as pixels, by `rsvg-convert`.
enum SVGRasterizer {
  private static let places = [
    "/usr/bin/rsvg-convert", "/usr/local/bin/rsvg-convert", "/opt/homebrew/bin/rsvg-convert",
  ]

  static func png(_ svg: String, _ arguments: Arguments) throws -> [UInt8] {
    guard let program = places.first(where: { access($0, X_OK) == 0 }) else {
      throw arguments.failure(
        "path", "E0615", "PNG files need the program rsvg-convert, which is not here",
        help: "install it (Debian: librsvg2-bin), or write .svg")
    }
    var template = Array("/tmp/tlx-figure-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else {
      throw arguments.failure("path", "E0602", "cannot make a folder in /tmp")
    }
    let folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    defer {
      for name in ["a.svg", "a.png"] { unlink("\(folder)/\(name)") }
      rmdir(folder)
    }
    try AtomicFile.write(FileName("\(folder)/a.svg")) { try $0.write(svg) }
    guard run(program, ["--zoom=2", "-o", "\(folder)/a.png", "\(folder)/a.svg"]) == 0 else {
      throw arguments.failure("path", "E0615", "rsvg-convert could not draw the figure")
    }
    return try FileContents(of: FileName("\(folder)/a.png")).withBytes { Array($0) }
  }

  private static func run(_ path: String, _ words: [String]) -> Int32 {
    var arguments = ([path] + words).map { strdup($0) }
    defer { arguments.forEach { free($0) } }
    arguments.append(nil)
    var process = pid_t()
    guard posix_spawn(&process, path, nil, nil, arguments, environ) == 0 else { return 127 }
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0 && errno == EINTR {}
    return status
  }
}
