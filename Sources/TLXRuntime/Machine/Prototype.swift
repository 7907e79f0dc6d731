import TLXSource
import TLXSyntax

/// The compiled form of a function, or of a unit's top level: instructions and what they refer to by number.
/// Immutable once built.
final class Prototype {
  /// What the loop reads on every call, without reference counting.
  struct Header {
    var code: UnsafeMutablePointer<Instruction>
    var constants: UnsafeMutablePointer<Slot>
    /// For each constant that is the name of a field.
    var fieldCaches: UnsafeMutablePointer<FieldCache>
    /// For each string that is made of pieces.
    var pieceLayouts: UnsafeMutablePointer<PieceLayout>
    /// Registers of a frame, parameters first.
    var registerCount: Int
    /// The number of arguments of a plain call; -1 if calls always need binding.
    var arity: Int
    var captureCount: Int
    /// Registers from here on are temporaries, used up by the instruction that reads them.
    var firstTemporary: Int
    /// The prototype, which owns this header.
    var prototype: Unmanaged<Prototype>?
    /// Where the function's native code begins, once there is some.
    var native: UnsafeRawPointer?
    /// The code has been found to be run often.
    var isHot = false
  }

  let name: String
  let source: SourceText
  let header: UnsafeMutablePointer<Header>
  /// Made when the code has run often.
  var nativeCode: NativeCode? {
    didSet { header.pointee.native = nativeCode?.start }
  }
  let instructionCount: Int
  let constantCount: Int
  let parameters: [ParameterLayout]
  let documentation: String?
  let definition: Span

  let children: [Prototype]
  let captures: [CaptureSource]
  let builtinSites: [BuiltinSite]
  let callSites: [CallSite]
  let recordLayouts: [RecordLayout]
  let interpolations: [[InterpolationPiece]]
  let subscriptSites: [SubscriptSite]
  let paths: [PlacePath]
  let listPatterns: [ListPattern]
  let namePatterns: [NamePattern]
  let annotations: [TypeCheck]
  let moduleUses: [ModuleUse]
  let statements: [Statement]
  /// Per instruction, where it stands; an index into `places`.
  let placeIndices: [Int32]
  let places: [CodePlace]

  init(_ parts: PrototypeParts) {
    name = parts.name
    source = parts.source
    instructionCount = parts.code.count
    constantCount = parts.constants.count
    parameters = parts.parameters
    documentation = parts.documentation
    definition = parts.definition
    children = parts.children
    captures = parts.captures
    builtinSites = parts.builtinSites
    callSites = parts.callSites
    recordLayouts = parts.recordLayouts
    interpolations = parts.interpolations
    subscriptSites = parts.subscriptSites
    paths = parts.paths
    listPatterns = parts.listPatterns
    namePatterns = parts.namePatterns
    annotations = parts.annotations
    moduleUses = parts.moduleUses
    statements = parts.statements
    placeIndices = parts.placeIndices
    places = parts.places
    let code = UnsafeMutablePointer<Instruction>.allocate(capacity: max(1, parts.code.count))
    code.initialize(from: parts.code, count: parts.code.count)
    let constants = UnsafeMutablePointer<Slot>.allocate(capacity: max(1, parts.constants.count))
    for (position, value) in parts.constants.enumerated() {
      (constants + position).initialize(to: Slot(owning: value))
    }
    let fieldCaches = UnsafeMutablePointer<FieldCache>.allocate(capacity: max(1, parts.constants.count))
    fieldCaches.initialize(repeating: FieldCache(), count: parts.constants.count)
    let pieceLayouts = UnsafeMutablePointer<PieceLayout>.allocate(capacity: max(1, interpolations.count))
    for (position, pieces) in interpolations.enumerated() {
      (pieceLayouts + position).initialize(to: PieceLayout(pieces))
    }
    let takesPlainCalls = !parts.parameters.contains { $0.isRest }
    header = .allocate(capacity: 1)
    header.initialize(
      to: Header(
        code: code, constants: constants, fieldCaches: fieldCaches, pieceLayouts: pieceLayouts,
        registerCount: parts.registerCount, arity: takesPlainCalls ? parts.parameters.count : -1,
        captureCount: parts.captures.count, firstTemporary: parts.firstTemporary, prototype: nil))
    header.pointee.prototype = Unmanaged.passUnretained(self)
  }

