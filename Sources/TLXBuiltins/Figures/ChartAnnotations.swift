import TLXFigures
import TLXRuntime

/// `vline=`, `hline=` and `text=` of a chart.
enum ChartAnnotations {
  static func read(_ arguments: Arguments) throws -> [Chart.Annotation] {
    try lines("vline", arguments) { .vertical($0, $1) } + lines("hline", arguments) { .horizontal($0, $1) }
      + texts(arguments)
  }

  private static func lines(
    _ name: String, _ arguments: Arguments, _ make: (Double, String) -> Chart.Annotation
  ) throws -> [Chart.Annotation] {
    guard let value = arguments.optional(name) else { return [] }
    if let number = value.number { return [make(number, "")] }
    if case .record(let record) = value {
      return try zip(record.names, record.values).map { label, value in
        guard let number = value.number else {
          throw arguments.failure(
            name, mustBe: "a record of numbers, but \(label) is \(value.kindDescription)")
        }
        return make(number, label)
      }
    }
    guard let numbers = try? PlotData.numbers(value) else {
      throw arguments.failure(name, mustBe: "a number, a list of numbers, or a record of named numbers")
    }
    return numbers.map { make($0, "") }
  }

  private static func texts(_ arguments: Arguments) throws -> [Chart.Annotation] {
    guard let items = try arguments.optionalList("text") else { return [] }
    if let one = text(.list(items)) { return [one] }
    return try items.map { item in
      guard let one = text(item) else {
        throw arguments.failure("text", mustBe: "(x, y, \"text\") or a list of those")
      }
      return one
    }
  }

  private static func text(_ value: Value) -> Chart.Annotation? {
    guard case .list(let parts) = value, parts.count == 3, let x = parts[0].number, let y = parts[1].number,
      case .string(let text) = parts[2]
    else { return nil }
    return .text(x: x, y: y, text)
  }
}
