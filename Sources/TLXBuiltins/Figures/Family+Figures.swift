import TLXFigures
import TLXLearning
import TLXNumerics
import TLXRuntime

/// Pictures: in the terminal when shown, as SVG or PNG by `savefig`.
let figuresFamily: [Builtin] = [
  plotBuiltin, scatterBuiltin, barsBuiltin, histBuiltin, heatmapBuiltin, imagesBuiltin, curveBuiltin,
  figureBuiltin,
  savefigBuiltin,
]

private let chartOptions: [Builtin.Parameter] = [
  .option("title", "string", "text above", default: "\"\""),
  .option("xlabel", "string", "name of the x axis; the column's name if left out", default: "nil"),
  .option("ylabel", "string", "name of the y axis; the column's name if left out", default: "nil"),
  .option("logx", "bool", "a logarithmic x axis; values ≤ 0 are left out", default: "false"),
  .option("logy", "bool", "a logarithmic y axis; values ≤ 0 are left out", default: "false"),
  .option(
    "vline", "number | record | list", "x values with a line across; a record names them", default: "nil"),
  .option(
    "hline", "number | record | list", "y values with a line across; a record names them", default: "nil"),
  .option("text", "list", "texts in the picture: (x, y, \"text\"), or a list of those", default: "nil"),
]

private func chart(_ arguments: Arguments, isJoined: Bool) throws -> Value {
  if let own = try arguments.ownFigure({ try $0.plot }) { return own }
  let data = try PlotData(arguments)
  let markers = isJoined ? try arguments.bool("markers") : false
  var series = data.y.map {
    Chart.Series(
      name: $0.name, x: data.x.values, y: $0.values, labels: data.labels, isJoined: isJoined,
      hasMarkers: markers)
  }
  if isJoined {
    try addBand(to: &series, arguments)
  } else if try arguments.bool("fit") {
    if series.count == 1, series[0].name == "y" { series[0].name = "" }
    series = try series.flatMap { [$0, try LineFit.series(through: $0, arguments)] }
  }
  for (option, path) in [("logx", \Chart.Series.x), ("logy", \Chart.Series.y)]
  where try arguments.bool(option) {
    guard series.contains(where: { $0[keyPath: path].contains { $0 > 0 } }) else {
      throw arguments.failure(option, "E0405", "a logarithmic axis needs a number above 0, and there is none")
    }
  }
  let yName = data.y.count == 1 && data.y[0].name != "y" ? data.y[0].name : ""
  return .object(
    FigureObject(
      Figure(
        title: try arguments.string("title"), xLabel: try arguments.optionalString("xlabel") ?? data.x.name,
        yLabel: try arguments.optionalString("ylabel") ?? yName,
        content: .chart(
          Chart(
            series: series, x: Axis(isLogarithmic: try arguments.bool("logx")),
            y: Axis(isLogarithmic: try arguments.bool("logy")),
            annotations: try ChartAnnotations.read(arguments))))))
}

/// `band=("low", "high")` names columns of the table; else it holds the two edges themselves.
private func addBand(to series: inout [Chart.Series], _ arguments: Arguments) throws {
  guard let edges = try arguments.optionalList("band") else { return }
  guard edges.count == 2, !series.isEmpty else {
    throw arguments.failure("band", mustBe: "a lower and an upper edge: band=(low, high)")
  }
  let values = try edges.map { edge -> [Double] in
    if case .string(let name) = edge, case .table(let table) = arguments.value("data") {
      return try PlotData.column(name, of: table, arguments, "band").values
    }
    return try PlotData.columns(edge, named: "band", arguments, "band").first?.values ?? []
  }
  guard values.allSatisfy({ $0.count == series[0].x.count }) else {
    throw arguments.failure(
      "band", "E0401",
      "edges of \(values[0].count) and \(values[1].count) values do not go with \(series[0].x.count) points")
  }
  (series[0].low, series[0].high) = (values[0], values[1])
}

