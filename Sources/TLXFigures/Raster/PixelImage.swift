/// An image of up to 256 colours, as PNG (ISO/IEC 15948).
struct PixelImage {
  let width: Int
  let height: Int
  /// Row after row, an index into the colours each.
  var pixels: [UInt8]
  /// Red, green, blue and opacity.
  var colors: [(UInt8, UInt8, UInt8, UInt8)]

  init(width: Int, height: Int, colors: [(UInt8, UInt8, UInt8, UInt8)]) {
    self.width = width
    self.height = height
    self.colors = colors
    pixels = [UInt8](repeating: 0, count: width * height)
  }

  /// A `data:` address.
  var address: String { "data:image/png;base64," + Base64.text(png) }

  var png: [UInt8] {
    var writer = PNGWriter(width: width, height: height, colorType: 3)
    writer.chunk("PLTE", colors.flatMap { [$0.0, $0.1, $0.2] })
    writer.chunk("tRNS", colors.map(\.3))
    var rows: [UInt8] = []
    rows.reserveCapacity((width + 1) * height)
    for row in 0..<height {
      rows.append(0)
      rows.append(contentsOf: pixels[row * width..<(row + 1) * width])
    }
    writer.chunk("IDAT", Deflate.zlib(rows))
    return writer.finished()
  }

  /// Red, green and blue, 8 bits each, row after row.
  static func png(width: Int, height: Int, rgb: [UInt8]) -> [UInt8] {
    var writer = PNGWriter(width: width, height: height, colorType: 2)
    var rows: [UInt8] = []
    for row in 0..<height {
      rows.append(0)
      rows.append(contentsOf: rgb[row * width * 3..<(row + 1) * width * 3])
    }
    writer.chunk("IDAT", Deflate.zlib(rows))
    return writer.finished()
  }
}

private struct PNGWriter {
  private var bytes: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

  init(width: Int, height: Int, colorType: UInt8) {
    chunk("IHDR", PNGWriter.word(width) + PNGWriter.word(height) + [8, colorType, 0, 0, 0])
  }

  private static func word(_ number: Int) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
  }

  mutating func chunk(_ name: String, _ data: [UInt8]) {
    let body = Array(name.utf8) + data
    bytes += PNGWriter.word(data.count) + body + PNGWriter.word(Int(PNGWriter.checksum(body)))
  }

  func finished() -> [UInt8] {
    var copy = self
    copy.chunk("IEND", [])
    return copy.bytes
  }

  private static let table: [UInt32] = (0..<256).map { index in
    (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1 }
  }

  private static func checksum(_ bytes: [UInt8]) -> UInt32 {
    var sum: UInt32 = 0xFFFF_FFFF
    for byte in bytes { sum = table[Int((sum ^ UInt32(byte)) & 0xFF)] ^ (sum >> 8) }
    return sum ^ 0xFFFF_FFFF
  }
}

/// Compression by runs: pictures of plots are mostly paper. A zlib stream (RFC 1950, 1951) of one block with the fixed
/// codes, whose only matches repeat the last byte.
enum Deflate {
  static func zlib(_ bytes: [UInt8]) -> [UInt8] {
    var bits = BitWriter()
    bits.add(1, count: 1)
    bits.add(1, count: 2)
    var position = 0
    while position < bytes.count {
      bits.literal(Int(bytes[position]))
      position += 1
      var run = 0
      let last = bytes[position - 1]
      while position + run < bytes.count, bytes[position + run] == last { run += 1 }
      position += run
      while run >= 3 {
        // What is left must be nothing or long enough for a match of its own.
        var length = min(run, 258)
        if run - length > 0 && run - length < 3 { length -= 3 }
        bits.match(length)
        run -= length
      }
      for _ in 0..<run { bits.literal(Int(last)) }
    }
    bits.literal(256)
    var low: UInt32 = 1
    var high: UInt32 = 0
    for byte in bytes {
      low = (low + UInt32(byte)) % 65_521
      high = (high + low) % 65_521
    }
    let sum = high << 16 | low
    return [0x78, 0x01] + bits.finished() + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: sum >> $0) }
  }
}

private struct BitWriter {
  private var bytes: [UInt8] = []
  private var word: UInt64 = 0
  private var filled: UInt64 = 0

  /// Lowest bit first.
  mutating func add(_ value: Int, count: Int) {
    word |= UInt64(value) << filled
    filled += UInt64(count)
    while filled >= 8 {
      bytes.append(UInt8(truncatingIfNeeded: word))
      word >>= 8
      filled -= 8
    }
  }

  /// A Huffman code: highest bit first.
  private mutating func code(_ value: Int, count: Int) {
    var reversed = 0
    for bit in 0..<count where value >> bit & 1 == 1 { reversed |= 1 << (count - 1 - bit) }
    add(reversed, count: count)
  }

  /// RFC 1951, 3.2.6.
  mutating func literal(_ symbol: Int) {
    switch symbol {
    case ..<144: code(0x30 + symbol, count: 8)
    case ..<256: code(0x190 + symbol - 144, count: 9)
    case ..<280: code(symbol - 256, count: 7)
    default: code(0xC0 + symbol - 280, count: 8)
    }
  }

  /// As many of the last byte again: 3 to 258.
  mutating func match(_ length: Int) {
    if length == 258 {
      literal(285)
    } else {
      var extra = 0
      var base = 3
      var symbol = 257
      // Symbols come in fours of 0, 1, 2, … extra bits; the first eight have none.
      while true {
        let span = 1 << extra
        if length < base + span { break }
        base += span
        symbol += 1
        if symbol >= 265 { extra = (symbol - 261) / 4 }
      }
      literal(symbol)
      add(length - base, count: extra)
    }
    // Distance 1.
    code(0, count: 5)
  }

  func finished() -> [UInt8] { filled > 0 ? bytes + [UInt8(truncatingIfNeeded: word)] : bytes }
}
