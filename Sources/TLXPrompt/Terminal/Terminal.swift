import CLineEdit
import Glibc

/// What is known of the terminal around the program.
enum Terminal {
  static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) != 0 }

  /// Columns and rows, 80 × 24 where nothing is known. `COLUMNS` counts when the output is no terminal.
  static func size(_ descriptor: Int32 = 1) -> (columns: Int, rows: Int) {
    var columns: Int32 = 0
    var rows: Int32 = 0
    if tlx_terminal_size(descriptor, &columns, &rows) != 0 {
      return (max(Int(columns), 8), max(Int(rows), 2))
    }
    if let text = environment("COLUMNS"), let value = Int(text), value >= 8 { return (value, 24) }
    return (80, 24)
  }

  /// Whether the terminal understands cursor movement.
  static var isCapable: Bool {
    guard let term = environment("TERM"), !term.isEmpty else { return false }
    return term != "dumb" && term != "emacs"
  }

  /// Whether output on the descriptor may carry colours.
  static func hasColor(_ descriptor: Int32) -> Bool {
    guard isTerminal(descriptor), isCapable else { return false }
    return (environment("NO_COLOR") ?? "").isEmpty
  }

  static func environment(_ name: String) -> String? {
    guard let value = getenv(name) else { return nil }
    return String(cString: value)
  }

  /// Whether the terminal shows what is typed and gathers lines. Off while a computation runs: what is typed ahead,
  /// Ctrl-D too, is then left for the editor.
  static func setEcho(_ isOn: Bool) {
    var settings = termios()
    guard tcgetattr(0, &settings) == 0 else { return }
    let flags = tcflag_t(ECHO | ICANON)
    if isOn { settings.c_lflag |= flags } else { settings.c_lflag &= ~flags }
    tcsetattr(0, TCSANOW, &settings)
  }

  /// Writes all of the text. False once the other side is gone.
  @discardableResult
  static func write(_ text: String, to descriptor: Int32 = 1) -> Bool {
    var text = text
    return text.withUTF8 { write(UnsafeRawBufferPointer($0), to: descriptor) }
  }

  static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Bool {
    var rest = bytes
    while let start = rest.baseAddress, rest.count > 0 {
      let count = Glibc.write(descriptor, start, rest.count)
      if count < 0 {
        if errno == EINTR || errno == EAGAIN { continue }
        return false
      }
      rest = UnsafeRawBufferPointer(rebasing: rest[count...])
    }
    return true
  }

  /// Makes character handling follow the user's locale, or UTF-8 where that knows only ASCII: with the C locale
  /// the editor would drop every other character.
  static func setCharacterHandling() {
    setlocale(LC_CTYPE, "")
    guard let codeset = nl_langinfo(nl_item(CODESET)), String(cString: codeset) != "UTF-8" else { return }
    if setlocale(LC_CTYPE, "C.UTF-8") == nil { setlocale(LC_CTYPE, "en_US.UTF-8") }
  }

  /// Columns that a character takes, as the editor counts: nil for what it cannot place (combining marks,
  /// joiners).
  static func columns(of scalar: Unicode.Scalar) -> Int? {
    if scalar.value < 0x7f && scalar.value >= 0x20 { return 1 }
    let width = tlx_character_width(Int32(scalar.value))
    return width > 0 ? Int(width) : nil
  }
}
