import TLXRuntime

/// How an object came to be. Losses, optimizers, schedules and layers are quick to make and hold anything, old models
/// too: what is kept of them is the call that made them.
indirect enum Origin {
  /// A call of a built-in with these arguments; nil where one was left out.
  case call(String, [Value?])
  /// The bare name of a built-in that stands for an object.
  case name(String)
  case sum(any TracedObject, any TracedObject)
  case scaled(Double, any TracedObject)
}

/// An object that can be made again from its origin.
protocol TracedObject: LanguageObject {
  /// Nil where nobody noted it: the object then exists only while the program runs.
  var origin: Origin? { get set }
}

extension TracedObject {
  func stored() throws -> StoredObject? {
    guard let origin else { return nil }
    let parts: [Value] =
      switch origin {
      case .call(let name, let values):
        [.string("call"), .string(name), .list(values.map { $0.map { .list([$0]) } ?? .null })]
      case .name(let name): [.string("name"), .string(name)]
      case .sum(let first, let second): [.string("sum"), .object(first), .object(second)]
      case .scaled(let factor, let object): [.string("scaled"), .float(factor), .object(object)]
      }
    return StoredObject(kind: TracedObjectReader.kind, contents: .list(parts))
  }
}

enum TracedObjectReader {
  static let kind = "made by"

  static let reader: ObjectReader = { value, context in
    guard case .list(let parts) = value, case .string(let kind)? = parts.first else { throw DamagedArchive() }
    switch (kind, parts.count) {
    case ("call", 3):
      guard let builtin = context.builtins[try parts[1].storedText()], case .list(let slots) = parts[2] else {
        throw DamagedArchive()
      }
      let values = slots.map { slot -> Value? in
        if case .list(let items) = slot, items.count == 1 { items[0] } else { nil }
      }
      return try object(builtin.body(Arguments(builtin: builtin, values: values, context: context)))
    case ("name", 2):
      guard let object = context.builtins[try parts[1].storedText()]?.standsFor?() else {
        throw DamagedArchive()
      }
      return object
    case ("sum", 3): return try object(object(parts[1]).combine("+", with: parts[2], reversed: false))
    case ("scaled", 3): return try object(object(parts[2]).combine("*", with: parts[1], reversed: false))
    default: throw DamagedArchive()
    }
  }

  private static func object(_ value: Value?) throws -> any LanguageObject {
    guard case .object(let object)? = value else { throw DamagedArchive() }
    return object
  }
}

extension Builtin {
  /// The same built-in, whose objects and functions know how they were made.
  var traced: Builtin {
    let (name, inner) = (name, body)
    return Builtin(
      name, family: family, parameters, result: result, summary: summary, details: details, errors: errors,
      examples: examples, source: source, standsFor: standsFor.map { Builtin.traced($0, name) }
    ) { arguments in
      let value = try inner(arguments)
      switch value {
      case .object(let object as any TracedObject) where object.origin == nil:
        object.origin = .call(name, arguments.values)
      case .function(let function as NativeFunction) where function.origin == nil:
        function.origin = (name, arguments.values)
      default: break
      }
      return value
    }
  }

  private static func traced(_ make: @escaping @Sendable () -> any LanguageObject, _ name: String)
    -> @Sendable () -> any LanguageObject
  {
    return {
      let object = make()
      (object as? any TracedObject)?.origin = .name(name)
      return object
    }
  }
}
