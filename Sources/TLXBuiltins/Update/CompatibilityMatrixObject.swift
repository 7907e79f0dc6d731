import TLXFigures
import TLXLearning
import TLXNumerics
import TLXRuntime
import TLXUpdate

/// A chain of versions compared pair by pair.
final class CompatibilityMatrixObject: LanguageObject, DrawnObject {
  private let matrix: CompatibilityMatrix
  private let measure: FlipMeasure
  private let regressions: Int

  /// From `models`, `data` and `measure` of a call.
  init(_ arguments: Arguments) throws {
    let versions = try Self.versions(arguments)
    let (x, y) = try Self.rows(arguments)
    var predictions: [Tensor] = []
    for (name, value) in versions {
      if let (classifier, _) = try value.classifier() {
        guard let x else {
          throw arguments.failure(
            "data", "E0405", "\(name) is a model, and data holds no rows", help: "give {x, y}")
        }
        predictions.append(try classifier.predict(x))
      } else if let labels = try Arguments.tensor(from: value), labels.rank == 1 {
        predictions.append(labels)
      } else {
        throw arguments.failure(
          "models", "E0405", "\(name) must be a model or predictions i64[n], not \(value.kindDescription)")
      }
    }
    try Self.checkClasses(versions, arguments)
    matrix = try CompatibilityMatrix(names: versions.map(\.0), predictions: predictions, y: y)
    measure = FlipMeasure(rawValue: try arguments.string("measure")) ?? .nfr
    regressions = try CompatibilityMatrix.regressions(predictions: predictions, y: y)
  }

  private static func versions(_ arguments: Arguments) throws -> [(String, Value)] {
    if case .record(let record) = arguments.value("models") { return Array(zip(record.names, record.values)) }
    return try arguments.list("models").enumerated().map { ("v\($0 + 1)", $1) }
  }

  private static func rows(_ arguments: Arguments) throws -> (Tensor?, Tensor) {
    if let y = try Arguments.tensor(from: arguments.value("data")) { return (nil, y) }
    let rows = try TrainingRows(arguments, "data")
    return (rows.x, rows.y)
  }

  /// Models that tell apart different numbers of classes are no versions of one model.
  private static func checkClasses(_ versions: [(String, Value)], _ arguments: Arguments) throws {
    let models = try versions.compactMap { name, value in
      try value.classifier().map { (name, $0.0.classCount) }
    }
    guard let first = models.first, let other = models.first(where: { $0.1 != first.1 }) else { return }
    throw arguments.failure(
      "models", "E0415", "\(first.0) has \(first.1) classes and \(other.0) has \(other.1)",
      help: "to compare them all the same, give their predictions")
  }

  var kindName: String { "compatibility matrix" }
  var fieldNames: [String] { FlipReportObject.measures + ["versions", "errors", "regressions", "table"] }

  func field(_ name: String) throws -> Value? {
    if let measure = FlipMeasure(rawValue: name) {
      let size = matrix.names.count
      return .tensor(try Tensor(matrix.values(measure), shape: [size, size]))
    }
    return switch name {
    case "versions": .list(matrix.names.map { .string($0) })
    case "errors": .object(try Labelled(names: matrix.names, tensor: Tensor(errors)))
    case "regressions": .int(regressions)
    case "table": .table(pairs)
    default: nil
    }
  }

  /// Each version's error: its own row's first error.
  private var errors: [Double] {
    let size = matrix.names.count
    return (0..<size).map { matrix.counts[$0 * size + $0].value(.errorNew) ?? 0 }
  }

  /// A row for each update between two versions.
  private var pairs: Table {
    let size = matrix.names.count
    let chosen = (0..<size * size).filter { $0 / size != $0 % size }
    let measures: [FlipMeasure] = [.errorOld, .errorNew, .gain, .nfr, .pfr, .churn, .btc, .copied]
    return Table(
      names: ["old", "new"] + measures.map(\.rawValue),
      columns: [
        .list(chosen.map { .string(matrix.names[$0 / size]) }),
        .list(chosen.map { .string(matrix.names[$0 % size]) }),
      ] + measures.map { measure in column(chosen.map { matrix.counts[$0].value(measure) }) },
      rowCount: chosen.count)
  }

  var dataValue: Value? {
    .record(
      Record(
        ["versions", "errors", "regressions", "table"].compactMap { name in
          (try? field(name)).flatMap { $0 }.map { (name, $0) }
        }))
  }

  func summary(width: Int) -> String {
    let size = matrix.names.count
    let values = matrix.values(measure)
    let table = Table(
      names: ["old \\ new"] + matrix.names + ["error"],
      columns: [.list(matrix.names.map { .string($0) })]
        + (0..<size).map { new in
          column(
            (0..<size).map { values[$0 * size + new] }.map {
              $0.isNaN ? nil : ($0 * 10_000).rounded() / 10_000
            })
        } + [column(errors.map { ($0 * 10_000).rounded() / 10_000 })],
      rowCount: size)
    return "\(measure.rawValue) from each version to each other\n" + Display.show(.table(table), width: width)
      + "\nrows that an earlier version had right and the last has wrong: \(regressions)"
  }

  var heatmap: Figure? {
    get throws {
      Figure(
        title: measure.rawValue, xLabel: "new", yLabel: "old",
        content: .heatmap(
          Heatmap(
            rows: matrix.names.count, columns: matrix.names.count, values: matrix.values(measure),
            rowLabels: matrix.names, columnLabels: matrix.names)))
    }
  }
}
