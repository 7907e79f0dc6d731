import TLXFigures
import TLXLearning
import TLXNumerics
import TLXRuntime

/// Figures of images, of trainings, and of figures.
let imagesBuiltin = Builtin(
  "images", family: "show",
  [
    .positional(
      "data", "f64[n, h, w] | f64[n, h, w, 3] | f64[h, w] | data set", "brightnesses between 0 and 1"),
    .option(
      "labels", "list | i64[n]", "what stands below each; a data set's classes if left out", default: "nil"),
    .option("limit", "int", "how many are drawn at most", default: "40"),
    .option("title", "string", "text above", default: "\"\""),
  ],
  result: "figure", summary: "Draws images side by side",
  details: "Values beyond 0 and 1 are cut. In the terminal a character shows two pixels.",
  errors: ["E0405 not images", "E0401 another number of labels than images"],
  examples: [Builtin.Example("images(uniform((3, 8, 8)), title=\"noise\").title", "\"noise\"")],
  body: { arguments in
    let limit = try arguments.int("limit", atLeast: 1)
    let (tensor, captions) = try imagesAndCaptions(arguments)
    let isColored = tensor.rank == 4
    guard (2...4).contains(tensor.rank), !isColored || tensor.shape[3] == 3, tensor.count > 0 else {
      throw arguments.failure(
        "data", mustBe: "images [n, height, width], [n, height, width, 3] or one [height, width]")
    }
    let first = tensor.rank == 2 ? 0 : 1
    let (height, width) = (tensor.shape[first], tensor.shape[first + 1])
    guard height <= 1_024, width <= 1_024 else {
      throw arguments.failure("data", mustBe: "images of at most 1024 × 1024 pixels")
    }
    let count = min(limit, tensor.rank == 2 ? 1 : tensor.shape[0])
    let size = height * width * (isColored ? 3 : 1)
    let values = Array(try tensor.doubles().prefix(count * size))
    return .object(
      FigureObject(
        Figure(
          title: try arguments.string("title"),
          content: .images(
            ImageGrid(
              height: height, width: width, channels: isColored ? 3 : 1, values: values,
              captions: Array(captions.prefix(count)))))))
  })

private func imagesAndCaptions(_ arguments: Arguments) throws -> (Tensor, [String]) {
  var captions: [String]?
  let tensor: Tensor
  if case .object(let object as DataSetObject) = arguments.value("data") {
    let data = object.data
    guard let images = try data.images() else {
      throw arguments.failure("data", mustBe: "a data set of images; the rows of \(data.name) are not images")
    }
    let labels = try data.labels()
    captions = labels.map { data.classes.indices.contains($0) ? data.classes[$0] : "\($0)" }
    tensor = images
  } else {
    tensor = try arguments.tensor("data")
  }
  if let labels = arguments.optional("labels") {
    guard case .list(let items) = labels else {
      let numbers = try PlotData.columns(labels, named: "labels", arguments, "labels").first?.values ?? []
      captions = numbers.map { Display.text(of: .float($0)) }
      return (tensor, try checked(captions ?? [], tensor, arguments))
    }
    captions = items.map { Display.text(of: $0) }
  }
  return (tensor, try checked(captions ?? [], tensor, arguments))
}

private func checked(_ captions: [String], _ tensor: Tensor, _ arguments: Arguments) throws -> [String] {
  let count = tensor.rank == 2 ? 1 : tensor.shape.first ?? 0
  guard captions.isEmpty || captions.count == count else {
    throw arguments.failure("labels", "E0401", "\(captions.count) labels do not name \(count) images")
  }
  return captions
}

let curveBuiltin = Builtin(
  "curve", family: "show",
  [
    .positional("run", "record | table", "what `fit` gave, or its log"),
    .option("y", "string | list", "the columns to draw; the losses if left out", default: "nil"),
    .option("title", "string", "text above", default: "\"\""),
    .option("logy", "bool", "a logarithmic y axis", default: "false"),
  ],
  result: "figure", summary: "Draws how a training went, epoch by epoch",
  details: "The epoch with the lowest validation loss is marked, where there is one.",
  errors: ["E0408 the log has no such column", "E0405 not a training's result"],
  examples: [
    Builtin.Example(
      "curve(table([{epoch: 1, loss: 2.0}, {epoch: 2, loss: 1.0}]), title=\"training\").title", "\"training\""
    )
  ],
  body: { arguments in
    let log = try trainingLog(arguments)
    let wanted =
      try arguments.optionalStrings("y") ?? log.names.filter { $0 == "loss" || $0.hasSuffix("_loss") }
    guard !wanted.isEmpty else {
      throw arguments.failure(
        "run", "E0408", "the log has no column of losses", help: "name the columns: y=\"accuracy\"")
    }
    let columns = try wanted.map { try PlotData.column($0, of: log, arguments, "y") }
    let epochs =
      log.column("epoch") == nil
      ? (1...max(1, log.rowCount)).map(Double.init)
      : try PlotData.column("epoch", of: log, arguments, "run").values
    let series = columns.map {
      Chart.Series(name: $0.name, x: epochs, y: $0.values, isJoined: true, hasMarkers: epochs.count <= 30)
    }
    var notes: [Chart.Annotation] = []
    if let valid = columns.first(where: { $0.name == "valid_loss" }), valid.values.count == epochs.count,
      let best = valid.values.indices.filter({ valid.values[$0].isFinite }).min(by: {
        valid.values[$0] < valid.values[$1]
      })
    {
      notes = [.vertical(epochs[best], "best")]
    }
    return .object(
      FigureObject(
        Figure(
          title: try arguments.string("title"), xLabel: "epoch",
          yLabel: columns.count == 1 ? columns[0].name : "",
          content: .chart(
            Chart(series: series, y: Axis(isLogarithmic: try arguments.bool("logy")), annotations: notes)))))
  })

private func trainingLog(_ arguments: Arguments) throws -> Table {
  switch arguments.value("run") {
  case .table(let table): return table
  case .record(let record):
    if case .table(let log)? = record["log"] { return log }
  default: break
  }
  throw arguments.failure("run", mustBe: "what fit gave, or its log", help: "write curve(fit(…))")
}

let figureBuiltin = Builtin(
  "figure", family: "show",
  [
    .positional("figures", "list of figures", "what `plot`, `scatter`, … made"),
    .option("columns", "int", "how many stand side by side", default: "2"),
    .option("title", "string", "text above", default: "\"\""),
  ],
  result: "figure", summary: "Puts figures beside and below each other",
  errors: ["E0405 not figures"],
  examples: [Builtin.Example("figure((plot([1, 2]), hist([1, 2, 2])), title=\"two\").title", "\"two\"")],
  body: { arguments in
    let figures = try arguments.list("figures").map { item -> Figure in
      guard case .object(let object as FigureObject) = item else {
        throw arguments.failure("figures", mustBe: "figures only; one of them is \(item.kindDescription)")
      }
      return object.figure
    }
    guard !figures.isEmpty else {
      throw arguments.failure("figures", mustBe: "a list of at least one figure")
    }
    return .object(
      FigureObject(
        Figure(
          title: try arguments.string("title"),
          content: .panels(Panels(figures: figures, columns: try arguments.int("columns", atLeast: 1))))))
  })
