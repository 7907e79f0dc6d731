/// What TeX's commands stand for.
enum FormulaSymbols {
  /// What has its scripts over and under it.
  static let stacked: Set<String> = [
    "\\sum", "\\prod", "\\coprod", "\\lim", "\\max", "\\min", "\\sup", "\\inf", "\\argmax", "\\argmin",
    "\\bigcup",
    "\\bigcap", "\\limsup", "\\liminf", "\\underbrace", "\\overbrace",
  ]

  static let functions: Set<String> = [
    "\\log", "\\ln", "\\exp", "\\sin", "\\cos", "\\tan", "\\sinh", "\\cosh", "\\tanh", "\\arcsin", "\\arccos",
    "\\arctan",
    "\\det", "\\dim", "\\ker", "\\tr", "\\Pr", "\\lim", "\\max", "\\min", "\\sup", "\\inf", "\\argmax",
    "\\argmin", "\\arg",
    "\\limsup", "\\liminf", "\\gcd", "\\deg", "\\softmax", "\\rank", "\\diag", "\\sgn", "\\KL", "\\Var",
    "\\Cov",
  ]

  static let identifiers: [String: String] = [
    "\\alpha": "α", "\\beta": "β", "\\gamma": "γ", "\\delta": "δ", "\\epsilon": "ϵ", "\\varepsilon": "ε",
    "\\zeta": "ζ",
    "\\eta": "η", "\\theta": "θ", "\\vartheta": "ϑ", "\\iota": "ι", "\\kappa": "κ", "\\lambda": "λ",
    "\\mu": "μ",
    "\\nu": "ν", "\\xi": "ξ", "\\pi": "π", "\\varpi": "ϖ", "\\rho": "ρ", "\\varrho": "ϱ", "\\sigma": "σ",
    "\\varsigma": "ς", "\\tau": "τ", "\\upsilon": "υ", "\\phi": "ϕ", "\\varphi": "φ", "\\chi": "χ",
    "\\psi": "ψ",
    "\\omega": "ω", "\\Gamma": "Γ", "\\Delta": "Δ", "\\Theta": "Θ", "\\Lambda": "Λ", "\\Xi": "Ξ", "\\Pi": "Π",
    "\\Sigma": "Σ", "\\Upsilon": "Υ", "\\Phi": "Φ", "\\Psi": "Ψ", "\\Omega": "Ω", "\\ell": "ℓ", "\\hbar": "ℏ",
    "\\infty": "∞", "\\partial": "∂", "\\nabla": "∇", "\\emptyset": "∅", "\\varnothing": "∅", "\\Re": "ℜ",
    "\\Im": "ℑ",
    "\\aleph": "ℵ", "\\imath": "ı", "\\jmath": "ȷ", "\\top": "⊤", "\\bot": "⊥", "\\dots": "…", "\\ldots": "…",
    "\\cdots": "⋯", "\\vdots": "⋮", "\\ddots": "⋱", "\\prime": "′", "\\degree": "°",
  ]

  static let operators: [String: String] = [
    "\\sum": "∑", "\\prod": "∏", "\\coprod": "∐", "\\int": "∫", "\\iint": "∬", "\\oint": "∮", "\\bigcup": "⋃",
    "\\bigcap": "⋂", "\\cdot": "⋅", "\\times": "×", "\\div": "÷", "\\pm": "±", "\\mp": "∓", "\\ast": "∗",
    "\\star": "⋆", "\\circ": "∘", "\\bullet": "∙", "\\odot": "⊙", "\\oplus": "⊕", "\\otimes": "⊗",
    "\\le": "≤",
    "\\leq": "≤", "\\ge": "≥", "\\geq": "≥", "\\ne": "≠", "\\neq": "≠", "\\approx": "≈", "\\equiv": "≡",
    "\\sim": "∼",
    "\\simeq": "≃", "\\cong": "≅", "\\propto": "∝", "\\ll": "≪", "\\gg": "≫", "\\in": "∈", "\\notin": "∉",
    "\\ni": "∋",
    "\\subset": "⊂", "\\subseteq": "⊆", "\\supset": "⊃", "\\supseteq": "⊇", "\\cup": "∪", "\\cap": "∩",
    "\\setminus": "∖", "\\land": "∧", "\\wedge": "∧", "\\lor": "∨", "\\vee": "∨", "\\neg": "¬", "\\lnot": "¬",
    "\\forall": "∀", "\\exists": "∃", "\\to": "→", "\\rightarrow": "→", "\\leftarrow": "←", "\\gets": "←",
    "\\leftrightarrow": "↔", "\\Rightarrow": "⇒", "\\implies": "⇒", "\\Leftarrow": "⇐",
    "\\Leftrightarrow": "⇔",
    "\\iff": "⇔", "\\mapsto": "↦", "\\uparrow": "↑", "\\downarrow": "↓", "\\mid": "∣", "\\parallel": "∥",
    "\\|": "‖",
    "\\perp": "⊥", "\\langle": "⟨", "\\rangle": "⟩", "\\lfloor": "⌊", "\\rfloor": "⌋", "\\lceil": "⌈",
    "\\rceil": "⌉",
    "\\lvert": "|", "\\rvert": "|", "\\lVert": "‖", "\\rVert": "‖", "\\vert": "|", "\\Vert": "‖",
    "\\backslash": "\\",
    "\\colon": ":", "\\coloneqq": "≔", "\\succ": "≻", "\\prec": "≺", "\\models": "⊨", "\\vdash": "⊢",
    "\\dagger": "†",
  ]

