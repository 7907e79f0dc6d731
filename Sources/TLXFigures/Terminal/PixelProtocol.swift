/// The ways in which terminals take pictures made of pixels.
public enum PixelProtocol: String, Sendable, CaseIterable {
  /// The graphics protocol of kitty, also of Ghostty and Konsole.
  case kitty
  /// The inline images of iTerm2, also of WezTerm and mintty.
  case iTerm = "iterm"
  /// The graphics of DEC's terminals since the VT240: xterm, foot, mlterm, contour, tmux.
  case sixel

  /// What the environment tells. Nil where it tells nothing; a multiplexer in between keeps pictures from the terminal
  /// that the variables speak of.
  public init?(environment: (String) -> String?) {
    func value(_ name: String) -> String { environment(name) ?? "" }
    guard value("TMUX").isEmpty, value("STY").isEmpty else { return nil }
    let (term, program) = (value("TERM"), value("TERM_PROGRAM"))
    if ["WezTerm", "iTerm.app", "mintty"].contains(program) {
      self = .iTerm
    } else if !value("KITTY_WINDOW_ID").isEmpty || program == "ghostty" || term == "xterm-kitty"
      || term == "xterm-ghostty"
    {
      self = .kitty
    } else if term.hasPrefix("foot") || term.hasPrefix("mlterm") || term.hasPrefix("contour") {
      self = .sixel
    } else {
      return nil
    }
  }

  /// Whether the answer to a query for device attributes, `ESC [ ? 62 ; 4 ; … c`, tells of sixel graphics: parameter 4.
  public static func hasSixel(deviceAttributes answer: String) -> Bool {
    guard let start = answer.firstRange(of: "\u{1B}[?")?.upperBound,
      let end = answer[start...].firstIndex(of: "c")
    else { return false }
    return answer[start..<end].split(separator: ";").dropFirst().contains("4")
  }

  /// A PNG file as what makes the terminal show it, so many columns wide. For `sixel` see `SixelImage`.
  static func kittyText(png: [UInt8], columns: Int) -> String {
    let data = Array(Base64.text(png).utf8)
    var result = ""
    let size = 4_096
    for start in stride(from: 0, to: data.count, by: size) {
      let chunk = String(decoding: data[start..<min(start + size, data.count)], as: UTF8.self)
      let more = start + size < data.count ? 1 : 0
      // a=T shows at once, f=100 is PNG, q=2 wants no answer.
      let head = start == 0 ? "a=T,f=100,q=2,c=\(columns)," : ""
      result += "\u{1B}_G\(head)m=\(more);\(chunk)\u{1B}\\"
    }
    return result
  }

  static func iTermText(png: [UInt8], columns: Int) -> String {
    "\u{1B}]1337;File=inline=1;size=\(png.count);width=\(columns);preserveAspectRatio=1:\(Base64.text(png))\u{7}"
  }
}

extension PixelProtocol {
  /// The escape sequences that show a PNG file, so many columns wide (sixel: as many pixels as it has).
  /// - Parameter inflated: Undoes zlib's compression; the second argument is the size to come.
  /// - Returns: Nil if the file is not a PNG that can be read.
  public func text(png: [UInt8], columns: Int, inflated: ([UInt8], Int) -> [UInt8]?) -> String? {
    switch self {
    case .kitty: PixelProtocol.kittyText(png: png, columns: columns)
    case .iTerm: PixelProtocol.iTermText(png: png, columns: columns)
    case .sixel: PixelBuffer(png: png, inflated: inflated).map { SixelImage($0).text }
    }
  }
}
