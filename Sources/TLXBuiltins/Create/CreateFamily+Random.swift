import TLXNumerics
import TLXRuntime

/// Random draws. Each cell has its own stream, derived from the session's seed and the cell; `key=` draws from a
/// stream of its own.
extension CreateFamily {
  static let random: [Builtin] = [
    Builtin(
      "normal", family: "create",
      [
        .shape, .option("mean", "number | tensor", "μ", default: "0"),
        .option("std", "number | tensor", "σ", default: "1"), .dtype(), .key,
      ],
      result: "f64[…shape]", summary: "draws from the normal distribution",
      details: "Density exp(−(x−μ)²/2σ²)/(σ√2π). Without a shape it gives one number.",
      errors: ["E0505: std is negative"],
      examples: [Builtin.Example("normal(2, 3, key=1).shape", "(2, 3)")],
      body: { arguments in
        let shape = try arguments.newShape("shape")
        let dtype = try arguments.dtype("dtype")
        guard let mean = arguments.value("mean").number, let std = arguments.value("std").number else {
          let noise = try arguments.stream().normal(shape, dtype: dtype)
          return .tensor(try noise * arguments.tensor("std") + arguments.tensor("mean"))
        }
        return .tensor(try arguments.stream().normal(shape, mean: mean, std: std, dtype: dtype))
      }),
    Builtin(
      "uniform", family: "create",
      [
        .shape, .option("low", "number", "the least", default: "0"),
        .option("high", "number", "the end", default: "1"),
        .dtype(), .key,
      ],
      result: "f64[…shape]", summary: "draws evenly between low and high",
      errors: ["E0505: low is above high"],
      examples: [Builtin.Example("all(uniform(100, low=2, high=3, key=1) >= 2)", "true")],
      body: {
        .tensor(
          try $0.stream().uniform(
            $0.newShape("shape"), low: $0.float("low"), high: $0.float("high"), dtype: $0.dtype("dtype")))
      }),
    Builtin(
      "randint", family: "create",
      [
        .positional("low", "int", "the least; the end if it is the only one"),
        .positional("high", "int", "the end, not included", default: "nil"),
        .option("shape", "int | list", "the sizes of the axes; one number if left out", default: "()"), .key,
      ],
      result: "i64[…shape]", summary: "draws whole numbers from low to before high, all equally likely",
      errors: ["E0505: there is nothing between low and high"],
      examples: [Builtin.Example("max(randint(6, shape=100, key=1)) < 6", "true")],
      body: { arguments in
        let first = try arguments.int("low")
        let high = try arguments.optionalInt("high")
        return .tensor(
          try arguments.stream().randint(
            arguments.shape("shape"), low: high == nil ? 0 : first, high: high ?? first))
      }),
    Builtin(
      "bernoulli", family: "create",
      [
        .positional("p", "number | tensor", "the probability of true", default: "0.5"),
        .option("shape", "int | list", "the sizes of the axes, for a single p", default: "nil"), .key,
      ],
      result: "bool[…shape]", summary: "draws true with probability p",
      errors: ["E0505: p is not between 0 and 1"],
      examples: [Builtin.Example("bernoulli([0, 1], key=1)", "[false, true]")],
      body: { arguments in
        let stream = try arguments.stream()
        if let p = arguments.value("p").number {
          return .tensor(try stream.bernoulli(arguments.optionalShape("shape") ?? [], probability: p))
        }
        if arguments.has("shape") {
          throw arguments.failure("shape", "E0405", "the shape is that of p where p is a tensor")
        }
        return .tensor(try stream.bernoulli(probabilities: arguments.tensor("p")))
      }),
    Builtin(
      "categorical", family: "create",
      [
        .positional("p", "f64[…, k]", "the probabilities of the k classes; each row sums to 1"),
        .option("shape", "int | list", "how many draws of each row", default: "()"), .key,
      ],
      result: "i64[…shape, …]", summary: "draws class numbers with the given probabilities",
      errors: ["E0505: a row is negative somewhere or does not sum to 1"],
      examples: [Builtin.Example("categorical([0, 1, 0], shape=3, key=1)", "[1, 1, 1]")],
      body: { .tensor(try $0.stream().categorical($0.tensor("p"), shape: $0.shape("shape"))) }),
    Builtin(
      "permutation", family: "create",
      [.positional("x", "int | collection", "how many numbers, or what to shuffle"), .key],
      result: "i64[n] | collection", summary: "puts 0 … n−1, or the items of a collection, into random order",
      details: "Fisher–Yates. A tensor is shuffled along its first axis, a table by rows.",
      examples: [Builtin.Example("permutation(5, key=1) |> sort", "[0, 1, 2, 3, 4]")],
      body: { arguments in
        let x = arguments.value("x")
        if x.exactInt != nil {
          return .tensor(try Tensor(arguments.stream().permutation(arguments.int("x", atLeast: 0))))
        }
        let order = try arguments.stream().permutation(Items.count(of: x) ?? 0)
        return try Items.picking(order, from: x)
      }),
    Builtin(
      "choice", family: "create",
      [
        .positional("x", "int | collection", "what to choose from: 0 … n−1, or the items"),
        .option("size", "int", "how many; one item if left out", default: "nil"),
        .option("replace", "bool", "whether an item may come up again", default: "true"),
        .option("p", "f64[n]", "weights of the items, not negative", default: "nil"), .key,
      ],
      result: "item | collection", summary: "chooses items at random",
      errors: ["E0505: there are not enough items, or the weights are no weights"],
      examples: [Builtin.Example("choice((\"a\", \"b\"), size=2, p=[0, 1], key=1)", "(\"b\", \"b\")")],
      body: { arguments in
        let x = arguments.value("x")
        let count: Int
        if x.exactInt != nil {
          count = try arguments.int("x", atLeast: 0)
        } else {
          count = try Items.count(of: x) ?? 0
        }
        let weights = try arguments.has("p") ? arguments.tensor("p").doubles() : nil
        if let weights, weights.count != count {
          throw arguments.failure("p", "E0403", "there are \(weights.count) weights for \(count) items")
        }
        let size = try arguments.optionalInt("size")
        let picks = try arguments.stream().choice(
          count, size: size ?? 1, replacing: size == nil || arguments.bool("replace"), weights: weights)
        if x.exactInt != nil { return size == nil ? .int(picks[0]) : .tensor(try Tensor(picks)) }
        return size == nil ? try Items.item(picks[0], of: x) : try Items.picking(picks, from: x)
      }),
  ]

