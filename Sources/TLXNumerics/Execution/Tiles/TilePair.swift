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

/// A loop over the tiles of a pair, which is compiled for each pair of steps.
protocol PairLoop {
  func run<First: LaneOperation, Second: LaneOperation>(_ first: First.Type, _ second: Second.Type)
}

extension TilePair {
  @inline(__always)
  func run(_ loop: some PairLoop) {
    switch self {
    case .addAdd: loop.run(LaneSum.self, LaneSum.self)
    case .addSubtract: loop.run(LaneSum.self, LaneDifference.self)
    case .addMultiply: loop.run(LaneSum.self, LaneProduct.self)
    case .addDivide: loop.run(LaneSum.self, LaneQuotient.self)
    case .addSubtractReversed: loop.run(LaneSum.self, Reversed<LaneDifference>.self)
    case .addDivideReversed: loop.run(LaneSum.self, Reversed<LaneQuotient>.self)
    case .subtractAdd: loop.run(LaneDifference.self, LaneSum.self)
    case .subtractSubtract: loop.run(LaneDifference.self, LaneDifference.self)
    case .subtractMultiply: loop.run(LaneDifference.self, LaneProduct.self)
    case .subtractDivide: loop.run(LaneDifference.self, LaneQuotient.self)
    case .subtractSubtractReversed: loop.run(LaneDifference.self, Reversed<LaneDifference>.self)
    case .subtractDivideReversed: loop.run(LaneDifference.self, Reversed<LaneQuotient>.self)
    case .multiplyAdd: loop.run(LaneProduct.self, LaneSum.self)
    case .multiplySubtract: loop.run(LaneProduct.self, LaneDifference.self)
    case .multiplyMultiply: loop.run(LaneProduct.self, LaneProduct.self)
    case .multiplyDivide: loop.run(LaneProduct.self, LaneQuotient.self)
    case .multiplySubtractReversed: loop.run(LaneProduct.self, Reversed<LaneDifference>.self)
    case .multiplyDivideReversed: loop.run(LaneProduct.self, Reversed<LaneQuotient>.self)
    }
  }
}

extension FloatTile {
  struct Pair: PairLoop {
    let d: UnsafeMutableRawPointer
    let a: UnsafeRawPointer
    let b: UnsafeRawPointer
    let c: UnsafeRawPointer
    let n: Int

    @inline(never)
    func run<First: LaneOperation, Second: LaneOperation>(_ first: First.Type, _ second: Second.Type) {
      // A loop of its own: closures are called for each vector once a function is as large as those that this ends up in.
      var i = 0
      while i &+ 16 <= n {
        let first = First.apply(FloatTile.load(a, i), FloatTile.load(b, i))
        FloatTile.store(Second.apply(first, FloatTile.load(c, i)), d, i)
        i &+= 16
      }
      if i < n {
        let rest = n &- i
        let first = First.apply(FloatTile.loadRest(a, i, rest), FloatTile.loadRest(b, i, rest))
        FloatTile.storeRest(Second.apply(first, FloatTile.loadRest(c, i, rest)), d, i, rest)
      }
    }
  }

  @inline(never)
  static func run(
    _ pair: TilePair, _ d: UnsafeMutableRawPointer, _ a: UnsafeRawPointer, _ b: UnsafeRawPointer,
    _ c: UnsafeRawPointer, _ n: Int
  ) {
    pair.run(Pair(d: d, a: a, b: b, c: c, n: n))
  }
}

extension DoubleTile {
  struct Pair: PairLoop {
    let d: UnsafeMutableRawPointer
    let a: UnsafeRawPointer
    let b: UnsafeRawPointer
    let c: UnsafeRawPointer
    let n: Int

    @inline(never)
    func run<First: LaneOperation, Second: LaneOperation>(_ first: First.Type, _ second: Second.Type) {
      var i = 0
      while i &+ 8 <= n {
        let first = First.apply(DoubleTile.load(a, i), DoubleTile.load(b, i))
        DoubleTile.store(Second.apply(first, DoubleTile.load(c, i)), d, i)
        i &+= 8
      }
      if i < n {
        let rest = n &- i
        let first = First.apply(DoubleTile.loadRest(a, i, rest), DoubleTile.loadRest(b, i, rest))
        DoubleTile.storeRest(Second.apply(first, DoubleTile.loadRest(c, i, rest)), d, i, rest)
      }
    }
  }

  @inline(never)
  static func run(
    _ pair: TilePair, _ d: UnsafeMutableRawPointer, _ a: UnsafeRawPointer, _ b: UnsafeRawPointer,
    _ c: UnsafeRawPointer, _ n: Int
  ) {
    pair.run(Pair(d: d, a: a, b: b, c: c, n: n))
  }
}
