import TLXNumerics
import TLXRuntime

/// What a program says and how it stops.
let programFamily: [Builtin] = [printBuiltin, errorBuiltin]

private let printBuiltin = Builtin(
  "print", family: "show",
  [
    .variadic("values", "any", "what to print"),
    .option("sep", "string", "what stands between the values", default: "\" \""),
    .option("end", "string", "what ends the line", default: "\"\\n\""),
  ],
  result: "nil", summary: "Writes values to standard output",
  details:
    "Strings are written as they are, floats with as many digits as tell them apart; `\"{x:.3f}\"` formats.",
  examples: [Builtin.Example("print(\"acc\", 0.5)", "acc 0.5")],
  body: { arguments in
    let separator = try arguments.string("sep")
    let texts = try arguments.variadic("values").map { Display.text(of: try Operations.settle($0)) }
    arguments.context.output.write(texts.joined(separator: separator) + (try arguments.string("end")))
    return .null
  })

private let errorBuiltin = Builtin(
  "error", family: "show",
  [.positional("message", "string", "what went wrong")],
  result: "never", summary: "Stops with a message, which `try … else` can catch",
  details: "`try e else err -> d` sees `{code: \"E0707\", message}`.", errors: ["E0707 always"],
  examples: [Builtin.Example("try error(\"too small\") else err -> err.message", "\"too small\"")],
  body: { arguments in
    throw Failure("E0707", try arguments.string("message"))
  })
