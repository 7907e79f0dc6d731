import Testing

@testable import TLXFigures

/// Undoes what `Deflate` does not compress: enough for PNG files made here.
private func stored(_ bytes: [UInt8], _ count: Int) -> [UInt8]? { bytes.count == count ? bytes : nil }

/// A PNG whose data are not compressed: `stored` stands for zlib.
private func png(width: Int, height: Int, kind: UInt8, rows: [[UInt8]], more: [(String, [UInt8])] = [])
  -> [UInt8]
{
  func word(_ n: Int) -> [UInt8] { [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: n >> $0) } }
  func chunk(_ name: String, _ data: [UInt8]) -> [UInt8] {
    word(data.count) + Array(name.utf8) + data + [0, 0, 0, 0]
  }
  var bytes: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
  bytes += chunk("IHDR", word(width) + word(height) + [8, kind, 0, 0, 0])
  for (name, data) in more { bytes += chunk(name, data) }
  return bytes + chunk("IDAT", rows.flatMap { $0 }) + chunk("IEND", [])
}

/// Reads sixels as a terminal does, on white paper.
private struct SixelReader {
  var width = 0
  var height = 0
  var pixels: [[Int]] = []

  init(_ text: String) {
    var rest = Array(text.utf8)[...]
    let start = rest.firstIndex(of: UInt8(ascii: "q")) ?? 0
    rest = rest[(start + 1)...]
    func number() -> Int {
      var value = 0
      while let byte = rest.first, byte >= 48, byte <= 57 {
        value = value * 10 + Int(byte - 48)
        rest.removeFirst()
      }
      return value
    }
    func numbers() -> [Int] {
      var all = [number()]
      while rest.first == UInt8(ascii: ";") {
        rest.removeFirst()
        all.append(number())
      }
      return all
    }
    var colors: [Int: [Int]] = [:]
    var (color, x, top) = (0, 0, 0)
    while let byte = rest.popFirst(), byte != 0x1B {
      switch byte {
      case UInt8(ascii: "\""):
        let size = numbers()
        (width, height) = (size[2], size[3])
        pixels = Array(repeating: [100, 100, 100], count: width * height)
      case UInt8(ascii: "#"):
        let parts = numbers()
        color = parts[0]
        if parts.count == 5 { colors[color] = Array(parts[2...]) }
      case UInt8(ascii: "$"): x = 0
      case UInt8(ascii: "-"): (x, top) = (0, top + 6)
      default:
        var (count, sixel) = (1, byte)
        if byte == UInt8(ascii: "!") {
          count = number()
          sixel = rest.popFirst() ?? 63
        }
        for column in x..<(x + count) {
          for bit in 0..<6 where (sixel - 63) >> UInt8(bit) & 1 == 1 {
            pixels[(top + bit) * width + column] = colors[color] ?? []
          }
        }
        x += count
      }
    }
  }
}

@Suite struct PixelProtocolTests {
  @Test func kittyGetsChunksOfLimitedSize() {
    let text = PixelProtocol.kittyText(png: [UInt8](repeating: 7, count: 10_000), columns: 60)
    let chunks = text.split(separator: "\u{1B}_G").map(String.init)
    #expect(chunks.count == 4)
    #expect(chunks[0].hasPrefix("a=T,f=100,q=2,c=60,m=1;"))
    #expect(chunks.dropFirst().dropLast().allSatisfy { $0.hasPrefix("m=1;") })
    #expect(chunks[3].hasPrefix("m=0;") && chunks.allSatisfy { $0.hasSuffix("\u{1B}\\") })
    let data = chunks.map { $0.dropLast(2).split(separator: ";", maxSplits: 1)[1] }
    #expect(data.allSatisfy { $0.utf8.count <= 4_096 })
    #expect(data.joined() == Base64.text([UInt8](repeating: 7, count: 10_000)))
  }

