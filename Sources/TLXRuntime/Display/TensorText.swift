import TLXNumerics

/// A tensor as text.
struct TensorText {
  let tensor: Tensor
  let digits: Int

  init(_ tensor: Tensor, digits: Int) {
    self.tensor = tensor
    self.digits = digits
  }

  /// Beyond so many elements a tensor is cut in the middle.
  private static let inlineLimit = 1000
  private static let inlineEdge = 3

  /// The elements as text in row-major order.
  static func elements(_ tensor: Tensor, digits: Int) -> [String] {
    do {
      switch tensor.dtype {
      case .bool: return try tensor.withElements(of: Bool.self) { $0.map { $0 ? "true" : "false" } }
      case .i64: return try tensor.withElements(of: Int.self) { $0.map { String($0) } }
      case .f64:
        return try tensor.withElements(of: Double.self) { $0.map { Number.compact($0, digits: digits) } }
      case .f32:
        return try tensor.withElements(of: Float.self) {
          $0.map { digits >= 9 ? Number.exact($0) : Number.compact(Double($0), digits: digits) }
        }
      }
    } catch {
      return [String](repeating: "?", count: tensor.count)
    }
  }

  // MARK: One line

  /// Nested brackets on one line, `[[14, 32], [32, 77]]`, with `…` in the middle of axes if there are too many elements.
  var inline: String {
    guard !tensor.isAbstract, (try? tensor.realize()) != nil else { return "<\(tensor.typeDescription)>" }
    if tensor.count <= TensorText.inlineLimit {
      let texts = TensorText.elements(tensor, digits: digits)
      var position = 0
      return nested(0, texts, &position)
    }
    return abridged(0, [], edge: TensorText.inlineEdge)
  }

  private func nested(_ axis: Int, _ texts: [String], _ position: inout Int) -> String {
    if axis == tensor.rank {
      defer { position += 1 }
      return texts[position]
    }
    var parts: [String] = []
    for _ in 0..<tensor.shape[axis] { parts.append(nested(axis + 1, texts, &position)) }
    return "[" + parts.joined(separator: ", ") + "]"
  }

  private func abridged(_ axis: Int, _ index: [Int], edge: Int) -> String {
    if axis == tensor.rank { return element(index) }
    let shown = Abridgement(count: tensor.shape[axis], limit: 2 * edge, edge: edge)
    var parts = shown.positions.map { abridged(axis + 1, index + [$0], edge: edge) }
    if let gap = shown.gap { parts.insert("…", at: gap) }
    return "[" + parts.joined(separator: ", ") + "]"
  }

  private func element(_ index: [Int]) -> String {
    guard let view = try? plain.leadingView(index) else { return "?" }
    return TensorText.elements(view, digits: digits).first ?? "?"
  }

  /// Reading needs no graph, even inside a derivative.
  private var plain: Tensor { tensor }

  /// Type and as many elements as fit: how a big tensor stands in a record.
  func abridged(width: Int) -> String {
    let type = tensor.typeDescription
    guard !tensor.isAbstract, (try? tensor.realize()) != nil, tensor.rank > 0 else { return type }
    for edge in [3, 2, 1] {
      let text = type + " " + abridged(0, [], edge: edge)
      if TextWidth.columns(text) <= width { return text }
    }
    return type
  }

  // MARK: Several lines

  /// A header with the type, then rows in aligned columns; at most about 24 lines, cut in the middle of each axis.
  func lines(width: Int) -> [String] {
    guard !tensor.isAbstract, (try? tensor.realize()) != nil, tensor.rank > 0, tensor.count > 0 else {
      return [inline]
    }
    let exponent = commonExponent()
    let header = tensor.typeDescription + (exponent.map { " × 1e\($0)" } ?? "")
    let rows = Rows(tensor, digits: digits, exponent: exponent ?? 0)
    return [header] + (tensor.rank == 1 ? vectorLines(rows, width) : blockLines(rows, width))
  }

  /// The power of ten to take out if every number of those shown would else need an exponent.
  private func commonExponent() -> Int? {
    guard tensor.dtype.isFloat, let numbers = try? sample() else { return nil }
    let magnitudes = numbers.filter { $0.isFinite && $0 != 0 }.map { abs($0) }
    guard let least = magnitudes.min(), let greatest = magnitudes.max() else { return nil }
    let isTiny = greatest < 1e-4
    let isHuge = least >= 1e6 && !magnitudes.allSatisfy { $0 < 1e15 && $0 == $0.rounded() }
    guard isTiny || isHuge, greatest / least < 1e5 else { return nil }
    return Number.scientific(greatest, digits: digits).exponent
  }

  private func sample() throws -> [Double] {
    tensor.count <= 4096
      ? try tensor.doubles() : try (0..<64).map { try tensor.number(at: $0 * (tensor.count - 1) / 63) }
  }

  private func vectorLines(_ rows: Rows, _ width: Int) -> [String] {
    let count = tensor.count
    let shown = Abridgement(count: count, limit: 200, edge: 60)
    let texts = rows.texts([], shown.positions)
    let cells = PointAlignment.aligned(texts)
    let cellWidth = cells.first.map(TextWidth.columns) ?? 1
    let perLine = max(1, (width - 2) / (cellWidth + 2))
    var lines: [String] = []
    func wrap(_ cells: ArraySlice<String>, isLast: Bool) {
      var start = cells.startIndex
      while start < cells.endIndex {
        let end = min(start + perLine, cells.endIndex)
        let closing = isLast && end == cells.endIndex ? "]" : ","
        let line = cells[start..<end].joined(separator: ", ")
        lines.append((lines.isEmpty ? "[" : " ") + Display.withoutTrailingBlanks(line) + closing)
        start = end
      }
    }
    if let gap = shown.gap {
      wrap(cells[..<gap], isLast: false)
      lines.append(" …,")
      wrap(cells[gap...], isLast: true)
    } else {
      wrap(cells[...], isLast: true)
    }
    return lines
  }

