import TLXRuntime

#if canImport(Glibc)
  import Glibc
#endif

/// SVG as pixels, by `rsvg-convert`.
public enum SVGRasterizer {
  public enum Size: Sendable {
    /// So many pixels for each unit of the SVG.
    case zoom(Int)
    case width(Int)
  }

  private static let places = [
    "/usr/bin/rsvg-convert", "/usr/local/bin/rsvg-convert", "/opt/homebrew/bin/rsvg-convert",
  ]

  private static var program: String? { places.first { access($0, X_OK) == 0 } }

  /// Whether it can be asked at all.
  public static var isInstalled: Bool { program != nil }

  /// A PNG file. Nil if `rsvg-convert` is not installed or cannot draw it.
  public static func png(_ svg: String, _ size: Size) -> [UInt8]? {
    guard let program else { return nil }
    let option =
      switch size {
      case .zoom(let factor): "--zoom=\(factor)"
      case .width(let pixels): "--width=\(pixels)"
      }
    return Subprocess.bytes(of: program, [option, "--keep-aspect-ratio"], input: svg, seconds: 60)
  }

  /// For a built-in that was asked for a file.
  /// - Throws: E0615.
  static func png(_ svg: String, _ arguments: Arguments) throws -> [UInt8] {
    guard isInstalled else {
      throw arguments.failure(
        "path", "E0615", "PNG files need the program rsvg-convert, which is not here",
        help: "install it (Debian: librsvg2-bin), or write .svg")
    }
    guard let bytes = png(svg, .zoom(2)) else {
      throw arguments.failure("path", "E0615", "rsvg-convert could not draw the figure")
    }
    return bytes
  }
}
