/// Pixels of red, green and blue, row after row, on white paper.
struct PixelBuffer: Equatable {
  var width: Int
  var height: Int
  var bytes: [UInt8]

  init(width: Int, height: Int, bytes: [UInt8]) {
    self.width = width
    self.height = height
    self.bytes = bytes
  }
}

extension PixelBuffer {
  /// Reads a PNG of 8 bits a channel that is not interlaced (ISO/IEC 15948): what rasterizers write. Nil for others.
  init?(png: [UInt8], inflated: ([UInt8], Int) -> [UInt8]?) {
    guard png.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) else { return nil }
    func word(_ place: Int) -> Int { png[place..<place + 4].reduce(0) { $0 << 8 | Int($1) } }
    var position = 8
    var head: (width: Int, height: Int, kind: Int)?
    var palette: [UInt8] = []
    var opacity: [UInt8] = []
    var data: [UInt8] = []
    while position + 12 <= png.count {
      let size = word(position)
      let start = position + 8
      guard size <= png.count - start - 4 else { return nil }
      let contents = png[start..<start + size]
      switch String(decoding: png[position + 4..<start], as: UTF8.self) {
      case "IHDR":
        guard size == 13, png[start + 8] == 8, png[start + 12] == 0 else { return nil }
        head = (word(start), word(start + 4), Int(png[start + 9]))
      case "PLTE": palette = Array(contents)
      case "tRNS": opacity = Array(contents)
      case "IDAT": data += contents
      default: break
      }
      position = start + size + 4
    }
    guard let (width, height, kind) = head, width > 0, height > 0, width <= 1 << 14, height <= 1 << 14,
      let channels = [0: 1, 2: 3, 3: 1, 4: 2, 6: 4][kind], kind != 3 || palette.count >= 3
    else { return nil }
    let row = width * channels
    guard var raw = inflated(data, (row + 1) * height), raw.count == (row + 1) * height,
      PixelBuffer.unfilter(&raw, row: row, height: height, channels: channels)
    else { return nil }
    self.init(width: width, height: height, bytes: [])
    bytes.reserveCapacity(width * height * 3)
    for y in 0..<height {
      for x in 0..<width {
        let place = y * (row + 1) + 1 + x * channels
        var (color, alpha) = ((raw[place], raw[place], raw[place]), 255)
        switch kind {
        case 2, 6:
          color = (raw[place], raw[place + 1], raw[place + 2])
          if kind == 6 { alpha = Int(raw[place + 3]) }
        case 3:
          let index = Int(raw[place])
          guard 3 * index + 2 < palette.count else { return nil }
          color = (palette[3 * index], palette[3 * index + 1], palette[3 * index + 2])
          if index < opacity.count { alpha = Int(opacity[index]) }
        case 4: alpha = Int(raw[place + 1])
        default: break
        }
        for value in [color.0, color.1, color.2] {
          bytes.append(UInt8((Int(value) * alpha + 255 * (255 - alpha) + 127) / 255))
        }
      }
    }
  }

  /// Undoes the filters of section 9.2 in place. False for one that does not exist.
  private static func unfilter(_ raw: inout [UInt8], row: Int, height: Int, channels: Int) -> Bool {
    for y in 0..<height {
      let start = y * (row + 1) + 1
      let filter = raw[start - 1]
      guard filter <= 4 else { return false }
      for x in 0..<row where filter > 0 {
        let left = x >= channels ? Int(raw[start + x - channels]) : 0
        let up = y > 0 ? Int(raw[start + x - row - 1]) : 0
        let corner = x >= channels && y > 0 ? Int(raw[start + x - row - 1 - channels]) : 0
        let guess =
          switch filter {
          case 1: left
          case 2: up
          case 3: (left + up) / 2
          default: paeth(left, up, corner)
          }
        raw[start + x] = raw[start + x] &+ UInt8(guess)
      }
    }
    return true
  }

  private static func paeth(_ left: Int, _ up: Int, _ corner: Int) -> Int {
    let guess = left + up - corner
    let (a, b, c) = (abs(guess - left), abs(guess - up), abs(guess - corner))
    return a <= b && a <= c ? left : b <= c ? up : corner
  }
}
