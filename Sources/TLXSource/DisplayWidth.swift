/// How many columns a terminal gives to a text: 2 for East Asian wide characters and emoji, 0 for combining
/// marks and other characters without a width of their own. Tabs and control characters count 1.
public func displayWidth(_ text: some StringProtocol) -> Int {
  var isASCII = true
  for byte in text.utf8 where byte >= 0x80 {
    isASCII = false
    break
  }
  return isASCII ? text.utf8.count : text.reduce(0) { $0 + displayWidth($1) }
}

/// The columns of one character: its widest scalar's, 2 if it asks to be shown as an emoji.
public func displayWidth(_ character: Character) -> Int {
  var widest = 0
  for scalar in character.unicodeScalars {
    if scalar == "\u{FE0F}" { return 2 }
    widest = max(widest, displayWidth(scalar))
  }
  return widest
}

func displayWidth(_ scalar: Unicode.Scalar) -> Int {
  let value = scalar.value
  if value < 0x300 { return 1 }
  if isZeroWidth(scalar) { return 0 }
  for range in wideRanges where range.contains(value) { return 2 }
  return 1
}

private func isZeroWidth(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar.properties.generalCategory {
  case .nonspacingMark, .enclosingMark, .format: true
  default: false
  }
}

/// East Asian Wide and Fullwidth, and emoji shown as pictures by default (Unicode UAX #11, by block).
private let wideRanges: [ClosedRange<UInt32>] = [
  0x1100...0x115F, 0x231A...0x231B, 0x23E9...0x23EC, 0x25FD...0x25FE, 0x2614...0x2615, 0x2648...0x2653,
  0x26A1...0x26A1, 0x26BD...0x26BE, 0x2705...0x2705, 0x274C...0x274C, 0x2795...0x2797, 0x2B1B...0x2B1C,
  0x2B50...0x2B50, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF,
  0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF01...0xFF60, 0xFFE0...0xFFE6,
  0x16FE0...0x18AFF, 0x1B000...0x1B2FF, 0x1F004...0x1F004, 0x1F0CF...0x1F0CF, 0x1F18E...0x1F18E,
  0x1F191...0x1F19A, 0x1F200...0x1F320, 0x1F32D...0x1F335, 0x1F337...0x1F37C, 0x1F37E...0x1F393,
  0x1F3A0...0x1F3CA, 0x1F3E0...0x1F3F0, 0x1F400...0x1F43E, 0x1F440...0x1F440, 0x1F442...0x1F4FC,
  0x1F4FF...0x1F53D, 0x1F550...0x1F567, 0x1F5FB...0x1F64F, 0x1F680...0x1F6C5, 0x1F6D0...0x1F6DF,
  0x1F7E0...0x1F7EB, 0x1F90C...0x1F93A, 0x1F93C...0x1F945, 0x1F947...0x1F9FF, 0x1FA70...0x1FAFF,
  0x20000...0x2FFFD, 0x30000...0x3FFFD,
]
