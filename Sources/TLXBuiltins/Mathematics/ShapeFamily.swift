import TLXNumerics
import TLXRuntime

/// Forms of tensors: nothing here changes an element.
enum ShapeFamily {
  static let forms: [Builtin] = [
    Builtin(
      "reshape", family: "shape",
      [
        .x("tensor", "the elements"),
        .variadic("shape", "int", "the new sizes, or one list of them; one may be -1"),
      ],
      result: "tensor[…shape]", summary: "puts the elements, row by row, into another shape",
      details: "One size may be -1: what is left over.",
      errors: ["E0403: the elements do not fill the shape"],
      examples: [Builtin.Example("reshape(arange(6), 2, -1)", "[[0, 1, 2], [3, 4, 5]]")],
      body: { .tensor(try $0.tensor("x").reshape($0.sizes("shape"))) }),
    Builtin(
      "transpose", family: "shape",
      [.x(), .option("axes", "list", "the order of the axes; reversed if left out", default: "nil")],
      result: "tensor", summary: "puts the axes into another order", details: "`x.T` reverses them.",
      errors: ["E0418: the order does not name every axis once"],
      examples: [Builtin.Example("transpose(ones(2, 3, 4), axes=(2, 0, 1)).shape", "(4, 2, 3)")],
      body: { arguments in
        let x = try arguments.tensor("x")
        return .tensor(try arguments.optionalInts("axes").map { try x.permute($0) } ?? x.transpose())
      }),
    Builtin(
      "flatten", family: "shape", [.x()], result: "tensor[n]", summary: "puts all elements along one axis",
      examples: [Builtin.Example("flatten([[1, 2], [3, 4]])", "[1, 2, 3, 4]")],
      body: { .tensor(try $0.tensor("x").flatten()) }),
    Builtin(
      "squeeze", family: "shape",
      [.x(), .option("axis", "int", "which; all of size 1 if left out", default: "nil")],
      result: "tensor", summary: "drops axes of size 1", errors: ["E0403: the axis has another size"],
      examples: [Builtin.Example("squeeze([[1], [2]])", "[1, 2]")],
      body: { .tensor(try $0.tensor("x").squeeze($0.optionalInt("axis"))) }),
    Builtin(
      "rearrange", family: "shape",
      [
        .x(), .positional("pattern", "string", "axes before and after the arrow"),
        .positional("sizes", "record", "sizes of axes that a group splits into", default: "nil"),
      ],
      result: "tensor", summary: "splits, reorders and joins axes by a pattern",
      details:
        "`\"b h w -> b (h w)\"` joins the last two; `\"b (h w) -> b h w\"` with `{h: 8}` splits them again.",
      errors: ["E0420: the pattern does not read, or does not fit the shape"],
      examples: [
        Builtin.Example("rearrange(arange(6), \"(a b) -> b a\", {a: 2})", "[[0, 3], [1, 4], [2, 5]]")
      ],
      source: "Rogozhnikov, Einops, ICLR 2022",
      body: { arguments in
        var sizes: [String: Int] = [:]
        if let record = try arguments.optionalRecord("sizes") {
          for (name, value) in zip(record.names, record.values) {
            guard let size = value.exactInt else {
              throw arguments.failure("sizes", mustBe: "a record of ints")
            }
            sizes[name] = size
          }
        }
        return .tensor(try arguments.tensor("x").rearrange(arguments.string("pattern"), sizes: sizes))
      }),
  ]

