import TLXSource

/// A local variable, parameter or hidden place of one function.
final class Variable {
  let name: String
  let definition: Location
  let isMutable: Bool
  /// What messages call it: `let`, `parameter`, `loop variable`.
  let role: String
  /// Consecutive registers that it takes.
  let width: Int
  /// Whether anything assigns to it after its definition.
  var isAssigned = false
  var isCaptured = false
  /// The first of its registers, given by the generator.
  var register = -1

  init(name: String, definition: Location, isMutable: Bool, role: String, width: Int = 1) {
    self.name = name
    self.definition = definition
    self.isMutable = isMutable
    self.role = role
    self.width = width
  }

  /// Whether it lives in a `VariableCell`, since a closure and its owner both see the changes.
  var isCell: Bool { isCaptured && isAssigned }
  var isHidden: Bool { name.isEmpty }
}

/// A top-level variable. Its index is its place at the bottom of the machine's stack.
final class GlobalVariable {
  let name: String
  let index: Int
  let isMutable: Bool
  let isFunction: Bool
  let definition: Location
  var isAssigned = false
  /// Whether it came from a module by `use`: not the session's own.
  var isImported = false

  init(name: String, index: Int, isMutable: Bool, isFunction: Bool, definition: Location) {
    self.name = name
    self.index = index
    self.isMutable = isMutable
    self.isFunction = isFunction
    self.definition = definition
  }
}

/// All top-level variables of a session, those of its modules included.
struct GlobalTable {
  /// By index; the latest definition of each.
  private(set) var variables: [GlobalVariable] = []
  /// The session's own names.
  private(set) var names: [String: GlobalVariable] = [:]
  /// Own names in the order of their first definition.
  private(set) var order: [String] = []

  var count: Int { variables.count }

  func variable(at index: Int) -> GlobalVariable? {
    variables.indices.contains(index) ? variables[index] : nil
  }

  /// Adds or replaces variables, in the order of their definitions. New indices follow on the present count.
  mutating func install(_ new: [GlobalVariable]) {
    for variable in new {
      if variable.index == variables.count {
        variables.append(variable)
      } else if variable.index < variables.count {
        variables[variable.index] = variable
      }
    }
  }

  mutating func name(_ variable: GlobalVariable, _ name: String) {
    if names[name] == nil { order.append(name) }
    names[name] = variable
  }

  mutating func forget(_ name: String) {
    names[name] = nil
    order.removeAll { $0 == name }
  }
}

/// Scopes of the function that is being resolved.
final class FunctionScope {
  let parent: FunctionScope?
  let name: String
  /// The name under which a local function knows itself.
  var selfName: String?
  var variables: [Variable] = []
  var captures: [Capture] = []
  var blocks: [[String: Variable]] = [[:]]
  /// Letters of shape annotations with the places that remember their sizes.
  var letters: [(name: String, variable: Variable)] = []
  var result: AnnotationTerm?
  let isTop: Bool

  struct Capture {
    enum Source {
      case variable(Variable)
      case capture(Int)
      case running
    }
    var source: Source
    /// Nil for a function that captures itself.
    var variable: Variable?
  }

  init(parent: FunctionScope?, name: String, isTop: Bool = false) {
    self.parent = parent
    self.name = name
    self.isTop = isTop
  }

  func declare(_ variable: Variable) {
    variables.append(variable)
    if !variable.isHidden { blocks[blocks.count - 1][variable.name] = variable }
  }

  enum Local {
    case variable(Variable)
    case capture(Int, Variable?)
    case running
  }

  func find(_ name: String) -> Local? {
    for block in blocks.reversed() {
      if let variable = block[name] { return .variable(variable) }
    }
    if selfName == name { return .running }
    switch parent?.find(name) {
    case nil: return nil
    case .variable(let variable)?:
      variable.isCaptured = true
      return capture(.variable(variable), variable)
    case .capture(let index, let variable)?: return capture(.capture(index), variable)
    case .running?: return capture(.running, nil)
    }
  }

  private func capture(_ source: Capture.Source, _ variable: Variable?) -> Local {
    let existing = captures.firstIndex { capture in
      switch (capture.source, source) {
      case (.variable(let a), .variable(let b)): a === b
      case (.capture(let a), .capture(let b)): a == b
      case (.running, .running): true
      default: false
      }
    }
    if let existing { return .capture(existing, captures[existing].variable) }
    captures.append(Capture(source: source, variable: variable))
    return .capture(captures.count - 1, variable)
  }

  var visibleNames: [String] {
    blocks.flatMap { Array($0.keys) } + (selfName.map { [$0] } ?? []) + (parent?.visibleNames ?? [])
  }
}
