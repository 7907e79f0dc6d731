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

/// The own layout of graphs that once put one weight on another.
@Suite struct GraphLayoutTests {
  private func placed(_ names: [String], _ edges: [(Int, Int)], layers: [Int]) -> StateGraph {
    var graph = StateGraph(
      nodes: names.map { StateGraph.Node(name: $0, isEnd: false) },
      edges: edges.enumerated().map {
        StateGraph.Edge(from: $1.0, to: $1.1, weight: 0.123 + Double($0) / 1000)
      })
    graph.placeNodes(layers: layers)
    return graph
  }

  /// Edges of a graph whose weights would cover each other in columns: eleven states that reach each other.
  private static let talk = [
    (0, 1), (1, 2), (1, 3), (1, 4), (1, 7), (2, 1), (2, 7), (3, 4), (3, 1), (4, 5), (4, 3), (5, 6), (5, 7),
    (5, 4),
    (6, 10), (6, 7), (7, 8), (7, 1), (8, 9), (9, 5), (9, 11), (8, 11), (7, 11), (2, 11), (0, 11), (10, 10),
    (11, 11),
  ]

  private static let walk = [(0, 0), (1, 0), (1, 2), (2, 1), (2, 3), (3, 2), (3, 4), (4, 4)]
  private static let ring = (0..<9).flatMap { [($0, ($0 + 1) % 9), ($0, ($0 + 8) % 9)] }

  @Test(arguments: [
    (5, walk), (12, talk), (9, ring), (2, [(0, 1), (1, 0), (0, 0)]), (1, [(0, 0)]),
    (7, [(0, 1), (2, 3), (4, 5)]),
  ])
  func nothingCoversAWeight(_ count: Int, _ edges: [(Int, Int)]) {
    for label in ["s", "what is the weather in san francisco "] {
      let graph = placed((0..<count).map { "\(label)\($0)" }, edges, layers: (0..<count).map { $0 / 3 })
      var boxes: [(left: Double, top: Double, right: Double, bottom: Double)] = graph.nodes.map {
        ($0.x - $0.width / 2, $0.y - 17, $0.x + $0.width / 2, $0.y + 17)
      }
      for edge in graph.edges {
        let place = edge.labelPlace ?? (-1, -1)
        // Five digits in eleven points.
        boxes.append((place.x - 13, place.y - 9, place.x + 13, place.y + 2))
      }
      for (index, a) in boxes.enumerated() {
        #expect(a.left >= 0 && a.top >= 0 && a.right <= graph.width && a.bottom <= graph.height)
        for b in boxes.dropFirst(index + 1) {
          let apart = a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top
          #expect(apart, "\(count) \(label) \(a) \(b)")
        }
      }
    }
  }

  /// A path is drawn from left to right in its order.
  @Test func pathsAreStraight() {
    let graph = placed(["0", "1", "2", "3", "4"], Self.walk, layers: [0, 1, 1, 1, 2])
    #expect(zip(graph.nodes, graph.nodes.dropFirst()).allSatisfy { $0.x < $1.x })
    #expect(graph.height < graph.width / 2)
  }
}