private let plotBuiltin = Builtin(
  "plot", family: "show",
  [
    .positional("data", "table | f64[n] | f64[n, k]", "a table, or the values to draw"),
    .positional("values", "f64[n] | f64[n, k]", "y values, if the first are x values", default: "nil"),
    .option("x", "string", "the table's column for the x axis; row numbers if left out", default: "nil"),
    .option("y", "string | list", "the columns to draw; all columns of numbers if left out", default: "nil"),
    .option(
      "band", "list",
      "lower and upper edge of a band around the first line: two columns of the table, or two vectors",
      default: "nil"),
    .option("markers", "bool", "whether the points are marked", default: "false"),
  ] + chartOptions,
  result: "figure", summary: "Draws lines",
  details: """
    Points with a coordinate that is not finite break the line. Showing the figure draws it in the terminal (braille, \
    colours where the terminal has them); `savefig` writes SVG or PNG. Where there are more points than pixels, the SVG \
    holds what the eye can tell: the extremes of each column of pixels.
    """,
  errors: [
    "E0408 the table has no such column", "E0401 x and y differ in length", "E0405 no numbers to draw",
  ],
  examples: [Builtin.Example("plot([1, 4, 9], title=\"squares\").title", "\"squares\"")],
  body: { try chart($0, isJoined: true) })

private let scatterBuiltin = Builtin(
  "scatter", family: "show",
  [
    .positional("data", "table | f64[n]", "a table, or the x values"),
    .positional("values", "f64[n]", "y values", default: "nil"),
    .option("x", "string", "the table's column for the x axis", default: "nil"),
    .option("y", "string | list", "the table's columns for the y axis", default: "nil"),
    .option("label", "string | list", "the column, or a list, of texts beside the points", default: "nil"),
    .option(
      "fit", "bool", "whether to draw the line of least squares with its 95 % interval", default: "false"),
  ] + chartOptions,
  result: "figure", summary: "Draws points, with labels where there is room",
  details: """
    In the terminal, labels without room are numbered and listed below the picture. `fit=true` adds the line of least \
    squares and the pointwise 95 % confidence band of its mean, `ŷ(x) ± t₀.₉₇₅ · s · √(1/n + (x − x̄)²/Sxx)` with n − 2 \
    degrees of freedom; on logarithmic axes the line is fitted to the logarithms.
    """,
  errors: [
    "E0408 the table has no such column", "E0401 x and y differ in length", "E0405 no numbers to draw",
  ],
  examples: [Builtin.Example("scatter([1, 2, 3], [2, 4, 8], title=\"doubling\").title", "\"doubling\"")],
  body: { try chart($0, isJoined: false) })

private let barsBuiltin = Builtin(
  "bars", family: "show",
  [
    .positional(
      "data", "table | labelled vector | record | list | f64[n]",
      "what is drawn, a bar an item; or the names of the bars"),
    .positional("values", "f64[n] | f64[n, k]", "the lengths, if the first are names", default: "nil"),
    .option(
      "x", "string", "the table's column of names; the first column of text if left out", default: "nil"),
    .option("y", "string | list", "the table's columns of lengths", default: "nil"),
    .option("title", "string", "text above", default: "\"\""),
    .option("xlabel", "string", "name of the value axis", default: "nil"),
  ],
  result: "figure", summary: "Draws horizontal bars",
  errors: [
    "E0408 the table has no such column", "E0405 no numbers to draw",
    "E0401 as many names as lengths are needed",
  ],
  examples: [
    Builtin.Example("bars({a: 1, b: 3}, title=\"counts\").title", "\"counts\""),
    Builtin.Example("bars([\"a\", \"b\"], [1, 3], title=\"counts\").title", "\"counts\""),
  ],
  body: { arguments in
    if let own = try arguments.ownFigure({ try $0.bars }) { return own }
    let bars = try barsContent(arguments)
    return .object(
      FigureObject(
        Figure(
          title: try arguments.string("title"), xLabel: try arguments.optionalString("xlabel") ?? "",
          content: .bars(bars))))
  })

