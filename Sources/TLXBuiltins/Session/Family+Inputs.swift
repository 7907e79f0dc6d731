import TLXNumerics
import TLXRuntime

#if canImport(Glibc)
  import Glibc
#endif

/// What a reader of a live page may set.
let inputsFamily: [Builtin] = [sliderBuiltin, menuBuiltin]

private let sliderBuiltin = Builtin(
  "slider", family: "show",
  [
    .positional("low", "number", "the smallest value"),
    .positional("high", "number", "the largest value"),
    .option("log", "bool", "whether equal steps multiply", default: "false"),
    .option("step", "number", "the distance between values; free if left out", default: "nil"),
    .option("default", "number", "where it stands at first; the middle if left out", default: "nil"),
  ],
  result: "float", summary: "A number that the reader of a live page can move",
  details: """
    Gives `default`. Where `let name = slider(…)` stands at the top level of a cell with its bounds written out, \
    `tlx watch` shows a slider, and moving it runs again what depends on the name.
    """,
  errors: ["E0405 low is not below high, default is not between them, or a logarithmic one is not above 0"],
  examples: [Builtin.Example("slider(1e-4, 1e-1, log=true, default=1e-2)", "0.01")],
  body: { arguments in
    let (low, high) = (try arguments.float("low"), try arguments.float("high"))
    let isLogarithmic = try arguments.bool("log")
    guard low.isFinite, high.isFinite, low < high else {
      throw arguments.failure("high", mustBe: "above low, \(Display.text(of: .float(low)))")
    }
    guard !isLogarithmic || low > 0 else {
      throw arguments.failure("low", mustBe: "above 0, since the slider is logarithmic")
    }
    let middle = isLogarithmic ? exp((log(low) + log(high)) / 2) : (low + high) / 2
    let value = try arguments.optionalFloat("default") ?? middle
    guard value >= low, value <= high else {
      throw arguments.failure(
        "default", mustBe: "between \(Display.text(of: .float(low))) and \(Display.text(of: .float(high)))")
    }
    return .float(value)
  })

private let menuBuiltin = Builtin(
  "menu", family: "show",
  [
    .positional("choices", "list of string", "what can be chosen"),
    .option("default", "string", "what is chosen at first; the first if left out", default: "nil"),
  ],
  result: "string", summary: "A choice that the reader of a live page can make",
  details: """
    Gives `default`. Where `let name = menu(["…", "…"])` stands at the top level of a cell with its choices written out, \
    `tlx watch` shows a menu, and choosing runs again what depends on the name.
    """,
  errors: ["E0405 no choices, or a default that is not one of them"],
  examples: [Builtin.Example("menu([\"adam\", \"sgd\"], default=\"sgd\")", "\"sgd\"")],
  body: { arguments in
    let choices = try arguments.strings("choices")
    guard let first = choices.first else {
      throw arguments.failure("choices", mustBe: "a list of at least one string")
    }
    let value = try arguments.optionalString("default") ?? first
    guard choices.contains(value) else {
      throw arguments.failure("default", mustBe: "one of \(choices.joined(separator: ", "))")
    }
    return .string(value)
  })
