import TLXFigures
import Testing

@Suite struct StateGraphTests {
  private func graph(layers: [Int]) -> StateGraph {
    var graph = StateGraph(
      nodes: [
        StateGraph.Node(name: "start <&>", isEnd: false), StateGraph.Node(name: "middle", isEnd: false),
        StateGraph.Node(name: "end", isEnd: true),
      ],
      edges: [
        StateGraph.Edge(from: 0, to: 1, weight: 0.75), StateGraph.Edge(from: 0, to: 0, weight: 0.25),
        StateGraph.Edge(from: 1, to: 2, weight: 1), StateGraph.Edge(from: 2, to: 2, weight: 1),
      ])
    graph.placeNodes(layers: layers)
    return graph
  }

  @Test(arguments: [[0, 1, 2], [0, 0, 0]])
  func nodesLieApartAndInside(_ layers: [Int]) {
    let graph = graph(layers: layers)
    for (index, node) in graph.nodes.enumerated() {
      #expect(node.x - node.width / 2 >= 0 && node.x + node.width / 2 <= graph.width)
      #expect(node.y - StateGraph.Node.height / 2 >= 0 && node.y + StateGraph.Node.height / 2 <= graph.height)
      for other in graph.nodes.dropFirst(index + 1) {
        #expect(
          abs(node.x - other.x) >= (node.width + other.width) / 2 - 1
            || abs(node.y - other.y) >= StateGraph.Node.height)
      }
    }
    #expect(graph.edges.allSatisfy { $0.curve.count == 4 && $0.labelPlace != nil })
  }

  @Test func svgIsEscapedAndWhole() {
    let text = Figure(title: "a < b", content: .graph(graph(layers: [0, 1, 2]))).svgText()
    #expect(text.contains("start &lt;&amp;&gt;") && text.contains("a &lt; b"))
    #expect(text.components("<ellipse") == 4)
    #expect(text.components("<path") == 4 && text.components("<polygon") == 4)
  }

  @Test func terminalSaysTheSuccessors() {
    let text = Figure(content: .graph(graph(layers: [0, 1, 2]))).terminalText(
      TerminalStyle(width: 60))
    #expect(text == "start <&> → middle 0.75, ↺ 0.25\nmiddle    → end 1\nend       ■")
  }
}

extension String {
  /// How often a part occurs.
  fileprivate func components(_ part: String) -> Int {
    var count = 0
    var rest = self[...]
    while let range = rest.firstRange(of: part) {
      count += 1
      rest = rest[range.upperBound...]
    }
    return count
  }
}