  static let keys: [Builtin] = [
    Builtin(
      "seed", family: "create", [.positional("n", "int", "any whole number")],
      result: "nil", summary: "fixes the random numbers of a file or session",
      details:
        "Each cell draws from its own stream, derived from the seed and the cell, so that editing one cell does "
        + "not move another's draws. The same seed gives the same numbers whatever the number of threads.",
      examples: [Builtin.Example("seed(7)", "nil")],
      body: { arguments in
        arguments.context.seed(UInt64(bitPattern: Int64(try arguments.int("n"))))
        return .null
      }),
    Builtin(
      "key", family: "create",
      [
        .variadic(
          "parts", "int | string | key", "what the key is derived from; a key first gives one below it")
      ],
      result: "key", summary: "derives a key for `key=` of random functions",
      details: "Equal parts give equal keys, in every session: a key does not depend on `seed`. "
        + "`key(k, i)` derives independent keys from a key `k`.",
      errors: ["E0405: there are no parts, or one is neither int nor string"],
      examples: [
        Builtin.Example("normal(key=key(7, \"noise\")) == normal(key=key(7, \"noise\"))", "true")
      ],
      body: { arguments in
        let parts = arguments.variadic("parts")
        guard !parts.isEmpty else { throw arguments.failure("parts", "E0405", "it needs an int or a string") }
        var key = Arguments.rootKey
        for (position, part) in parts.enumerated() {
          switch part {
          case .object(let object as Key) where position == 0: key = object.key
          case .string(let text): key = key.derived(from: text)
          default:
            guard let number = part.exactInt else {
              throw arguments.failure(
                "parts", "E0405", "a part must be an int or a string, got \(part.kindDescription)")
            }
            key = key.derived(from: [UInt64(bitPattern: Int64(number))])
          }
        }
        return .object(Key(key))
      }),
  ]
}
