/// A picture as sixels (DEC, VT330/VT340 Programmer Reference Manual, volume 2, chapter 14): bands of six rows, written a
/// colour at a time.
struct SixelImage {
  private let pixels: PixelBuffer
  private let palette: [(red: Int, green: Int, blue: Int)]
  /// Per pixel its colour.
  private let indices: [UInt8]

  init(_ pixels: PixelBuffer) {
    self.pixels = pixels
    (palette, indices) = MedianCut.reduced(pixels, to: 250)
  }

  var text: String {
    var result = "\u{1B}P0;1;0q\"1;1;\(pixels.width);\(pixels.height)"
    func percent(_ value: Int) -> Int { (value * 100 + 127) / 255 }
    for (number, color) in palette.enumerated() {
      result += "#\(number);2;\(percent(color.red));\(percent(color.green));\(percent(color.blue))"
    }
    for top in stride(from: 0, to: pixels.height, by: 6) { result += band(top) }
    return result + "\u{1B}\\"
  }

  private func band(_ top: Int) -> String {
    let width = pixels.width
    var masks: [UInt8: [UInt8]] = [:]
    for row in top..<min(top + 6, pixels.height) {
      let bit = UInt8(1) << UInt8(row - top)
      for column in 0..<width {
        let color = indices[row * width + column]
        masks[color, default: [UInt8](repeating: 0, count: width)][column] |= bit
      }
    }
    // `$` goes back to the left edge, `-` on to the next band.
    let lines = masks.sorted { $0.key < $1.key }.map { "#\($0.key)" + SixelImage.runs($0.value) }
    return lines.joined(separator: "$") + "-"
  }

  /// `!12~` is twelve times `~`; empty sixels at the end are left out.
  private static func runs(_ masks: [UInt8]) -> String {
    var bytes: [UInt8] = []
    var position = 0
    var end = masks.count
    while end > 0, masks[end - 1] == 0 { end -= 1 }
    while position < end {
      var next = position
      while next < end, masks[next] == masks[position] { next += 1 }
      let (count, sixel) = (next - position, masks[position] + 63)
      if count > 3 {
        bytes += Array("!\(count)".utf8) + [sixel]
      } else {
        bytes += [UInt8](repeating: sixel, count: count)
      }
      position = next
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

/// Few colours for many: boxes of colours are halved at the median of their longest side (Heckbert 1982) until there are
/// enough; a picture of few colours keeps them all.
enum MedianCut {
  private struct Entry {
    var color: (red: Int, green: Int, blue: Int)
    var count: Int

    func side(_ axis: Int) -> Int { axis == 0 ? color.red : axis == 1 ? color.green : color.blue }
  }

  static func reduced(_ pixels: PixelBuffer, to limit: Int)
    -> (palette: [(red: Int, green: Int, blue: Int)], indices: [UInt8])
  {
    var counts: [Int: Int] = [:]
    var keys: [Int] = []
    keys.reserveCapacity(pixels.width * pixels.height)
    for place in stride(from: 0, to: pixels.bytes.count, by: 3) {
      let (red, green) = (Int(pixels.bytes[place]), Int(pixels.bytes[place + 1]))
      keys.append(key(red, green, Int(pixels.bytes[place + 2])))
    }
    for key in keys { counts[key, default: 0] += 1 }
    let entries = counts.sorted { $0.key < $1.key }.map { key, count in
      Entry(color: (key >> 16, key >> 8 & 255, key & 255), count: count)
    }
    let boxes = split(entries, limit)
    var number: [Int: UInt8] = [:]
    for (index, box) in boxes.enumerated() {
      for entry in box {
        number[key(entry.color.red, entry.color.green, entry.color.blue)] = UInt8(index)
      }
    }
    return (boxes.map(mean), keys.map { number[$0] ?? 0 })
  }

  private static func key(_ red: Int, _ green: Int, _ blue: Int) -> Int { red << 16 | green << 8 | blue }

  private static func split(_ entries: [Entry], _ limit: Int) -> [[Entry]] {
    if entries.count <= limit { return entries.map { [$0] } }
    var boxes = [entries]
    while boxes.count < limit {
      // The box whose colours differ most, by how often they occur.
      let scored = boxes.indices.filter { boxes[$0].count > 1 }.map { ($0, score(boxes[$0])) }
      guard let (worst, _) = scored.max(by: { $0.1 < $1.1 }) else { break }
      let axis = longestSide(boxes[worst]).axis
      let sorted = boxes[worst].sorted { $0.side(axis) < $1.side(axis) }
      let total = sorted.reduce(0) { $0 + $1.count }
      var (middle, sum) = (0, 0)
      while middle < sorted.count - 2, sum + sorted[middle].count <= total / 2 {
        sum += sorted[middle].count
        middle += 1
      }
      boxes[worst] = Array(sorted[...middle])
      boxes.append(Array(sorted[(middle + 1)...]))
    }
    return boxes
  }

  private static func longestSide(_ box: [Entry]) -> (axis: Int, length: Int) {
    let lengths = (0..<3).map { axis in
      (axis, (box.map { $0.side(axis) }.max() ?? 0) - (box.map { $0.side(axis) }.min() ?? 0))
    }
    return lengths.max { $0.1 < $1.1 } ?? (0, 0)
  }

  private static func score(_ box: [Entry]) -> Double {
    Double(longestSide(box).length) * Double(box.reduce(0) { $0 + $1.count }).squareRoot()
  }

  private static func mean(_ box: [Entry]) -> (red: Int, green: Int, blue: Int) {
    let total = max(1, box.reduce(0) { $0 + $1.count })
    func mean(_ axis: Int) -> Int { (box.reduce(0) { $0 + $1.side(axis) * $1.count } + total / 2) / total }
    return (mean(0), mean(1), mean(2))
  }
}
