import TLXFigures
import TLXLearning
import TLXNumerics
import TLXRuntime
import TLXUpdate

/// What `compatible_search` found.
final class CompatibleSearchObject: LanguageObject {
  private let search: CompatibleSearch
  private let skipped: [String]
  private let measure: String

  init(_ search: CompatibleSearch, skipped: [String], measure: String) {
    self.search = search
    self.skipped = skipped
    self.measure = measure
  }

  var kindName: String { "search" }
  var fieldNames: [String] {
    ["table", "homogeneous", "heterogeneous", "product", "models", "paragon", "skipped", "figure"]
  }

  func field(_ name: String) throws -> Value? {
    switch name {
    case "table": .table(try table())
    case "homogeneous": choice { $0.homogeneous }
    case "heterogeneous": choice { $0.heterogeneous }
    case "product": choice { $0.product }
    case "models": .list(search.outcomes.map { .object(ModelObject($0.model)) })
    case "paragon": .float(search.paragon)
    case "skipped": .list(skipped.map { .string($0) })
    case "figure": .object(FigureObject(figure()))
    default: nil
    }
  }

  private func choice(_ reward: (CompatibleSearch.Outcome) -> Double) -> Value {
    guard let best = search.best(by: reward) else { return .null }
    return .record(
      Record([
        ("hidden", .string(best.name)), ("parameters", .int(best.parameterCount)),
        ("reward", .float(reward(best))),
        ("model", .object(ModelObject(best.model))),
      ]))
  }

  private func table() throws -> Table {
    let outcomes = search.outcomes
    let numbers: [(String, [Double])] = [
      ("share", outcomes.map { Double($0.parameterCount) / Double(search.galleryParameterCount) }),
      ("alone", outcomes.map(\.aloneHeterogeneous)), ("hetero", outcomes.map(\.heterogeneous)),
      ("homo", outcomes.map(\.homogeneous)), ("alone_homo", outcomes.map(\.aloneHomogeneous)),
      ("product", outcomes.map(\.product)),
    ]
    return Table(
      names: ["hidden", "parameters"] + numbers.map(\.0) + ["front"],
      columns: [
        .list(outcomes.map { .string($0.name) }), .tensor(try Tensor(outcomes.map(\.parameterCount))),
      ] + (try numbers.map { .tensor(try Tensor($0.1)) }) + [.tensor(try Tensor(search.isOnFront))],
      rowCount: outcomes.count)
  }

  /// Heterogeneous quality over size; the front is joined.
  private func figure() -> Figure {
    let outcomes = search.outcomes
    func points(
      _ chosen: [CompatibleSearch.Outcome], _ name: String, isJoined: Bool,
      _ value: (CompatibleSearch.Outcome) -> Double
    )
      -> Chart.Series
    {
      Chart.Series(
        name: name, x: chosen.map { Double($0.parameterCount) }, y: chosen.map(value),
        labels: isJoined ? [] : chosen.map(\.name), isJoined: isJoined)
    }
    let front = zip(outcomes, search.isOnFront).filter(\.1).map(\.0).sorted {
      $0.parameterCount < $1.parameterCount
    }
    return Figure(
      title: "Queries by small models on a gallery by \(search.galleryParameterCount) weights",
      xLabel: "parameters",
      yLabel: measure,
      content: .chart(
        Chart(series: [
          points(front, "front", isJoined: true) { $0.heterogeneous },
          points(outcomes, "compatible", isJoined: false) { $0.heterogeneous },
          points(outcomes, "alone", isJoined: false) { $0.aloneHeterogeneous },
        ])))
  }

  func summary(width: Int) -> String {
    func name(_ reward: (CompatibleSearch.Outcome) -> Double) -> String {
      search.best(by: reward)?.name ?? "none"
    }
    var lines = [(try? table()).map { Display.show(.table($0), width: width, digits: 3) } ?? ""]
    lines.append(
      "chosen by homogeneous \(measure) \(name { $0.homogeneous }), by heterogeneous \(name { $0.heterogeneous }), "
        + "by their product \(name { $0.product }); the gallery model itself \(percent(search.paragon))")
    if !skipped.isEmpty { lines.append("too large, not trained: \(skipped.joined(separator: ", "))") }
    return lines.joined(separator: "\n")
  }
}
