import TLXFigures
import TLXNumerics
import TLXRuntime

/// Figures as plain values, for the cache.
extension Figure {
  func storedValue() throws -> Value {
    let (kind, contents): (String, Value) =
      switch content {
      case .chart(let chart): ("chart", try chart.storedValue())
      case .bars(let bars): ("bars", try bars.storedValue())
      case .histogram(let histogram):
        (
          "histogram",
          .fields([("edges", try .numbers(histogram.edges)), ("counts", try .numbers(histogram.counts))])
        )
      case .heatmap(let map):
        (
          "heatmap",
          .fields([
            ("rows", .int(map.rows)), ("columns", .int(map.columns)), ("values", try .numbers(map.values)),
            ("rowLabels", .texts(map.rowLabels)), ("columnLabels", .texts(map.columnLabels)),
          ])
        )
      case .images(let grid):
        (
          "images",
          .fields([
            ("height", .int(grid.height)), ("width", .int(grid.width)), ("channels", .int(grid.channels)),
            ("values", try .numbers(grid.values)), ("captions", .texts(grid.captions)),
          ])
        )
      case .graph(let graph): ("graph", try graph.storedValue())
      case .panels(let panels):
        (
          "panels",
          .fields([
            ("columns", .int(panels.columns)),
            ("figures", .list(try panels.figures.map { try $0.storedValue() })),
          ])
        )
      }
    return .fields([
      ("title", .string(title)), ("x", .string(xLabel)), ("y", .string(yLabel)), ("kind", .string(kind)),
      ("contents", contents),
    ])
  }

  init(stored value: Value) throws {
    let contents = try value.storedField("contents")
    let content: Content
    switch try value.storedField("kind").storedText() {
    case "chart": content = .chart(try Chart(stored: contents))
    case "bars": content = .bars(try Bars(stored: contents))
    case "histogram":
      let (edges, counts) = (try contents.numbers("edges"), try contents.numbers("counts"))
      guard edges.count == counts.count + 1 else { throw DamagedArchive() }
      content = .histogram(Histogram(edges: edges, counts: counts))
    case "heatmap":
      let map = Heatmap(
        rows: try contents.whole("rows"), columns: try contents.whole("columns"),
        values: try contents.numbers("values"),
        rowLabels: try contents.texts("rowLabels"), columnLabels: try contents.texts("columnLabels"))
      guard map.rows * map.columns == map.values.count else { throw DamagedArchive() }
      content = .heatmap(map)
    case "images":
      let grid = ImageGrid(
        height: try contents.whole("height"), width: try contents.whole("width"),
        channels: try contents.whole("channels"), values: try contents.numbers("values"),
        captions: try contents.texts("captions"))
      guard [1, 3].contains(grid.channels), grid.height > 0, grid.width > 0,
        grid.values.count % (grid.height * grid.width * grid.channels) == 0
      else { throw DamagedArchive() }
      content = .images(grid)
    case "graph": content = .graph(try StateGraph(stored: contents))
    case "panels":
      guard case .list(let items) = try contents.storedField("figures") else { throw DamagedArchive() }
      content = .panels(
        Panels(figures: try items.map { try Figure(stored: $0) }, columns: try contents.whole("columns")))
    default: throw DamagedArchive()
    }
    self.init(
      title: try value.storedField("title").storedText(), xLabel: try value.storedField("x").storedText(),
      yLabel: try value.storedField("y").storedText(), content: content)
  }
}

extension StateGraph {
  fileprivate func storedValue() throws -> Value {
    let nodes = try self.nodes.map { node -> Value in
      .fields([
        ("name", .string(node.name)), ("end", .bool(node.isEnd)), ("place", try .numbers([node.x, node.y])),
      ])
    }
    let edges = try self.edges.map { edge -> Value in
      .fields([
        ("from", .int(edge.from)), ("to", .int(edge.to)), ("weight", .float(edge.weight)),
        ("curve", try .numbers(edge.curve.flatMap { [$0.x, $0.y] })),
        ("label", try .numbers(edge.labelPlace.map { [$0.x, $0.y] } ?? [])),
      ])
    }
    return .fields([
      ("nodes", .list(nodes)), ("edges", .list(edges)), ("size", try .numbers([width, height])),
    ])
  }

  fileprivate init(stored value: Value) throws {
    guard case .list(let nodes) = try value.storedField("nodes"),
      case .list(let edges) = try value.storedField("edges")
    else { throw DamagedArchive() }
    self.init(nodes: try nodes.map(Node.init(stored:)), edges: try edges.map(Edge.init(stored:)))
    let size = try value.numbers("size")
    guard size.count == 2,
      self.edges.allSatisfy({ self.nodes.indices.contains($0.from) && self.nodes.indices.contains($0.to) })
    else { throw DamagedArchive() }
    (width, height) = (size[0], size[1])
  }
}

