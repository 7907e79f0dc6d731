import TLXNumerics

/// `"{x:spec}"`.
extension Display {
  /// The value in Python's format mini-language; a tensor elementwise, in brackets.
  /// - Throws: E0413 for a spec that is none, or that does not fit the value.
  public static func format(_ value: Value, spec: String) throws -> String {
    if spec.isEmpty { return text(of: value) }
    let specification = try FormatSpecification(spec)
    switch value {
    case .int(let number): return try format(number, specification, spec)
    case .float(let number): return try format(number, specification, spec)
    case .string(let text): return try format(text, specification, spec)
    case .bool(let flag):
      if specification.type == "d" { return try format(flag ? 1 : 0, specification, spec) }
      return try format(flag ? "true" : "false", specification, spec)
    case .tensor(let tensor): return try format(tensor, specification, spec)
    default:
      if let tensor = value.tensorOperand { return try format(tensor, specification, spec) }
      return try format(text(of: value), specification, spec)
    }
  }

  private static func format(_ text: String, _ spec: FormatSpecification, _ written: String) throws -> String
  {
    guard spec.type == nil || spec.type == "s" else {
      throw Failure(
        "E0413", "the format `\(written)` is for numbers, and this is a string",
        help: "use > or < with a width, as in \"{s:>10}\"")
    }
    guard !spec.hasSign, !spec.alternate, !spec.noNegativeZero, spec.grouping == nil, spec.align != .afterSign
    else {
      throw Failure("E0413", "the format `\(written)` is for numbers, and this is a string")
    }
    var spec = spec
    if spec.zeroPadded {
      if spec.align == nil { spec.align = .left }
      spec.fill = spec.fill ?? "0"
    }
    return spec.padded(spec.precision.map { String(text.prefix($0)) } ?? text, default: .left)
  }

  private static func format(_ tensor: Tensor, _ spec: FormatSpecification, _ written: String) throws
    -> String
  {
    try tensor.realize()
    func join(_ axis: Int, _ position: inout Int) throws -> String {
      if axis == tensor.rank {
        defer { position += 1 }
        switch tensor.dtype {
        case .i64:
          return try format(tensor.withElements(of: Int.self) { $0[position] }, spec, written)
        case .bool: return try format(.bool(tensor.number(at: position) != 0), spec: written)
        case .f32, .f64: return try format(tensor.number(at: position), spec, written)
        }
      }
      var parts: [String] = []
      for _ in 0..<tensor.shape[axis] { parts.append(try join(axis + 1, &position)) }
      return "[" + parts.joined(separator: ", ") + "]"
    }
    var position = 0
    return try join(0, &position)
  }

  // MARK: Numbers

  private static func format(_ number: Int, _ spec: FormatSpecification, _ written: String) throws -> String {
    let magnitude = number.magnitude
    var digits: String
    var prefix = ""
    switch spec.type {
    case nil, "d", "n": digits = String(magnitude)
    case "b": (digits, prefix) = (String(magnitude, radix: 2), "0b")
    case "o": (digits, prefix) = (String(magnitude, radix: 8), "0o")
    case "x": (digits, prefix) = (String(magnitude, radix: 16), "0x")
    case "X": (digits, prefix) = (String(magnitude, radix: 16, uppercase: true), "0X")
    case "s": throw Failure("E0413", "the format `\(written)` is for strings, and this is an int")
    case "c":
      guard let scalar = Unicode.Scalar(UInt32(clamping: number)), number >= 0 else {
        throw Failure("E0413", "\(number) is not a character's number")
      }
      return spec.padded(String(Character(scalar)), default: .left)
    default: return try format(Double(number), spec, written)
    }
    if spec.precision != nil {
      throw Failure(
        "E0413", "`\(written)`: whole numbers have no digits after the point",
        help: "\(spec.precision ?? 0) digits: .\(spec.precision ?? 0)f")
    }
    guard !spec.noNegativeZero else {
      throw Failure("E0413", "`\(written)`: z is for floats, and this is an int")
    }
    if spec.grouping == "," && !prefix.isEmpty {
      throw Failure("E0413", "`\(written)`: digits of base 2, 8 and 16 are grouped by _, not by commas")
    }
    if !spec.alternate || spec.type == nil || spec.type == "d" || spec.type == "n" { prefix = "" }
    if spec.type == "b" || spec.type == "o" || spec.type == "x" || spec.type == "X" {
      return assembled(number < 0, prefix, digits, "", spec, groupSize: 4)
    }
    return assembled(number < 0, prefix, digits, "", spec)
  }