  deinit {
    for position in 0..<constantCount {
      (header.pointee.constants + position).clear()
      header.pointee.fieldCaches[position].forget()
    }
    for position in interpolations.indices { header.pointee.pieceLayouts[position].discard() }
    header.pointee.pieceLayouts.deallocate()
    header.pointee.fieldCaches.deallocate()
    header.pointee.constants.deallocate()
    header.pointee.code.deallocate()
    header.deallocate()
  }

  /// Where the instruction stands, for messages.
  func place(at instruction: Int) -> CodePlace {
    guard placeIndices.indices.contains(instruction) else { return CodePlace(span: definition) }
    return places[Int(placeIndices[instruction])]
  }

  /// `f(x, y=…, ..rest)`
  var signature: String {
    let parts = parameters.map { parameter in
      (parameter.isRest ? ".." : "") + parameter.name + (parameter.defaultText.map { "=" + $0 } ?? "")
    }
    return name + "(" + parts.joined(separator: ", ") + ")"
  }
}

/// What a prototype is built from.
struct PrototypeParts {
  var name: String
  var source: SourceText
  var definition: Span
  var documentation: String?
  var code: [Instruction] = []
  var constants: [Value] = []
  var registerCount = 0
  var firstTemporary = 0
  var parameters: [ParameterLayout] = []
  var children: [Prototype] = []
  var captures: [CaptureSource] = []
  var builtinSites: [BuiltinSite] = []
  var callSites: [CallSite] = []
  var recordLayouts: [RecordLayout] = []
  var interpolations: [[InterpolationPiece]] = []
  var subscriptSites: [SubscriptSite] = []
  var paths: [PlacePath] = []
  var listPatterns: [ListPattern] = []
  var namePatterns: [NamePattern] = []
  var annotations: [TypeCheck] = []
  var moduleUses: [ModuleUse] = []
  var statements: [Statement] = []
  var placeIndices: [Int32] = []
  var places: [CodePlace] = []
}

struct ParameterLayout {
  var name: String
  /// As it is written; nil if the argument must be given.
  var defaultText: String?
  var isRest: Bool
  /// Taken apart by a pattern, so that it cannot be given by keyword.
  var isPattern: Bool
}

/// Where a new closure finds a captured variable.
enum CaptureSource {
  case register(Int)
  case capture(Int)
  /// The function that is running.
  case running
}

/// A span with what is known of the operands that stand there.
struct CodePlace {
  var span: Span
  /// In the order of the operation's operands.
  var operands: [OperandPlace] = []
}

struct OperandPlace {
  var span: Span
  /// If the operand is a variable: its name and where it was defined.
  var variable: (name: String, definition: Location)?
}

/// A call of a built-in that is known when it is compiled: which argument goes to which parameter.
final class BuiltinSite {
  let builtin: Builtin
  /// Per parameter the argument's place in the window, or -1 for the default.
  let mapping: [Int]
  /// The arguments that the variadic parameter takes, as places in the window.
  let variadic: Range<Int>
  let argumentCount: Int
  /// The default values, filled in when the site first runs.
  var defaults: [Value?]?
  /// Per parameter, where its argument stands.
  let places: [OperandPlace?]
  /// The memory of the last call's arguments, for the next: with the default values in it, or empty.
  private var room: [Value?] = []

  init(builtin: Builtin, mapping: [Int], variadic: Range<Int>, argumentCount: Int, places: [OperandPlace?]) {
    self.builtin = builtin
    self.mapping = mapping
    self.variadic = variadic
    self.argumentCount = argumentCount
    self.places = places
  }

  /// The default values, in memory that nobody else holds.
  func takeRoom() -> [Value?]? {
    guard !room.isEmpty else { return nil }
    var taken: [Value?] = []
    swap(&taken, &room)
    return taken
  }