private func barsContent(_ arguments: Arguments) throws -> Bars {
  if arguments.has("values") { return try namedBars(arguments) }
  switch arguments.value("data") {
  case .table(let table):
    let textColumn = table.names.first { (try? PlotData.numbers(table.column($0) ?? .null)) == nil }
    let xName = try arguments.optionalString("x") ?? textColumn
    let names = try xName.map { try PlotData.texts($0, of: table, arguments, "x") }
    let yNames =
      try arguments.optionalStrings("y")
      ?? table.names.filter { $0 != xName && (try? PlotData.numbers(table.column($0) ?? .null)) != nil }
    let columns = try yNames.map { try PlotData.column($0, of: table, arguments, "y") }
    return Bars(
      categories: names ?? (0..<table.rowCount).map(String.init), series: columns.map { ($0.name, $0.values) }
    )
  case .record(let record):
    return Bars(categories: record.names, series: [("", try PlotData.numbers(.list(record.values)))])
  case .object(let object as Labelled):
    return Bars(categories: object.names, series: [("", try object.tensor.doubles())])
  case let value:
    let columns = try PlotData.columns(value, named: "", arguments, "data")
    let count = columns.first?.values.count ?? 0
    return Bars(categories: (0..<count).map(String.init), series: columns.map { ($0.name, $0.values) })
  }
}

/// `bars(names, lengths)`.
private func namedBars(_ arguments: Arguments) throws -> Bars {
  guard let names = try? PlotData.texts(arguments.value("data")) else {
    throw arguments.failure("data", mustBe: "a list of names, since lengths follow")
  }
  let columns = try PlotData.columns(arguments.value("values"), named: "", arguments, "values")
  for column in columns where column.values.count != names.count {
    throw arguments.failure(
      "values", "E0401", "\(column.values.count) lengths do not go with \(names.count) names")
  }
  return Bars(categories: names, series: columns.map { ($0.name, $0.values) })
}

private let histBuiltin = Builtin(
  "hist", family: "show",
  [
    .positional("data", "f64[n]", "the numbers to count; any shape"),
    .option("bins", "int", "how many intervals; by the Freedman–Diaconis rule if left out", default: "nil"),
    .option("title", "string", "text above", default: "\"\""),
    .option("xlabel", "string", "name of the x axis", default: "nil"),
  ],
  result: "figure", summary: "Draws how often numbers fall into equal intervals",
  details: """
    Intervals are half-open, the last one closed. Without `bins` their width is `2·IQR / n^(1/3)` (Freedman and \
    Diaconis 1981), between 5 and 60 of them. Numbers that are not finite are not counted.
    """,
  errors: ["E0405 no finite numbers to count"],
  examples: [Builtin.Example("hist([1, 2, 2, 3], bins=3, title=\"h\").title", "\"h\"")],
  body: { arguments in
    let values = try arguments.tensor("data").doubles().filter(\.isFinite).sorted()
    guard let low = values.first, let high = values.last else {
      throw arguments.failure("data", mustBe: "a tensor with at least one finite number")
    }
    let bins = try arguments.has("bins") ? arguments.int("bins", atLeast: 1) : freedmanDiaconisBins(values)
    let width = high > low ? (high - low) / Double(bins) : 1
    var counts = [Double](repeating: 0, count: bins)
    for value in values { counts[min(bins - 1, Int((value - low) / width))] += 1 }
    let edges = (0...bins).map { low + Double($0) * width }
    return .object(
      FigureObject(
        Figure(
          title: try arguments.string("title"), xLabel: try arguments.optionalString("xlabel") ?? "",
          content: .histogram(Histogram(edges: edges, counts: counts)))))
  })