  /// Matrices one below the other, a blank line between them, brackets nested as in the canonical text.
  private func blockLines(_ rows: Rows, _ width: Int) -> [String] {
    let outerRank = tensor.rank - 2
    let outerShape = Array(tensor.shape.sizes.prefix(outerRank))
    let outer = outerIndices(outerShape)
    let rowCount = tensor.shape[outerRank]
    let shownRows =
      outer.count == 1
      ? Abridgement(count: rowCount, limit: 24, edge: 6) : Abridgement(count: rowCount, limit: 8, edge: 3)
    var matrices: [[[String]]] = []
    let columns = columnsThatFit(rows, outer.first ?? [], shownRows.positions, width - 2 * tensor.rank)
    for index in outer {
      matrices.append(shownRows.positions.map { rows.texts(index + [$0], columns.positions) })
    }
    let aligned = TensorText.aligned(matrices)
    var lines: [String] = []
    for (block, matrix) in aligned.enumerated() {
      if block > 0 { lines.append("") }
      for (position, cells) in matrix.enumerated() {
        if position == shownRows.gap { lines.append(String(repeating: " ", count: tensor.rank) + "…,") }
        var cells = cells
        if let gap = columns.gap { cells.insert("…", at: gap) }
        let isFirst = position == 0
        let isLast = position == matrix.count - 1
        let opening = isFirst ? (block == 0 ? tensor.rank - 1 : 1) : 0
        let closing = isLast ? (block == aligned.count - 1 ? tensor.rank - 1 : 1) : 0
        let line =
          String(repeating: " ", count: tensor.rank - 1 - opening)
          + String(repeating: "[", count: opening + 1)
          + Display.withoutTrailingBlanks(cells.joined(separator: ", "))
          + String(repeating: "]", count: closing + 1)
        lines.append(isLast && block == aligned.count - 1 ? line : line + ",")
      }
    }
    return lines
  }

  /// The indices of the leading axes that are shown: the first and last of each.
  private func outerIndices(_ shape: [Int]) -> [[Int]] {
    shape.reduce([[]]) { indices, size in
      let shown = Abridgement(count: size, limit: 4, edge: 1).positions
      return indices.flatMap { index in shown.map { index + [$0] } }
    }
  }

  /// All columns, or as many from both ends as fit in `width`.
  private func columnsThatFit(_ rows: Rows, _ outer: [Int], _ shownRows: [Int], _ width: Int) -> Abridgement {
    let count = tensor.shape[tensor.rank - 1]
    let candidates = Abridgement(count: count, limit: max(1, width / 3), edge: max(1, width / 6)).positions
    let widths = shownRows.reduce(into: [Int](repeating: 1, count: candidates.count)) { widths, row in
      for (position, text) in rows.texts(outer + [row], candidates).enumerated() {
        widths[position] = max(widths[position], text.count)
      }
    }
    if candidates.count == count && widths.reduce(0, { $0 + $1 + 2 }) <= width + 2 {
      return Abridgement(count: count, limit: count, edge: count)
    }
    let average = max(3, (widths.reduce(0, +) + widths.count - 1) / max(1, widths.count) + 2)
    return Abridgement(count: count, limit: 2, edge: max(1, (width - 3) / average / 2))
  }

  private static func aligned(_ matrices: [[[String]]]) -> [[[String]]] {
    let flat = matrices.flatMap { $0 }
    guard let columnCount = flat.first?.count else { return matrices }
    var columns: [[String]] = []
    for column in 0..<columnCount { columns.append(PointAlignment.aligned(flat.map { $0[column] })) }
    var row = -1
    return matrices.map { matrix in
      matrix.map { _ in
        row += 1
        return columns.map { $0[row] }
      }
    }
  }

  /// Reads the elements that are shown, scaled by the common power of ten.
  private struct Rows {
    let tensor: Tensor
    let digits: Int
    let exponent: Int
    /// Rows that were read: their widths are asked for before they are written.
    private final class KnownRows { var rows: [[Int]: [String]] = [:] }
    private let known = KnownRows()

    init(_ tensor: Tensor, digits: Int, exponent: Int) {
      self.tensor = tensor
      self.digits = digits
      self.exponent = exponent
    }

    /// The elements at `positions` of the last axis under `index`.
    func texts(_ index: [Int], _ positions: [Int]) -> [String] {
      guard let row = try? tensor.leadingView(index) else { return positions.map { _ in "?" } }
      // Where most of a row is shown it is read at once.
      if exponent == 0, row.count <= 2 * positions.count {
        let texts = known.rows[index] ?? TensorText.elements(row, digits: digits)
        known.rows[index] = texts
        return positions.map { texts.indices.contains($0) ? texts[$0] : "?" }
      }
      return positions.map { position in
        guard let view = try? row.leadingView([position]) else { return "?" }
        guard exponent != 0, let number = try? view.number(at: 0) else {
          return TensorText.elements(view, digits: digits).first ?? "?"
        }
        return Number.compact(number / power(exponent), digits: digits)
      }
    }

    private func power(_ exponent: Int) -> Double {
      Double("1e\(exponent)") ?? 1
    }
  }
}
