extension Figure {
  /// A line for each state: its successors, the likeliest first. Of many states the first.
  func graphLines(_ graph: StateGraph, width: Int, style: TerminalStyle) -> [String] {
    let limit = 40
    let nameWidth = min(graph.nodes.prefix(limit).map { columnWidth($0.name) }.max() ?? 0, width / 3)
    var lines: [String] = []
    for (index, node) in graph.nodes.prefix(limit).enumerated() {
      let name = padded(truncated(node.name, to: nameWidth), to: nameWidth)
      let out = graph.edges.filter { $0.from == index }.sorted { $0.weight > $1.weight }
      if node.isEnd, out.count == 1 {
        lines.append(style.bold(name) + " ■")
        continue
      }
      var texts: [String] = []
      var used = nameWidth + 3
      for edge in out {
        let target = edge.to == index ? "↺" : truncated(graph.nodes[edge.to].name, to: nameWidth)
        let text = target + " " + style.dim(edge.label)
        let size = columnWidth(target) + edge.label.count + 3
        if used + size > width - 2, !texts.isEmpty {
          texts.append("…")
          break
        }
        used += size
        texts.append(text)
      }
      lines.append(name + " → " + texts.joined(separator: ", "))
    }
    if graph.nodes.count > limit { lines.append("… \(graph.nodes.count - limit) more states") }
    return lines
  }
}