  static let joining: [Builtin] = [
    Builtin(
      "concat", family: "shape",
      [
        .positional("xs", "list", "tensors, lists or tables"),
        .option("axis", "int", "along which axis", default: "0"),
      ],
      result: "tensor | list | table", summary: "joins tensors along an axis, lists or tables end to end",
      errors: ["E0401: the other axes differ"],
      examples: [
        Builtin.Example("concat(([1, 2], [3]))", "[1, 2, 3]"),
        Builtin.Example("concat(((1, \"a\"), (2,)))", "(1, \"a\", 2)"),
      ],
      body: { arguments in
        let items = try arguments.list("xs")
        if case .table? = items.first { return .table(try Items.concatenated(tables: items, arguments)) }
        if items.contains(where: { if case .list = $0 { true } else { false } }) {
          return .list(try items.flatMap { try Operations.items(of: $0) })
        }
        return .tensor(try Tensor.concat(tensors(items, arguments), axis: arguments.int("axis")))
      }),
    Builtin(
      "stack", family: "shape",
      [
        .positional("xs", "list", "tensors of one shape"),
        .option("axis", "int", "where the new axis stands", default: "0"),
      ],
      result: "tensor", summary: "joins tensors of one shape along a new axis",
      errors: ["E0401: the shapes differ"],
      examples: [Builtin.Example("stack(([1, 2], [3, 4]), axis=1)", "[[1, 3], [2, 4]]")],
      body: { arguments in
        .tensor(try Tensor.stack(tensors(arguments.list("xs"), arguments), axis: arguments.int("axis")))
      }),
    Builtin(
      "split_at", family: "shape",
      [
        .positional("x", "tensor | list | string", "what to split"),
        .positional("at", "int | list", "where the parts after the first begin"),
        .option("axis", "int", "along which axis", default: "0"),
      ],
      result: "list", summary: "splits into parts at given places",
      errors: ["E0406: a place is outside, or the places do not ascend"],
      examples: [Builtin.Example("split_at([1, 2, 3, 4], 1)", "([1], [2, 3, 4])")],
      body: { arguments in try splitAt(arguments) }),
    Builtin(
      "tile", family: "shape",
      [.x(), .positional("counts", "int | list", "how often along each axis")], result: "tensor",
      summary: "repeats the whole tensor along its axes",
      examples: [Builtin.Example("tile([1, 2], 2)", "[1, 2, 1, 2]")],
      body: { .tensor(try $0.tensor("x").tile($0.ints("counts"))) }),
    Builtin(
      "repeat", family: "shape",
      [
        .x(), .positional("n", "int", "how often"),
        .option("axis", "int", "along which axis; of the flattened tensor if left out", default: "nil"),
      ],
      result: "tensor", summary: "repeats each element n times in a row",
      examples: [Builtin.Example("repeat([1, 2], 2)", "[1, 1, 2, 2]")],
      body: { .tensor(try $0.tensor("x").repeat($0.int("n", atLeast: 0), axis: $0.optionalInt("axis"))) }),
    Builtin(
      "pad", family: "shape",
      [
        .x(),
        .positional(
          "width", "int | list", "elements on both sides of all axes; or (before, after), or one pair an axis"
        ),
        .option("value", "number", "what to put there", default: "0"),
      ],
      result: "tensor", summary: "puts elements round a tensor",
      examples: [
        Builtin.Example("pad([1, 2], 1)", "[0, 1, 2, 0]"),
        Builtin.Example("pad([1], (0, 2), value=7)", "[1, 7, 7]"),
      ],
      body: { arguments in
        let x = try arguments.tensor("x")
        return .tensor(try x.pad(padWidths(arguments, x.rank), with: arguments.tensor("value")))
      }),
  ]

  static func tensors(_ items: [Value], _ arguments: Arguments) throws -> [Tensor] {
    try items.map { item in
      guard let tensor = try Operations.tensor(from: item) else {
        throw arguments.failure("xs", "E0405", "xs must be tensors, and one is \(item.kindDescription)")
      }
      return tensor
    }
  }

  private static func padWidths(_ arguments: Arguments, _ rank: Int) throws -> [(Int, Int)] {
    let widths = try arguments.tensor("width")
    let numbers = try widths.doubles().map { number -> Int in
      guard let width = Int(exactly: number), width >= 0 else {
        throw arguments.failure("width", "E0405", "a width must be an int of at least 0, got \(number)")
      }
      return width
    }
    switch widths.shape {
    case []: return Array(repeating: (numbers[0], numbers[0]), count: rank)
    case [2]: return Array(repeating: (numbers[0], numbers[1]), count: rank)
    case [rank, 2]: return (0..<rank).map { (numbers[2 * $0], numbers[2 * $0 + 1]) }
    default:
      throw arguments.failure(
        "width", mustBe: "an int, a pair (before, after) or one pair for each of \(rank) axes")
    }
  }

  private static func splitAt(_ arguments: Arguments) throws -> Value {
    let x = arguments.value("x")
    let axis: Int
    let length: Int
    if let tensor = x.tensorOperand {
      axis = try arguments.axis("axis", rank: tensor.rank)
      length = tensor.shape[axis]
    } else {
      axis = 0
      guard let count = try Items.count(of: x) else {
        throw arguments.failure("x", mustBe: "a tensor or a list")
      }
      length = count
    }
    let places = try arguments.ints("at").map { $0 < 0 ? $0 + length : $0 }
    for (place, next) in zip([0] + places, places + [length]) where place > next || place < 0 || next > length
    {
      throw arguments.failure("at", "E0406", "the places must ascend from 0 to \(length)")
    }
    let bounds = zip([0] + places, places + [length])
    return .list(
      try bounds.map { start, stop in
        if let tensor = x.tensorOperand {
          return .tensor(try tensor.slice(axis: axis, start: start, stop: stop))
        }
        return try Operations.index(x, [.slice(start, stop, nil)])
      })
  }
}