  private static func format(_ number: Double, _ spec: FormatSpecification, _ written: String) throws
    -> String
  {
    let magnitude = abs(number)
    var isNegative = number.sign == .minus && !number.isNaN
    var text: String
    if number.isFinite {
      text = try finite(magnitude, spec, written)
      if spec.noNegativeZero && !text.contains(where: { ("1"..."9").contains($0) }) { isNegative = false }
    } else {
      text = number.isNaN ? "nan" : "inf"
      if let type = spec.type, "EFG".contains(type) { text = text.uppercased() }
      if spec.type == "%" { text += "%" }
      return assembled(isNegative, "", text, "", spec, isNumber: false)
    }
    let end = text.firstIndex { !("0"..."9").contains($0) } ?? text.endIndex
    return assembled(isNegative, "", String(text[..<end]), String(text[end...]), spec)
  }

  private static func finite(_ number: Double, _ spec: FormatSpecification, _ written: String) throws
    -> String
  {
    let hash = spec.alternate ? "#" : ""
    let precision = spec.precision ?? 6
    switch spec.type {
    case "f", "F": return Number.formatted("%\(hash).*f", precision, number)
    case "e": return Number.formatted("%\(hash).*e", precision, number)
    case "E": return Number.formatted("%\(hash).*E", precision, number)
    case "g", "n": return Number.formatted("%\(hash).*g", max(precision, 1), number)
    case "G": return Number.formatted("%\(hash).*G", max(precision, 1), number)
    case "%": return Number.formatted("%\(hash).*f", precision, number * 100) + "%"
    case nil:
      guard let precision = spec.precision else { return Number.exact(number) }
      return shortGeneral(number, precision)
    case "d", "b", "o", "x", "X", "c":
      throw Failure(
        "E0413", "the format `\(written)` is for ints, and this is a float",
        help: "i64(round(x)) makes an int; .0f shows a float without digits after the point")
    default: throw Failure("E0413", "the format `\(written)` is for strings, and this is a float")
    }
  }

  /// `{x:.4}`: as `g`, which TLX leaves without Python's `.0`, since whole floats print without a point.
  private static func shortGeneral(_ number: Double, _ precision: Int) -> String {
    Number.formatted("%.*g", max(precision, 1), number)
  }

  /// Sign, prefix, grouped and padded digits, and what follows them.
  private static func assembled(
    _ isNegative: Bool, _ prefix: String, _ digits: String, _ tail: String, _ spec: FormatSpecification,
    groupSize: Int = 3, isNumber: Bool = true
  ) -> String {
    let sign = isNegative ? "-" : spec.sign == "-" ? "" : String(spec.sign)
    let head = sign + prefix
    var spec = spec
    if spec.zeroPadded {
      if spec.align == nil { spec.align = .afterSign }
      spec.fill = spec.fill ?? "0"
    }
    var body = digits
    if isNumber, let mark = spec.grouping {
      let padsWithZeros = spec.fill == "0" && spec.align == .afterSign
      body = grouped(
        digits, mark, groupSize, minimum: padsWithZeros ? spec.width - head.count - tail.count : 0)
    }
    return spec.padded(head + body + tail, default: .right, signLength: head.count)
  }

  /// Digits in groups, filled with zeros so that with the marks they take at least `minimum` columns and begin with
  /// a digit.
  private static func grouped(_ digits: String, _ mark: Character, _ size: Int, minimum: Int) -> String {
    var reversed: [Character] = []
    var source = Array(digits.reversed())
    var position = 0
    while position < source.count || reversed.count < minimum {
      if position > 0 && position % size == 0 { reversed.append(mark) }
      if position >= source.count { source.append("0") }
      reversed.append(source[position])
      position += 1
    }
    return String(reversed.reversed())
  }
}
