import CLineEdit
import Glibc
import TLXBuiltins
import TLXFigures
import TLXLearning

/// How the terminal that standard output goes to shows figures: in pixels where it can, else in blocks, braille and
/// colours. A file or a pipe gets plain text.
final class FigureScreen {
  private let isTerminal = Terminal.isTerminal(1)
  /// Whether somebody sits before it: only then may it be asked questions.
  private let isInteractive: Bool
  private lazy var pixelProtocol = findProtocol()

  init(isInteractive: Bool = false) { self.isInteractive = isInteractive }

  private var colors: ColorDepth {
    guard Terminal.hasColor(1) else { return .none }
    return ColorDepth(
      term: Terminal.environment("TERM") ?? "", colorTerm: Terminal.environment("COLORTERM") ?? "")
  }

  /// `COLORFGBG` names the colours of ink and paper, `0;15` on light paper. Most terminals are dark.
  private var isDark: Bool {
    guard let paper = Terminal.environment("COLORFGBG")?.split(separator: ";").last.flatMap({ Int($0) })
    else { return true }
    return paper < 7 || paper == 8
  }

  /// The figure, with a newline at its end; nil where plain text is all that there can be.
  func text(of figure: Figure, width: Int) -> String? {
    guard isTerminal else { return nil }
    if let picture = pixels(of: figure, width: width) { return picture + "\n" }
    let style = TerminalStyle(width: width, colors: colors, isDark: isDark)
    return style.colors > .none ? figure.terminalText(style) + "\n" : nil
  }

  // MARK: - Pixels

  private func pixels(of figure: Figure, width: Int) -> String? {
    guard let pixelProtocol else { return nil }
    let columns = min(width, 80)
    // What the terminal does not tell is taken as is usual: 8 pixels a column.
    let told = Int(tlx_terminal_pixels(1))
    let wide = told > 0 ? told * columns / max(1, width) : 8 * columns
    let size = pixelProtocol == .sixel ? min(wide, 1_600) : min(2 * wide, 1_600)
    guard let png = SVGRasterizer.png(figure.svgText(), .width(size)) else { return nil }
    return pixelProtocol.text(png: png, columns: columns) { zlibInflated($0, count: $1) }
  }

  private func findProtocol() -> PixelProtocol? {
    guard isTerminal, SVGRasterizer.isInstalled else { return nil }
    if let wanted = Terminal.environment("TLX_PIXELS"), !wanted.isEmpty {
      return PixelProtocol(rawValue: wanted.lowercased())
    }
    guard Terminal.isCapable else { return nil }
    return PixelProtocol(environment: Terminal.environment) ?? (isInteractive ? asked() : nil)
  }

  /// Asks the terminal for its device attributes (ECMA-48, DA). Nothing is asked while keys wait to be read, since the
  /// answer comes the same way.
  private func asked() -> PixelProtocol? {
    guard Terminal.isTerminal(0), !hasInput(milliseconds: 0) else { return nil }
    var saved = termios()
    guard tcgetattr(0, &saved) == 0 else { return nil }
    var raw = saved
    raw.c_lflag &= ~tcflag_t(ECHO | ICANON)
    tcsetattr(0, TCSANOW, &raw)
    defer { tcsetattr(0, TCSANOW, &saved) }
    Terminal.write("\u{1b}[c")
    var answer: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 256)
    while answer.last != UInt8(ascii: "c"), answer.count < 1_000, hasInput(milliseconds: 400) {
      let count = read(0, &buffer, buffer.count)
      guard count > 0 else { break }
      answer += buffer[..<count]
    }
    return PixelProtocol.hasSixel(deviceAttributes: String(decoding: answer, as: UTF8.self)) ? .sixel : nil
  }

  private func hasInput(milliseconds: Int32) -> Bool {
    var watched = pollfd(fd: 0, events: Int16(POLLIN), revents: 0)
    return poll(&watched, 1, milliseconds) > 0
  }
}
