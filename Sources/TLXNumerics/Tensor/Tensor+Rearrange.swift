/// One side of a `rearrange` pattern: axes, each made of named parts in row-major order.
private struct AxisPattern {
  var axes: [[String]] = []

  /// Reads `b (h w) 1 ...`. `ellipsis` names what `...` stands for.
  init(_ text: Substring, ellipsis: [String]) throws {
    var group: [String]?
    var word = ""
    func part(_ name: String) throws -> [String] {
      if name == "1" { return [] }
      guard name.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" }), name.first?.isNumber == false else {
        throw NumericsError("E0420", "‘\(name)’ in a rearrange pattern is no axis name")
      }
      return [name]
    }
    func flush(_ axes: inout [[String]], _ group: inout [String]?) throws {
      defer { word = "" }
      if word.isEmpty { return }
      if word == "..." {
        if group != nil { group?.append(contentsOf: ellipsis) } else { axes += ellipsis.map { [$0] } }
      } else if group != nil {
        group?.append(contentsOf: try part(word))
      } else {
        axes.append(try part(word))
      }
    }
    for character in text + " " {
      switch character {
      case "(":
        try flush(&axes, &group)
        guard group == nil else {
          throw NumericsError("E0420", "parentheses in a rearrange pattern do not nest")
        }
        group = []
      case ")":
        try flush(&axes, &group)
        guard let closed = group else {
          throw NumericsError("E0420", "a ) without its ( in a rearrange pattern")
        }
        axes.append(closed)
        group = nil
      case " ": try flush(&axes, &group)
      default: word.append(character)
      }
    }
    guard group == nil else { throw NumericsError("E0420", "a ( without its ) in a rearrange pattern") }
  }

  var names: [String] { axes.flatMap { $0 } }
}

extension Tensor {
  /// Reshapes and reorders axes by name: `"b h w -> b (h w)"` joins, `"(h two) w -> h two w"` with `sizes`
  /// `["two": 2]` splits, `"n c h w -> n h w c"` reorders, `1` and `...` stand for themselves.
  /// Throws E0420 for a pattern that cannot be read or does not fit. Source: einops (Rogozhnikov 2022).
  public func rearrange(_ pattern: String, sizes given: [String: Int] = [:]) throws -> Tensor {
    let sides = pattern.split(separator: "->", omittingEmptySubsequences: false)
    guard sides.count == 2 else {
      throw NumericsError(
        "E0420", "‘\(pattern)’ is no rearrange pattern", help: "write it as in \"b h w -> b (h w)\"")
    }
    let plain = try AxisPattern(sides[0], ellipsis: [])
    let hidden = sides[0].contains("...") ? Swift.max(0, rank - plain.axes.count) : 0
    let ellipsis = (0..<hidden).map { "_\($0)" }
    let left = try AxisPattern(sides[0], ellipsis: ellipsis)
    let right = try AxisPattern(sides[1], ellipsis: ellipsis)
    guard left.axes.count == rank else {
      throw NumericsError(
        "E0420", "‘\(pattern)’ names \(left.axes.count) axes, and this is \(typeDescription)")
    }
    let (from, to) = (left.names, right.names)
    guard Set(from).count == from.count, Set(to).count == to.count else {
      throw NumericsError("E0420", "‘\(pattern)’ names an axis twice on one side")
    }
    if let lost = Set(from).symmetricDifference(to).min() {
      throw NumericsError("E0420", "‘\(lost)’ stands on one side of ‘\(pattern)’ only")
    }
    var known = given
    for (axis, parts) in left.axes.enumerated() { try split(shape[axis], into: parts, &known, pattern) }
    let size = { (name: String) in known[name] ?? 1 }
    let apart = reshaped(Shape(from.map(size)))
    let order = to.compactMap { from.firstIndex(of: $0) }
    return apart.permuted(order).reshaped(Shape(right.axes.map { $0.reduce(1) { $0 * size($1) } }))
  }

  /// Finds the size of the one part of an axis that is not given.
  private func split(_ size: Int, into parts: [String], _ known: inout [String: Int], _ pattern: String)
    throws
  {
    let open = parts.filter { known[$0] == nil }
    var product = 1
    for part in parts {
      guard let value = known[part] else { continue }
      let (next, overflow) = product.multipliedReportingOverflow(by: value)
      guard value > 0, !overflow else {
        throw NumericsError("E0420", "‘\(part)’ cannot have the size \(value)")
      }
      product = next
    }
    guard open.count <= 1 else {
      throw NumericsError(
        "E0420", "‘\(pattern)’ leaves the sizes of \(open.joined(separator: " and ")) open",
        help: "give one of them")
    }
    guard size % product == 0, open.count == 1 || size == product else {
      throw NumericsError(
        "E0420", "an axis of \(size) in \(typeDescription) does not split into ‘\(pattern)’")
    }
    if let name = open.first { known[name] = size / product }
  }
}