  static let spaces: [String: String] = [
    "\\,": "0.17", "\\:": "0.22", "\\;": "0.28", "\\!": "-0.17", "\\ ": "0.25", "\\quad": "1", "\\qquad": "2",
    "\\\\": "0.5", "~": "0.25",
  ]

  static let accents: [String: String] = [
    "\\hat": "^", "\\widehat": "^", "\\bar": "¯", "\\overline": "¯", "\\tilde": "~", "\\widetilde": "~",
    "\\vec": "→",
    "\\dot": "˙", "\\ddot": "¨", "\\check": "ˇ", "\\overbrace": "⏞",
  ]

  static let alphabets: [String: FormulaAlphabet] = [
    "\\mathbf": .bold, "\\boldsymbol": .bold, "\\bm": .bold, "\\mathbb": .doubleStruck, "\\mathcal": .script,
    "\\mathscr": .script, "\\mathfrak": .fraktur, "\\mathrm": .upright, "\\mathsf": .upright,
    "\\mathit": .italic,
  ]

  static let fences: Set<String> = ["(", ")", "[", "]", "|"]

  static let tableFences: [String: (String, String)] = [
    "pmatrix": ("(", ")"), "bmatrix": ("[", "]"), "Bmatrix": ("{", "}"), "vmatrix": ("|", "|"),
    "Vmatrix": ("‖", "‖"),
    "cases": ("{", ""),
  ]
}

/// An alphabet of mathematics.
enum FormulaAlphabet {
  case bold, doubleStruck, script, fraktur, upright, italic

  /// Letters that Unicode had before it got the alphabets.
  private static let exceptions: [FormulaAlphabet: [Character: String]] = [
    .doubleStruck: ["C": "ℂ", "H": "ℍ", "N": "ℕ", "P": "ℙ", "Q": "ℚ", "R": "ℝ", "Z": "ℤ"],
    .script: [
      "B": "ℬ", "E": "ℰ", "F": "ℱ", "H": "ℋ", "I": "ℐ", "L": "ℒ", "M": "ℳ", "R": "ℛ", "e": "ℯ", "g": "ℊ",
      "o": "ℴ",
    ],
    .fraktur: ["C": "ℭ", "H": "ℌ", "I": "ℑ", "R": "ℜ", "Z": "ℨ"],
  ]

  /// Where capitals and small letters start.
  private var starts: (UInt32, UInt32)? {
    switch self {
    case .bold: (0x1D400, 0x1D41A)
    case .doubleStruck: (0x1D538, 0x1D552)
    case .script: (0x1D49C, 0x1D4B6)
    case .fraktur: (0x1D504, 0x1D51E)
    case .upright, .italic: nil
    }
  }

  func letters(_ text: String) -> String {
    guard let starts else { return text }
    return text.map { character -> String in
      if let known = FormulaAlphabet.exceptions[self]?[character] { return known }
      guard let code = character.asciiValue else { return String(character) }
      let place: UInt32
      switch code {
      case 0x41...0x5A: place = starts.0 + UInt32(code - 0x41)
      case 0x61...0x7A: place = starts.1 + UInt32(code - 0x61)
      case 0x30...0x39:
        guard self == .bold || self == .doubleStruck else { return String(character) }
        place = (self == .bold ? 0x1D7CE : 0x1D7D8) + UInt32(code - 0x30)
      default: return String(character)
      }
      return Unicode.Scalar(place).map { String(Character($0)) } ?? String(character)
    }.joined()
  }
}
