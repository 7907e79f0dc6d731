/// How many colours a terminal tells apart.
public enum ColorDepth: Sendable, Comparable {
  case none
  /// The sixteen of its own theme.
  case sixteen
  /// Those and a cube of 6 × 6 × 6 with 24 greys.
  case indexed
  /// Red, green and blue, 256 steps each.
  case full

  /// What the environment tells of a terminal that may show colours: `COLORTERM`, else the name in `TERM`.
  public init(term: String, colorTerm: String) {
    let fullNames = [
      "kitty", "ghostty", "wezterm", "alacritty", "foot", "contour", "-direct", "mintty", "iterm",
    ]
    if ["truecolor", "24bit"].contains(colorTerm.lowercased()) || fullNames.contains(where: term.contains) {
      self = .full
    } else {
      self = term.contains("256") ? .indexed : term.isEmpty || term == "dumb" ? .none : .sixteen
    }
  }

  /// The parameters of SGR (ECMA-48) that set a colour; empty where there are none.
  func parameters(_ color: Palette.Color, isBackground: Bool) -> String {
    switch self {
    case .none: ""
    case .sixteen: "\(ColorDepth.themeNumber(color) + (isBackground ? 10 : 0))"
    case .indexed: "\(isBackground ? 48 : 38);5;\(ColorDepth.cubeNumber(color))"
    case .full: "\(isBackground ? 48 : 38);2;\(color.red);\(color.green);\(color.blue)"
    }
  }

  /// The nearest of the cube and the greys.
  static func cubeNumber(_ color: Palette.Color) -> Int {
    let levels = [0, 95, 135, 175, 215, 255]
    func nearest(_ value: Int) -> Int {
      levels.indices.min { abs(levels[$0] - value) < abs(levels[$1] - value) } ?? 0
    }
    let (r, g, b) = (nearest(color.red), nearest(color.green), nearest(color.blue))
    let grey = min(23, max(0, ((color.red + color.green + color.blue) / 3 - 3) / 10))
    let inCube = distance(color, Palette.Color(red: levels[r], green: levels[g], blue: levels[b]))
    let level = 8 + 10 * grey
    return distance(color, Palette.Color(red: level, green: level, blue: level)) < inCube
      ? 232 + grey : 16 + 36 * r + 6 * g + b
  }

  /// The nearest of a usual theme's colours, as the SGR parameter of the foreground.
  static func themeNumber(_ color: Palette.Color) -> Int {
    let theme: [(Int, Palette.Color)] = [
      (31, Palette.Color(red: 205, green: 49, blue: 49)), (32, Palette.Color(red: 13, green: 158, blue: 121)),
      (33, Palette.Color(red: 217, green: 150, blue: 16)),
      (34, Palette.Color(red: 36, green: 114, blue: 200)),
      (35, Palette.Color(red: 188, green: 80, blue: 188)),
      (36, Palette.Color(red: 17, green: 168, blue: 205)),
      (90, Palette.Color(red: 110, green: 110, blue: 110)),
      (37, Palette.Color(red: 229, green: 229, blue: 229)),
    ]
    return theme.min { distance(color, $0.1) < distance(color, $1.1) }?.0 ?? 39
  }

  private static func distance(_ a: Palette.Color, _ b: Palette.Color) -> Int {
    let (r, g, b) = (a.red - b.red, a.green - b.green, a.blue - b.blue)
    return 2 * r * r + 4 * g * g + 3 * b * b
  }
}
