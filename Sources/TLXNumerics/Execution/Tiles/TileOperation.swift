/// What one instruction of a tile program does to a tile.
enum TileOperation: Hashable, Sendable {
  case copy
  case unary(UnaryKernel)
  case binary(BinaryKernel)
  case compare(Comparison)
  /// a: condition (bool), b: then, c: otherwise
  case select
  case cast(to: DType)
  /// Two steps in one pass over the tile, each rounded as alone: (a ∘ b) ∘ c, or c ∘ (a ∘ b) if reversed. Floats only;
  /// `first` is +, − or ×, `second` one of these or ÷.
  case pair(BinaryKernel, BinaryKernel, isReversed: Bool)
  /// e^(−a), of floats.
  case expOfNegative
  /// ((a − b) ÷ c) × e + f of floats in one pass, each step rounded as alone.
  case normalize
}

/// One operation over a tile: registers are indices into a table of pointers.
struct TileInstruction: Sendable {
  var operation: TileOperation
  /// The dtype of the operands (of `b` and `c` for `select`).
  var dtype: DType
  var destination: Int32
  var a: Int32
  var b: Int32
  var c: Int32
  /// Further operands of `normalize`.
  var e: Int32 = 0
  var f: Int32 = 0
  /// Whether all elements of `b` are one number.
  var isSplatB = false

  /// The registers that it reads, each once.
  var operands: Set<Int32> { operation == .normalize ? [a, b, c, e, f] : [a, b, c] }
}

/// Why a tile could not be computed.
enum TileFault: UInt8, Sendable {
  case none, overflow, divisionByZero, negativeExponent
}

enum Tile {
  /// Elements of a tile: a few registers of f32 stay in the first-level cache, and the dispatch of an instruction
  /// (about 5 ns) is spread over them.
  static let size = 1024

  /// Runs one instruction over `count` elements. A result other than `.none` says that some element is wrong.
  /// `isRow`: `b` and `c` of `normalize` are one number each, of which one vector is there.
  @inline(__always)
  static func run(
    _ instruction: TileInstruction, _ registers: UnsafeMutablePointer<UnsafeMutableRawPointer>, _ count: Int,
    isRow: Bool = false
  ) -> TileFault {
    let d = registers[Int(instruction.destination)]
    let a = UnsafeRawPointer(registers[Int(instruction.a)])
    let b = UnsafeRawPointer(registers[Int(instruction.b)])
    switch instruction.operation {
    case .copy:
      d.copyMemory(from: a, byteCount: count * instruction.dtype.stride)
    case .unary(let kernel):
      switch instruction.dtype {
      case .f32: FloatTile.unary(kernel, d, a, count)
      case .f64: DoubleTile.unary(kernel, d, a, count)
      case .i64: return IntTile.unary(kernel, d, a, count)
      case .bool: BoolTile.unary(kernel, d, a, count)
      }
    case .binary(let kernel):
      switch instruction.dtype {
      case .f32: FloatTile.binary(kernel, d, a, b, count, isSplatB: instruction.isSplatB)
      case .f64: DoubleTile.binary(kernel, d, a, b, count, isSplatB: instruction.isSplatB)
      case .i64: return IntTile.binary(kernel, d, a, b, count)
      case .bool: BoolTile.binary(kernel, d, a, b, count)
      }
    case .compare(let comparison):
      switch instruction.dtype {
      case .f32: FloatTile.compare(comparison, d, a, b, count)
      case .f64: DoubleTile.compare(comparison, d, a, b, count)
      case .i64: IntTile.compare(comparison, d, a, b, count)
      case .bool: BoolTile.compare(comparison, d, a, b, count)
      }
    case .select:
      let c = UnsafeRawPointer(registers[Int(instruction.c)])
      switch instruction.dtype {
      case .f32: FloatTile.select(d, a, b, c, count)
      case .f64: DoubleTile.select(d, a, b, c, count)
      case .i64: IntTile.select(d, a, b, c, count)
      case .bool: BoolTile.select(d, a, b, c, count)
      }
    case .pair(let first, let second, let isReversed):
      let c = UnsafeRawPointer(registers[Int(instruction.c)])
      let pair = TilePair(first, second, isReversed: isReversed)
      if instruction.dtype == .f32 {
        FloatTile.run(pair, d, a, b, c, count)
      } else {
        DoubleTile.run(pair, d, a, b, c, count)
      }
    case .expOfNegative:
      if instruction.dtype == .f32 {
        FloatTile.lanes(LaneExponentialOfNegative.self, d, a, count)
      } else {
        DoubleTile.lanes(LaneExponentialOfNegative.self, d, a, count)
      }
    case .normalize:
      let operands = NormalizedTile(
        x: a, mean: b, deviation: UnsafeRawPointer(registers[Int(instruction.c)]),
        weight: UnsafeRawPointer(registers[Int(instruction.e)]),
        bias: UnsafeRawPointer(registers[Int(instruction.f)]), isRow: isRow)
      if instruction.dtype == .f32 {
        FloatTile.normalize(d, operands, count)
      } else {
        DoubleTile.normalize(d, operands, count)
      }
    case .cast(let target):
      CastTile.cast(from: instruction.dtype, to: target, d, a, count)
    }
    return .none
  }
}

extension Primitive {
  /// What a tile instruction for an elementwise step with that result does; nil for other steps.
  func operation(to dtype: DType) -> TileOperation? {
    switch self {
    case .unary(let kernel): .unary(kernel)
    case .binary(let kernel): .binary(kernel)
    case .compare(let comparison): .compare(comparison)
    case .select: .select
    case .cast: .cast(to: dtype)
    default: nil
    }
  }
}