/// The number of intervals for sorted values.
private func freedmanDiaconisBins(_ sorted: [Double]) -> Int {
  guard let low = sorted.first, let high = sorted.last, high > low else { return 1 }
  let spread = sorted[sorted.count * 3 / 4] - sorted[sorted.count / 4]
  guard spread > 0 else { return 10 }
  var root = 1.0
  while root * root * root < Double(sorted.count) { root += 0.01 }
  return min(60, max(5, Int((high - low) / (2 * spread / root))))
}

private let heatmapBuiltin = Builtin(
  "heatmap", family: "show",
  [
    .positional("data", "f64[n, k] | chain", "the matrix to draw, or a chain's probabilities"),
    .option("labels", "list", "names of rows and columns alike", default: "nil"),
    .option("rows", "list", "names of the rows", default: "nil"),
    .option("columns", "list", "names of the columns", default: "nil"),
    .option("title", "string", "text above", default: "\"\""),
    .option("xlabel", "string", "name of the columns' axis", default: "\"\""),
    .option("ylabel", "string", "name of the rows' axis", default: "\"\""),
  ],
  result: "figure", summary: "Draws a matrix as shaded cells with their values",
  errors: ["E0401 labels of another number than rows or columns", "E0405 not a matrix"],
  examples: [Builtin.Example("heatmap([[1, 2], [3, 4]], title=\"m\").title", "\"m\"")],
  body: { arguments in
    if let own = try arguments.ownFigure({ try $0.heatmap }) { return own }
    let matrix = try arguments.tensor("data")
    guard matrix.rank == 2, matrix.count > 0 else {
      throw arguments.failure("data", mustBe: "a matrix with at least one element")
    }
    let both = try arguments.optionalStrings("labels")
    let rows = try arguments.optionalStrings("rows") ?? both ?? []
    let columns = try arguments.optionalStrings("columns") ?? both ?? []
    for (names, size, axis) in [(rows, matrix.shape[0], "rows"), (columns, matrix.shape[1], "columns")]
    where !names.isEmpty && names.count != size {
      throw arguments.failure(
        both == nil ? axis : "labels", "E0401", "\(names.count) labels do not name \(size) \(axis)")
    }
    return .object(
      FigureObject(
        Figure(
          title: try arguments.string("title"), xLabel: try arguments.string("xlabel"),
          yLabel: try arguments.string("ylabel"),
          content: .heatmap(
            Heatmap(
              rows: matrix.shape[0], columns: matrix.shape[1], values: try matrix.doubles(), rowLabels: rows,
              columnLabels: columns)))))
  })

private let savefigBuiltin = Builtin(
  "savefig", family: "show",
  [
    .positional("figure", "figure", "what `plot`, `scatter`, … made"),
    .positional("path", "string", "an .svg or .png file; written aside, then renamed"),
  ],
  result: "nil", summary: "Writes a figure to a file as SVG or PNG",
  details: """
    SVG files are self-contained: no scripts, no links, a title for screen readers. PNG files have twice the size in \
    pixels and are drawn by `rsvg-convert`, which must be installed (Debian: librsvg2-bin).
    """,
  errors: [
    "E0601 the file cannot be written", "E0615 another ending than .svg and .png, or no rsvg-convert",
  ],
  body: { arguments in
    let figure = try arguments.object("figure", as: FigureObject.self, kind: "figure")
    let path = try arguments.string("path")
    let lower = path.lowercased()
    let svg = figure.figure.svgText()
    if lower.hasSuffix(".svg") {
      try writeText(svg, to: path, arguments)
    } else if lower.hasSuffix(".png") {
      let bytes = try SVGRasterizer.png(svg, arguments)
      try AtomicFile.write(FileName(path, in: arguments.context.folder)) { try $0.write(bytes) }
    } else {
      throw arguments.failure(
        "path", "E0615", "figures are written as .svg or .png, not as “\(path)”", help: "name it figure.svg")
    }
    return .null
  })
