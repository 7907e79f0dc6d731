/// A picture as a value: what is drawn, not how. Renderings (terminal, SVG) are made from it.
public struct Figure: Sendable {
  public var title: String
  public var xLabel: String
  public var yLabel: String
  public var content: Content
  /// How wide it is drawn as SVG: figures of a page, beside each other, or on a small screen are not all alike.
  var width = Figure.wide

  /// Whether lines say their values under the pointer: small screens have none.
  var hasTips = true

  static let wide = 640.0
  static let narrow = 400.0

  public enum Content: Sendable {
    /// Lines and points over two numeric axes.
    case chart(Chart)
    /// Bars of one or more series over named categories.
    case bars(Bars)
    /// Counts over adjoining intervals.
    case histogram(Histogram)
    /// A matrix drawn as shaded cells.
    case heatmap(Heatmap)
    /// States and the transitions between them.
    case graph(StateGraph)
    /// Small images side by side.
    case images(ImageGrid)
    /// Several figures in a grid.
    case panels(Panels)
  }

  public init(title: String = "", xLabel: String = "", yLabel: String = "", content: Content) {
    self.title = title
    self.xLabel = xLabel
    self.yLabel = yLabel
    self.content = content
  }

  /// `line plot "Digits"`: what a figure is called where it cannot be drawn.
  public var summary: String {
    let kind =
      switch content {
      // Points that a line is fitted to come before it.
      case .chart(let chart): chart.series.first?.isJoined == false ? "scatter plot" : "line plot"
      case .bars: "bar chart"
      case .histogram: "histogram"
      case .heatmap: "heat map"
      case .graph(let graph): "graph of \(graph.nodes.count) states"
      case .images(let grid): grid.count == 1 ? "image" : "\(grid.count) images"
      case .panels(let panels): "\(panels.figures.count) panels"
      }
    return title.isEmpty ? kind : "\(kind) “\(title)”"
  }
}

public struct Chart: Sendable {
  public var series: [Series]
  public var x: Axis
  public var y: Axis
  public var annotations: [Annotation]

  public init(series: [Series], x: Axis = Axis(), y: Axis = Axis(), annotations: [Annotation] = []) {
    self.series = series
    self.x = x
    self.y = y
    self.annotations = annotations
  }

  /// What is written into a chart.
  public enum Annotation: Sendable {
    /// A line across the chart at an x value, with a word on it.
    case vertical(Double, String)
    case horizontal(Double, String)
    case text(x: Double, y: Double, String)
  }

  public struct Series: Sendable {
    public var name: String
    public var x: [Double]
    public var y: [Double]
    /// Text beside each point; empty for none.
    public var labels: [String]
    /// Whether neighbouring points are joined by a line.
    public var isJoined: Bool
    /// Whether a joined series marks its points as well.
    public var hasMarkers: Bool
    /// The lower and upper edge of a band around the line; empty for none.
    public var low: [Double]
    public var high: [Double]
    /// Drawn in the colour of the series before it: a line fitted to its points.
    public var continuesColor: Bool

    public init(
      name: String, x: [Double], y: [Double], labels: [String] = [], isJoined: Bool, hasMarkers: Bool = false,
      low: [Double] = [], high: [Double] = [], continuesColor: Bool = false
    ) {
      self.name = name
      self.x = x
      self.y = y
      self.labels = labels
      self.isJoined = isJoined
      self.hasMarkers = hasMarkers
      self.low = low
      self.high = high
      self.continuesColor = continuesColor
    }

    /// The points that can be drawn: both coordinates finite.
    func finitePoints() -> [(x: Double, y: Double, label: String)] {
      zip(x, y).enumerated().compactMap { index, point in
        guard point.0.isFinite, point.1.isFinite else { return nil }
        return (point.0, point.1, labels.indices.contains(index) ? labels[index] : "")
      }
    }
  }
}

public struct Bars: Sendable {
  public var categories: [String]
  public var series: [(name: String, values: [Double])]

  public init(categories: [String], series: [(name: String, values: [Double])]) {
    self.categories = categories
    self.series = series
  }
}

public struct Histogram: Sendable {
  /// One more than counts.
  public var edges: [Double]
  public var counts: [Double]

  public init(edges: [Double], counts: [Double]) {
    self.edges = edges
    self.counts = counts
  }
}

public struct Heatmap: Sendable {
  public var rows: Int
  public var columns: Int
  /// Row-major.
  public var values: [Double]
  public var rowLabels: [String]
  public var columnLabels: [String]

  public init(
    rows: Int, columns: Int, values: [Double], rowLabels: [String] = [], columnLabels: [String] = []
  ) {
    self.rows = rows
    self.columns = columns
    self.values = values
    self.rowLabels = rowLabels
    self.columnLabels = columnLabels
  }

  func value(_ row: Int, _ column: Int) -> Double { values[row * columns + column] }

  /// The finite values' range, widened where it is a point.
  var range: ClosedRange<Double> { spread(of: values) }
}

/// Images of one size: brightnesses between 0 and 1, or red, green and blue.
public struct ImageGrid: Sendable {
  public var height: Int
  public var width: Int
  /// 1 or 3.
  public var channels: Int
  /// Image after image, row after row, pixel after pixel.
  public var values: [Double]
  public var captions: [String]

  public init(height: Int, width: Int, channels: Int = 1, values: [Double], captions: [String] = []) {
    self.height = height
    self.width = width
    self.channels = channels
    self.values = values
    self.captions = captions
  }

  public var count: Int { values.count / max(1, height * width * channels) }
}

/// Figures beside and below each other.
public struct Panels: Sendable {
  public var figures: [Figure]
  public var columns: Int

  public init(figures: [Figure], columns: Int) {
    self.figures = figures
    self.columns = max(1, columns)
  }
}