  @Test func iTermGetsOneFile() {
    #expect(
      PixelProtocol.iTermText(png: [1, 2, 3], columns: 40)
        == "\u{1B}]1337;File=inline=1;size=3;width=40;preserveAspectRatio=1:AQID\u{7}")
  }

  @Test(arguments: [1, 5, 6, 7, 13]) func sixelsShowThePixels(_ height: Int) {
    let width = 9
    let colors: [[UInt8]] = [[255, 255, 255], [0, 0, 0], [255, 0, 0], [51, 102, 204]]
    let bytes = (0..<width * height).flatMap { colors[($0 * 7 + $0 / width) % 4] }
    let read = SixelReader(SixelImage(PixelBuffer(width: width, height: height, bytes: bytes)).text)
    #expect((read.width, read.height) == (width, height))
    let wanted = stride(from: 0, to: bytes.count, by: 3).map { place in
      bytes[place..<place + 3].map { (Int($0) * 100 + 127) / 255 }
    }
    #expect(read.pixels == wanted)
  }

  @Test func manyColoursBecomeFewNearOnes() {
    let size = 64
    var bytes: [UInt8] = []
    for y in 0..<size {
      for x in 0..<size { bytes += [UInt8(4 * x), UInt8(4 * y), UInt8((x + y) * 2)] }
    }
    let buffer = PixelBuffer(width: size, height: size, bytes: bytes)
    let (palette, indices) = MedianCut.reduced(buffer, to: 250)
    #expect(palette.count == 250)
    var worst = 0
    for (place, index) in indices.enumerated() {
      let color = palette[Int(index)]
      worst = max(
        worst, abs(color.red - Int(bytes[3 * place])), abs(color.green - Int(bytes[3 * place + 1])),
        abs(color.blue - Int(bytes[3 * place + 2])))
    }
    #expect(worst <= 40)
  }

  @Test func pngOfEachKind() {
    let white: [UInt8] = [255, 255, 255]
    #expect(
      PixelBuffer(png: png(width: 2, height: 1, kind: 0, rows: [[0, 10, 200]]), inflated: stored)?.bytes
        == [10, 10, 10, 200, 200, 200])
    #expect(
      PixelBuffer(
        png: png(
          width: 2, height: 1, kind: 3, rows: [[0, 1, 0]],
          more: [("PLTE", [1, 2, 3, 4, 5, 6]), ("tRNS", [255, 0])]), inflated: stored)?.bytes
        == white + [1, 2, 3])
    // Half clear black over white is grey.
    #expect(
      PixelBuffer(png: png(width: 1, height: 1, kind: 6, rows: [[0, 0, 0, 0, 128]]), inflated: stored)?.bytes
        == [127, 127, 127])
  }

  @Test func pngFiltersAreUndone() {
    // Sub, Up, Average and Paeth over the same pixels.
    let plain: [[UInt8]] = [[10, 20, 30], [11, 22, 33], [1, 2, 3], [200, 100, 50], [90, 91, 92]]
    let filtered: [[UInt8]] = [
      [1, 10, 10, 10], [2, 1, 2, 3], [3, 252, 247, 242], [4, 199, 156, 206], [0, 90, 91, 92],
    ]
    let read = PixelBuffer(png: png(width: 3, height: 5, kind: 0, rows: filtered), inflated: stored)
    #expect(read?.bytes == plain.flatMap { $0.flatMap { [$0, $0, $0] } })
  }

  @Test(arguments: [[], [1, 2, 3], Array(repeating: UInt8(0x89), count: 40)] as [[UInt8]])
  func whatIsNoPictureIsNone(_ bytes: [UInt8]) {
    #expect(PixelBuffer(png: bytes, inflated: stored) == nil)
    var whole = png(width: 2, height: 2, kind: 2, rows: [[0, 1, 2, 3, 4, 5, 6], [0, 1, 2, 3, 4, 5, 6]])
    for length in 0..<whole.count - 12 {
      #expect(PixelBuffer(png: Array(whole.prefix(length)), inflated: stored) == nil)
    }
    whole[24] = 16
    #expect(PixelBuffer(png: whole, inflated: stored) == nil)
  }

  @Test func terminalsAreKnownByTheirVariables() {
    func found(_ variables: [String: String]) -> PixelProtocol? { PixelProtocol { variables[$0] } }
    #expect(found(["TERM": "xterm-kitty"]) == .kitty)
    #expect(found(["TERM": "xterm-256color", "KITTY_WINDOW_ID": "1"]) == .kitty)
    #expect(found(["TERM_PROGRAM": "ghostty"]) == .kitty)
    #expect(found(["TERM_PROGRAM": "WezTerm"]) == .iTerm)
    #expect(found(["TERM_PROGRAM": "iTerm.app"]) == .iTerm)
    #expect(found(["TERM": "foot"]) == .sixel)
    #expect(found(["TERM": "xterm-256color"]) == nil)
    #expect(found(["TERM": "screen-256color", "KITTY_WINDOW_ID": "1", "TMUX": "/tmp/tmux"]) == nil)
    #expect(PixelProtocol.hasSixel(deviceAttributes: "\u{1B}[?62;4;22c"))
    #expect(!PixelProtocol.hasSixel(deviceAttributes: "\u{1B}[?1;2c"))
    #expect(!PixelProtocol.hasSixel(deviceAttributes: "\u{1B}[?4;6c"))
    #expect(!PixelProtocol.hasSixel(deviceAttributes: "4;"))
  }

  @Test func coloursAsTheTerminalHasThem() {
    let blue = Palette.Color(red: 0, green: 114, blue: 178)
    #expect(ColorDepth(term: "xterm-256color", colorTerm: "") == .indexed)
    #expect(ColorDepth(term: "xterm-256color", colorTerm: "truecolor") == .full)
    #expect(ColorDepth(term: "xterm", colorTerm: "") == .sixteen)
    #expect(ColorDepth(term: "dumb", colorTerm: "") == .none)
    #expect(ColorDepth.full.parameters(blue, isBackground: false) == "38;2;0;114;178")
    #expect(ColorDepth.indexed.parameters(blue, isBackground: true) == "48;5;25")
    #expect(ColorDepth.sixteen.parameters(blue, isBackground: false) == "34")
    #expect(ColorDepth.cubeNumber(Palette.Color(red: 128, green: 128, blue: 128)) == 244)
  }

  @Test func colourLeavesTheTextAsItIs() {
    let figure = Figure(
      title: "Two",
      content: .chart(
        Chart(series: [
          .init(name: "a", x: [0, 1, 2], y: [1, 3, 2], isJoined: true),
          .init(name: "b", x: [0, 1, 2], y: [2, 1, 3], isJoined: true),
        ])))
    let plain = figure.terminalText(TerminalStyle(width: 60))
    for depth in [ColorDepth.sixteen, .indexed, .full] {
      let colored = figure.terminalText(TerminalStyle(width: 60, colors: depth))
      #expect(colored.contains("\u{1B}[") && colored != plain)
      let bare = colored.replacing(/\u{1B}\[[0-9;]*m/, with: "").split(separator: "\n").map { line in
        String(line.reversed().drop { $0 == " " }.reversed())
      }
      #expect(bare == plain.split(separator: "\n").map(String.init))
    }
  }
}