extension StateGraph.Node {
  fileprivate init(stored value: Value) throws {
    self.init(
      name: try value.storedField("name").storedText(), isEnd: try value.storedField("end").storedFlag())
    let place = try value.numbers("place")
    guard place.count == 2 else { throw DamagedArchive() }
    (x, y) = (place[0], place[1])
  }
}

extension StateGraph.Edge {
  fileprivate init(stored value: Value) throws {
    guard case .float(let weight) = try value.storedField("weight") else { throw DamagedArchive() }
    self.init(from: try value.whole("from"), to: try value.whole("to"), weight: weight)
    let curve = try value.numbers("curve")
    let label = try value.numbers("label")
    guard curve.count % 2 == 0, label.isEmpty || label.count == 2 else { throw DamagedArchive() }
    self.curve = stride(from: 0, to: curve.count, by: 2).map { (curve[$0], curve[$0 + 1]) }
    labelPlace = label.isEmpty ? nil : (label[0], label[1])
  }
}

extension Chart {
  fileprivate func storedValue() throws -> Value {
    let all = try series.map { one -> Value in
      .fields([
        ("name", .string(one.name)), ("x", try .numbers(one.x)), ("y", try .numbers(one.y)),
        ("labels", .texts(one.labels)), ("joined", .bool(one.isJoined)), ("markers", .bool(one.hasMarkers)),
        ("low", try .numbers(one.low)), ("high", try .numbers(one.high)),
        ("continues", .bool(one.continuesColor)),
      ])
    }
    let notes = annotations.map { note -> Value in
      switch note {
      case .vertical(let x, let text): .list([.string("vertical"), .float(x), .float(0), .string(text)])
      case .horizontal(let y, let text): .list([.string("horizontal"), .float(0), .float(y), .string(text)])
      case .text(let x, let y, let text): .list([.string("text"), .float(x), .float(y), .string(text)])
      }
    }
    return .fields([
      ("series", .list(all)), ("notes", .list(notes)), ("logx", .bool(x.isLogarithmic)),
      ("logy", .bool(y.isLogarithmic)),
    ])
  }

  fileprivate init(stored value: Value) throws {
    guard case .list(let items) = try value.storedField("series"),
      case .list(let notes) = try value.storedField("notes")
    else { throw DamagedArchive() }
    let series = try items.map { item in
      Series(
        name: try item.storedField("name").storedText(), x: try item.numbers("x"), y: try item.numbers("y"),
        labels: try item.texts("labels"), isJoined: try item.storedField("joined").storedFlag(),
        hasMarkers: try item.storedField("markers").storedFlag(), low: try item.numbers("low"),
        high: try item.numbers("high"), continuesColor: try item.storedField("continues").storedFlag())
    }
    self.init(
      series: series, x: Axis(isLogarithmic: try value.storedField("logx").storedFlag()),
      y: Axis(isLogarithmic: try value.storedField("logy").storedFlag()),
      annotations: try notes.map(Chart.note))
  }

  private static func note(_ value: Value) throws -> Annotation {
    guard case .list(let parts) = value, parts.count == 4, let x = parts[1].number, let y = parts[2].number
    else {
      throw DamagedArchive()
    }
    let text = try parts[3].storedText()
    switch try parts[0].storedText() {
    case "vertical": return .vertical(x, text)
    case "horizontal": return .horizontal(y, text)
    case "text": return .text(x: x, y: y, text)
    default: throw DamagedArchive()
    }
  }
}

extension Bars {
  fileprivate func storedValue() throws -> Value {
    .fields([
      ("categories", .texts(categories)), ("names", .texts(series.map(\.name))),
      ("values", .list(try series.map { try .numbers($0.values) })),
    ])
  }

  fileprivate init(stored value: Value) throws {
    let names = try value.texts("names")
    guard case .list(let values) = try value.storedField("values"), values.count == names.count else {
      throw DamagedArchive()
    }
    self.init(
      categories: try value.texts("categories"),
      series: try zip(names, values).map { (name: $0, values: try $1.storedNumbers()) })
  }
}

extension Value {
  fileprivate static func fields(_ fields: [(String, Value)]) -> Value { .record(Record(fields)) }
  fileprivate static func numbers(_ numbers: [Double]) throws -> Value { .tensor(try Tensor(numbers)) }
  fileprivate static func texts(_ texts: [String]) -> Value { .list(texts.map { .string($0) }) }

  fileprivate func numbers(_ name: String) throws -> [Double] { try storedField(name).storedNumbers() }
  fileprivate func texts(_ name: String) throws -> [String] { try storedField(name).storedTexts() }

  fileprivate func whole(_ name: String) throws -> Int {
    guard case .int(let number) = try storedField(name), number >= 0 else { throw DamagedArchive() }
    return number
  }
}
