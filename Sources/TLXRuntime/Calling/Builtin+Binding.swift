import TLXSource

/// Which argument goes to which parameter.
struct ArgumentMatch {
  /// Per parameter the argument's position among all arguments (positional ones first, then keywords), or -1.
  var mapping: [Int]
  /// The positional arguments that the variadic parameter takes.
  var variadic: Range<Int>
}

/// Arguments that do not fit a built-in's parameters, with the argument to blame.
struct ArgumentMismatch: Error {
  var failure: Failure
  var argument: Int?
}

extension Builtin {
  /// Matches arguments to parameters. `texts` are the positional arguments as they are written, for messages.
  /// - Throws: `ArgumentMismatch`: E0414 for a wrong count, E0421 for an unknown keyword, E0422 for an option that
  ///   is given without its name.
  func match(positional count: Int, keywords: [String], texts: [String]) throws(ArgumentMismatch)
    -> ArgumentMatch
  {
    var match = ArgumentMatch(mapping: Array(repeating: -1, count: parameters.count), variadic: 0..<0)
    var next = 0
    for (position, parameter) in parameters.enumerated() where !parameter.isOption {
      if parameter.isVariadic {
        match.variadic = next..<max(next, count)
        next = max(next, count)
      } else if next < count {
        match.mapping[position] = next
        next += 1
      }
    }
    if next < count { throw tooMany(count, firstExtra: next, match, keywords: keywords, texts: texts) }
    for (position, keyword) in keywords.enumerated() {
      guard let index = parameters.firstIndex(where: { $0.name == keyword && !$0.isVariadic }) else {
        throw unknown(keyword, argument: count + position)
      }
      if match.mapping[index] >= 0 {
        throw ArgumentMismatch(
          failure: Failure(
            "E0414", "`\(name)` got two values for `\(keyword)`", help: "its signature is `\(signature)`"),
          argument: count + position)
      }
      match.mapping[index] = count + position
    }
    let missing = parameters.indices.filter { position in
      match.mapping[position] < 0 && parameters[position].defaultText == nil
        && !parameters[position].isVariadic
    }
    guard missing.isEmpty else {
      let names = missing.map { parameters[$0].name + (parameters[$0].isOption ? "=" : "") }
      throw ArgumentMismatch(
        failure: Failure(
          "E0414", "`\(name)` lacks \(names.joined(separator: ", "))", help: "its signature is `\(signature)`"
        ),
        argument: nil)
    }
    return match
  }

  private func tooMany(
    _ count: Int, firstExtra: Int, _ match: ArgumentMatch, keywords: [String], texts: [String]
  ) -> ArgumentMismatch {
    let free = parameters.indices.filter {
      parameters[$0].isOption && !keywords.contains(parameters[$0].name)
    }
    let extra = texts.count == count ? texts[firstExtra] : nil
    // `fit(model, data, 10)`: a whole number is for the first option that is one.
    let numeric =
      extra.flatMap(Int.init) == nil
      ? nil : free.first { parameters[$0].defaultText.flatMap(Int.init) != nil }
    guard let option = numeric ?? free.first else {
      let places = parameters.count { !$0.isOption }
      return ArgumentMismatch(
        failure: Failure(
          "E0414", "`\(name)` takes \(Machine.counted(places, "argument")), got \(count)",
          help: "its signature is `\(signature)`"), argument: firstExtra)
    }
    // Spell the call with the option's name where only one argument is too many.
    var spelled: String?
    if texts.count == count, count == firstExtra + 1 {
      let before = texts.dropLast().joined(separator: ", ") + (count > 1 ? ", " : "")
      spelled = "\(name)(\(before)\(parameters[option].name)=\(texts[count - 1]))"
    }
    var help = spelled.map { "write `\($0)`" } ?? "its signature is `\(signature)`"
    let isNumber = extra.flatMap(Int.init) != nil
    if let pairwise, texts.count == 2 {
      let chosen = "`\(pairwise)(\(texts[0]), \(texts[1]))` compares the two"
      help = isNumber ? "\(chosen); along an axis \(help)" : chosen
    } else if name == "grad" || name == "jacobian" || name == "hessian", texts.count == 2 {
      help = "it gives a function: write `\(name)(\(texts[0]))(\(texts[1]))`"
    } else if firstExtra == 1, !texts.isEmpty, takesOneCollection(count, isNumber) {
      let items = texts.joined(separator: ", ")
      let isOfNumbers = parameters.first?.type.hasPrefix("[") == true || name == "mlp"
      help = "one collection is meant: write `\(name)(\(isOfNumbers ? "[\(items)]" : "(\(items))"))`"
    }
    return ArgumentMismatch(
      failure: Failure("E0422", "`\(name)` takes its options by name", help: help), argument: firstExtra)
  }

  /// Whether several arguments were most likely the items of the one collection that is taken: more than two, or a
  /// second one that is no axis.
  private func takesOneCollection(_ count: Int, _ isNumber: Bool) -> Bool {
    if pairwise != nil || name == "mlp" || name == "sequential" { return true }
    guard parameters.contains(where: { $0.name == "axis" && $0.isOption }) else { return false }
    return count > 2 || !isNumber
  }

  /// The function of two values whose name people give to the one of a collection.
  private var pairwise: String? {
    switch name {
    case "max": "maximum"
    case "min": "minimum"
    default: nil
    }
  }

  private func unknown(_ keyword: String, argument: Int) -> ArgumentMismatch {
    let names = parameters.filter { !$0.isVariadic }.map(\.name)
    let known = Builtin.foreignKeywords[keyword].flatMap { names.contains($0) ? $0 : nil }
    var help = (known ?? Spelling.nearest(to: keyword, in: names)).map { "did you mean `\($0)=`?" }
    if ["lr", "learning_rate", "weight_decay"].contains(keyword), names.contains("optimizer") {
      help = "the optimizer has it, as in `optimizer=adam(lr=0.01)`"
    }
    return ArgumentMismatch(
      failure: Failure(
        "E0421", "`\(name)` has no parameter `\(keyword)`", help: help ?? "its signature is `\(signature)`"),
      argument: argument)
  }

  /// Keywords of NumPy, PyTorch and Keras, with the ones here.
  private static let foreignKeywords = [
    "dim": "axis", "dims": "axis", "axes": "axis", "keepdim": "keepdims", "batch_size": "batch",
    "bs": "batch",
    "num_epochs": "epochs", "n_epochs": "epochs", "seed": "key", "random_state": "key", "generator": "key",
    "size": "shape", "criterion": "loss", "optim": "optimizer", "test_size": "test", "decimals": "digits",
    "ndigits": "digits", "sep": "delimiter",
  ]

  /// The values by parameter of a call whose arguments are known only now.
  func bind(
    _ arguments: [Value], keywords: [(name: String, value: Value)], _ context: CallContext
  ) throws -> [Value?] {
    let match: ArgumentMatch
    do {
      match = try self.match(positional: arguments.count, keywords: keywords.map(\.name), texts: [])
    } catch {
      throw error.failure
    }
    var values = try (context as? Session)?.defaults(of: self) ?? parameters.map { _ in nil }
    for (position, place) in match.mapping.enumerated() where place >= 0 {
      values[position] = place < arguments.count ? arguments[place] : keywords[place - arguments.count].value
    }
    if let variadic = parameters.firstIndex(where: { $0.isVariadic }) {
      values[variadic] = .list(Array(arguments[match.variadic]))
    }
    return values
  }
}
