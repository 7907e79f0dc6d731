/// Two steps that a loop takes in one pass over a tile. Each is rounded as it would be alone.
enum TilePair {
  case addAdd, addSubtract, addMultiply, addDivide, addSubtractReversed, addDivideReversed
  case subtractAdd, subtractSubtract, subtractMultiply, subtractDivide, subtractSubtractReversed,
    subtractDivideReversed
  case multiplyAdd, multiplySubtract, multiplyMultiply, multiplyDivide, multiplySubtractReversed,
    multiplyDivideReversed

  static func canBeFirst(_ kernel: BinaryKernel) -> Bool {
    kernel == .add || kernel == .subtract || kernel == .multiply
  }

  static func canBeSecond(_ kernel: BinaryKernel) -> Bool { canBeFirst(kernel) || kernel == .divide }

  @inline(__always)
  init(_ first: BinaryKernel, _ second: BinaryKernel, isReversed: Bool) {
    switch first {
    case .add:
      switch second {
      case .add: self = .addAdd
      case .subtract: self = isReversed ? .addSubtractReversed : .addSubtract
      case .divide: self = isReversed ? .addDivideReversed : .addDivide
      default: self = .addMultiply
      }
    case .subtract:
      switch second {
      case .add: self = .subtractAdd
      case .subtract: self = isReversed ? .subtractSubtractReversed : .subtractSubtract
      case .divide: self = isReversed ? .subtractDivideReversed : .subtractDivide
      default: self = .subtractMultiply
      }
    default:
      switch second {
      case .add: self = .multiplyAdd
      case .subtract: self = isReversed ? .multiplySubtractReversed : .multiplySubtract
      case .divide: self = isReversed ? .multiplyDivideReversed : .multiplyDivide
      default: self = .multiplyMultiply
      }
    }
  }
}

extension FloatTile {
  @inline(never)
  static func run(
    _ pair: TilePair, _ d: UnsafeMutableRawPointer, _ a: UnsafeRawPointer, _ b: UnsafeRawPointer,
    _ c: UnsafeRawPointer, _ n: Int
  ) {
    switch pair {
    case .addAdd: map(d, a, b, c, n) { ($0 + $1) + $2 }
    case .addSubtract: map(d, a, b, c, n) { ($0 + $1) - $2 }
    case .addMultiply: map(d, a, b, c, n) { ($0 + $1) * $2 }
    case .addDivide: map(d, a, b, c, n) { ($0 + $1) / $2 }
    case .addSubtractReversed: map(d, a, b, c, n) { $2 - ($0 + $1) }
    case .addDivideReversed: map(d, a, b, c, n) { $2 / ($0 + $1) }
    case .subtractAdd: map(d, a, b, c, n) { ($0 - $1) + $2 }
    case .subtractSubtract: map(d, a, b, c, n) { ($0 - $1) - $2 }
    case .subtractMultiply: map(d, a, b, c, n) { ($0 - $1) * $2 }
    case .subtractDivide: map(d, a, b, c, n) { ($0 - $1) / $2 }
    case .subtractSubtractReversed: map(d, a, b, c, n) { $2 - ($0 - $1) }
    case .subtractDivideReversed: map(d, a, b, c, n) { $2 / ($0 - $1) }
    case .multiplyAdd: map(d, a, b, c, n) { ($0 * $1) + $2 }
    case .multiplySubtract: map(d, a, b, c, n) { ($0 * $1) - $2 }
    case .multiplyMultiply: map(d, a, b, c, n) { ($0 * $1) * $2 }
    case .multiplyDivide: map(d, a, b, c, n) { ($0 * $1) / $2 }
    case .multiplySubtractReversed: map(d, a, b, c, n) { $2 - ($0 * $1) }
    case .multiplyDivideReversed: map(d, a, b, c, n) { $2 / ($0 * $1) }
    }
  }
}

extension DoubleTile {
  @inline(never)
  static func run(
    _ pair: TilePair, _ d: UnsafeMutableRawPointer, _ a: UnsafeRawPointer, _ b: UnsafeRawPointer,
    _ c: UnsafeRawPointer, _ n: Int
  ) {
    switch pair {
    case .addAdd: map(d, a, b, c, n) { ($0 + $1) + $2 }
    case .addSubtract: map(d, a, b, c, n) { ($0 + $1) - $2 }
    case .addMultiply: map(d, a, b, c, n) { ($0 + $1) * $2 }
    case .addDivide: map(d, a, b, c, n) { ($0 + $1) / $2 }
    case .addSubtractReversed: map(d, a, b, c, n) { $2 - ($0 + $1) }
    case .addDivideReversed: map(d, a, b, c, n) { $2 / ($0 + $1) }
    case .subtractAdd: map(d, a, b, c, n) { ($0 - $1) + $2 }
    case .subtractSubtract: map(d, a, b, c, n) { ($0 - $1) - $2 }
    case .subtractMultiply: map(d, a, b, c, n) { ($0 - $1) * $2 }
    case .subtractDivide: map(d, a, b, c, n) { ($0 - $1) / $2 }
    case .subtractSubtractReversed: map(d, a, b, c, n) { $2 - ($0 - $1) }
    case .subtractDivideReversed: map(d, a, b, c, n) { $2 / ($0 - $1) }
    case .multiplyAdd: map(d, a, b, c, n) { ($0 * $1) + $2 }
    case .multiplySubtract: map(d, a, b, c, n) { ($0 * $1) - $2 }
    case .multiplyMultiply: map(d, a, b, c, n) { ($0 * $1) * $2 }
    case .multiplyDivide: map(d, a, b, c, n) { ($0 * $1) / $2 }
    case .multiplySubtractReversed: map(d, a, b, c, n) { $2 - ($0 * $1) }
    case .multiplyDivideReversed: map(d, a, b, c, n) { $2 / ($0 * $1) }
    }
  }
}
