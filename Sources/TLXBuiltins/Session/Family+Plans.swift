import TLXNumerics
import TLXRuntime

/// Looking at what the executor makes of a function.
let plansFamily: [Builtin] = [explainPlanBuiltin]

private let explainPlanBuiltin = Builtin(
  "explain_plan", family: "show",
  [
    .positional("f", "function", "what to plan"),
    .positional("x", "tensor | record | list", "an argument of the shapes to plan for"),
  ],
  result: "string", summary: "Shows the fused steps that compute `f(x)`",
  details: """
    One step a line, in the order in which they run. `%n` is a piece of memory, `#n` a number, `[·]` an operand read \
    once for all, `[strided]` one gathered. A `loop` is a chain of elementwise steps with the broadcasts that feed it \
    and the reductions that end it, run over tiles that stay in the cache. Loops indented under `N rows` run a few \
    rows at a time, so that what passes between them does not go to memory. `product` is a call of OpenBLAS. `f` is \
    called once with stand-ins of x's shapes, and x's contents are not looked at. `TLX_TRACE=1 tlx …` prints the plan \
    of everything that runs to standard error.
    """,
  errors: ["E0409 f looks at values, so that its steps depend on them", "E0405 x holds no numbers"],
  examples: [
    Builtin.Example(
      "print(explain_plan(x -> sum((2 * x + 1)^2), zeros(100)))",
      "loop 100: multiply add multiply sum (#1, %0, #0) -> %1")
  ],
  body: { arguments in
    let call = try DifferentiatedCall(
      arguments.callable("f"), at: arguments.value("x"), arguments.context, role: "explain_plan")
    let program = try Program(inputs: call.leaves.map { ($0.shape, $0.dtype) }) { leaves in
      try ParameterTree(call.value(leaves), role: "what the function gives").leaves
    }
    return .string(program.planDescription)
  })