  /// Takes a call's arguments back.
  func giveRoom(_ values: consuming [Value?], _ defaults: [Value?]) {
    var values = values
    for (parameter, place) in mapping.enumerated() where place >= 0 {
      values[parameter] = defaults[parameter]
    }
    if let parameter = builtin.parameters.firstIndex(where: { $0.isVariadic }) {
      values[parameter] = defaults[parameter]
    }
    room = values
  }
}

/// The form of a call with keywords or spread arguments.
struct CallSite {
  enum Argument {
    case positional
    case keyword(String)
    case spread
  }
  var arguments: [Argument]
  var places: [OperandPlace]
}

final class RecordLayout {
  enum Part {
    case field(String)
    case spread
  }
  let parts: [Part]

  /// A record of these names, whose copies share what they are called; nil where the names are not known beforehand.
  let template: Record?
  /// What tells such records from others.
  let identity: UnsafeRawPointer?

  init(parts: [Part]) {
    self.parts = parts
    let names = parts.compactMap { part -> String? in if case .field(let name) = part { name } else { nil } }
    template =
      names.count == parts.count && Set(names).count == names.count
      ? Record(names.map { ($0, .null) }) : nil
    identity = template.flatMap { BoxParts(of: $0).layout }
  }
}

enum InterpolationPiece {
  case text(String)
  /// The next value of the window, in a format known beforehand.
  case value(format: String)
  /// The next value of the window, in the format that the value after it holds.
  case formatted
}

/// The pieces of a string laid out in memory, for strings whose values have no formats. Trivial, so that reading it takes no
/// counts.
struct PieceLayout {
  struct Piece {
    /// nil: the next value of the window.
    var bytes: UnsafeMutablePointer<UInt8>?
    var count: Int
  }

  let pieces: UnsafeMutableBufferPointer<Piece>
  /// Whether these are all pieces: those that have a format are left out.
  let isComplete: Bool
  /// The bytes of all pieces that are known.
  let textLength: Int
  let valueCount: Int

  init(_ layout: [InterpolationPiece]) {
    let laid = layout.compactMap { piece -> Piece? in
      switch piece {
      case .text(let text):
        let bytes = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: max(1, text.utf8.count))
        _ = bytes.initialize(from: text.utf8)
        return Piece(bytes: bytes.baseAddress, count: text.utf8.count)
      case .value(format: ""): return Piece(bytes: nil, count: 0)
      case .value, .formatted: return nil
      }
    }
    pieces = .allocate(capacity: laid.count)
    _ = pieces.initialize(from: laid)
    isComplete = laid.count == layout.count
    textLength = laid.reduce(0) { $0 + $1.count }
    valueCount = laid.count { $0.bytes == nil }
  }

  func discard() {
    for piece in pieces { piece.bytes?.deallocate() }
    pieces.deallocate()
  }
}

/// Subscripts whose values stand in consecutive registers.
struct SubscriptSite {
  enum Part {
    case value(register: Int)
    /// Registers of start, stop and step; nil where left out.
    case slice(start: Int?, stop: Int?, step: Int?)
    case newAxis
    case ellipsis
  }
  var parts: [Part]

  /// The registers of `[i, j]`; nil for other subscripts.
  let pair: (row: Int, column: Int)?

  init(parts: [Part]) {
    self.parts = parts
    if parts.count == 2, case .value(let row) = parts[0], case .value(let column) = parts[1] {
      pair = (row, column)
    } else {
      pair = nil
    }
  }
}

/// The way from a variable to the part of it that is assigned to.
struct PlacePath {
  enum Step {
    case field(String)
    case index(SubscriptSite)
  }
  var steps: [Step]
}

struct ListPattern {
  var count: Int
  /// Which of the `count` names takes the rest.
  var restIndex: Int?
}

struct NamePattern {
  var names: [String]
}

/// A shape annotation in checkable form.
struct TypeCheck {
  enum Dimension {
    case size(Int)
    /// Binds at the call: its name and the register that remembers its size.
    case letter(String, register: Int)
    case any
    case rest
  }
  /// What is annotated, for messages: `v`, `the result of rms`.
  var subject: String
  var typeName: String
  var dimensions: [Dimension]?
  /// All letters that the function has, to list their sizes.
  var letters: [(name: String, register: Int)]
  var span: Span
}

struct ModuleUse {
  var module: Module
}
