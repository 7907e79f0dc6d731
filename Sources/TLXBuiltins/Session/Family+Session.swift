import TLXNumerics
import TLXRuntime

#if canImport(Glibc)
  import Glibc
#endif

/// Showing, timing, watching.
let sessionFamily: [Builtin] = [showBuiltin, timeBuiltin, progressBuiltin]

private let showBuiltin = Builtin(
  "show", family: "show",
  [
    .positional("value", "any", "what to show"),
    .option(
      "digits", "int", "significant digits of numbers; 6 in tensors and tables if left out", default: "nil"),
  ],
  result: "nil", summary: "Shows a value as the prompt does",
  details: "Tables and tensors are aligned and cut to the width of the terminal; figures are drawn.",
  errors: ["E0405 digits below 1 or above 17"],
  body: { arguments in
    let digits = try arguments.optionalInt("digits")
    if let digits, !(1...17).contains(digits) {
      throw arguments.failure("digits", mustBe: "between 1 and 17")
    }
    arguments.context.output.show(try Operations.settle(arguments.value("value")), digits: digits)
    return .null
  })

private let timeBuiltin = Builtin(
  "time", family: "show",
  [
    .positional("f", "fn()", "what to run"),
    .option("repeat", "int", "how often; the median counts", default: "1"),
  ],
  result: "{value, seconds}", summary: "Runs a function and measures how long it takes",
  details: """
    `f()` is called `repeat` times and its result computed to the end each time; `seconds` is the median wall time on a \
    clock that never goes back, `value` the last result.
    """,
  errors: ["E0405 repeat below 1"],
  examples: [Builtin.Example("time(() -> 2 + 3).value", "5")],
  body: { arguments in
    guard case .function = arguments.value("f") else {
      throw arguments.failure(
        "f", mustBe: "a function", help: "write time(() -> e) to measure the expression e")
    }
    let function = try arguments.callable("f")
    let count = try arguments.int("repeat", atLeast: 1)
    var seconds: [Double] = []
    var value = Value.null
    for _ in 0..<count {
      let start = monotonicSeconds()
      value = try Operations.settle(arguments.context.call(function, []))
      seconds.append(monotonicSeconds() - start)
    }
    seconds.sort()
    let middle = seconds.count / 2
    let median = seconds.count % 2 == 1 ? seconds[middle] : (seconds[middle - 1] + seconds[middle]) / 2
    return .record(Record([("value", value), ("seconds", .float(median))]))
  })

private let progressBuiltin = Builtin(
  "progress", family: "train",
  [
    .positional("items", "list | range | tensor | table", "what a loop goes through"),
    .option("title", "string", "said before the bar", default: "\"\""),
  ],
  result: "the items", summary: "Shows a bar while a loop goes through items",
  details:
    "`[study(s) for s in progress(zoo)]` gives what `[study(s) for s in zoo]` gives. The bar shows on terminals only.",
  errors: ["E0404 a value without items"],
  examples: [Builtin.Example("[k^2 for k in progress(range(3))]", "[0, 1, 4]")],
  body: { arguments in
    .object(
      WatchedItems(
        try Operations.elements(of: arguments.value("items")), title: try arguments.string("title"),
        output: arguments.context.output))
  })

/// Items that draw a bar when they are taken.
private final class WatchedItems: LanguageObject {
  private let sequence: ValueSequence
  private let title: String
  private let output: any Output

  init(_ sequence: ValueSequence, title: String, output: any Output) {
    self.sequence = sequence
    self.title = title.isEmpty ? "" : title + " "
    self.output = output
  }

  var kindName: String { "progress" }
  func summary(width: Int) -> String { "progress over \(sequence.count) items" }

  var items: ObjectItems? {
    ObjectItems(count: sequence.count) { [self] index in
      let filled = index * 20 / max(1, sequence.count)
      let bar = String(repeating: "━", count: filled) + String(repeating: "─", count: 20 - filled)
      output.progress("\(title)\(bar) \(index + 1)/\(sequence.count)")
      return try sequence.element(at: index)
    }
  }
}

/// Seconds on a clock that never goes back.
private func monotonicSeconds() -> Double {
  var now = timespec()
  clock_gettime(CLOCK_MONOTONIC, &now)
  return Double(now.tv_sec) + Double(now.tv_nsec) * 1e-9
}
