import TLXFigures

extension StateGraph {
  /// Places nodes and edges by Graphviz's `dot`; false if it is not installed or gives nothing usable, and then nothing
  /// has changed.
  mutating func placeByGraphviz() -> Bool {
    guard let text = Subprocess.output(of: "dot", ["-Tplain", "-y"], input: dotText()) else { return false }
    var copy = self
    guard copy.read(plain: text) else { return false }
    self = copy
    return true
  }

  /// Nodes by number, so that no label needs quoting.
  private func dotText() -> String {
    var text =
      "digraph { rankdir=LR; nodesep=0.35; ranksep=0.7; node [shape=ellipse, fixedsize=true]; edge [arrowhead=none];\n"
    for (index, node) in nodes.enumerated() {
      text += "n\(index) [label=\"\", width=\(node.width / 72), height=\(Node.height / 72)];\n"
    }
    for edge in edges {
      text += "n\(edge.from) -> n\(edge.to) [label=\"\(edge.label)\", fontsize=11];\n"
    }
    return text + "}\n"
  }

  /// Reads Graphviz's plain format: inches, y downwards by `-y`.
  private mutating func read(plain text: String) -> Bool {
    let margin = 24.0
    var pending: [Int: [Int]] = [:]
    for (index, edge) in edges.enumerated() {
      pending[edge.from * nodes.count + edge.to, default: []].append(index)
    }
    var seen = 0
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ")
      func number(_ position: Int) -> Double? {
        words.indices.contains(position) ? Double(words[position]).map { $0 * 72 } : nil
      }
      func point(_ position: Int) -> (x: Double, y: Double)? {
        guard let x = number(position), let y = number(position + 1) else { return nil }
        return (x + margin, y + margin)
      }
      func node(_ position: Int) -> Int? {
        guard words.indices.contains(position), let index = Int(words[position].dropFirst()),
          nodes.indices.contains(index)
        else { return nil }
        return index
      }
      switch words.first {
      case "graph":
        guard let w = number(2), let h = number(3) else { return false }
        (width, height) = (w + 2 * margin, h + 2 * margin)
      case "node":
        guard let index = node(1), let place = point(2) else { return false }
        (nodes[index].x, nodes[index].y) = place
        seen += 1
      case "edge":
        guard let from = node(1), let to = node(2), words.count > 3, let count = Int(words[3]),
          let index = pending[from * nodes.count + to]?.popLast()
        else { return false }
        edges[index].curve = (0..<count).compactMap { point(4 + 2 * $0) }
        let after = 4 + 2 * count
        // The label itself has no blanks.
        if let place = point(after + 1) { edges[index].labelPlace = (place.x, place.y + 4) }
      default: continue
      }
    }
    placeLabels()
    return seen == nodes.count
  }
}
