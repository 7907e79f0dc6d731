import TLXNumerics

/// BiCGSTAB on a `BlockMatrix` for the right-hand sides of one lane, each with its own steps.
///
/// van der Vorst, SIAM J. Sci. Stat. Comput. 1992. Seven vectors of memory.
struct KrylovSolver<Lane: SolverLane>: ~Copyable {
  private let matrix: BlockMatrix
  private let count: Int
  private let memory: UnsafeMutablePointer<Lane>

  /// The most steps before a correction starts anew.
  private static var stepLimit: Int { 1000 }

  init(_ matrix: BlockMatrix) {
    self.matrix = matrix
    count = matrix.count
    memory = .allocate(capacity: 7 * count)
    memory.initialize(repeating: .zero, count: 7 * count)
  }

  deinit { memory.deallocate() }

  /// Improves `x` from 0 towards A x = b until the residual no longer falls, to two units of the last digit.
  func solve(_ b: UnsafePointer<Lane>, _ x: UnsafeMutablePointer<Lane>) throws {
    let r = memory + count
    var best = Lane(.infinity)
    for _ in 0..<8 {
      matrix.residual(x, b, into: r)
      var reduction = Lane.zero
      var isDone = true
      let (size, scale) = (matrix.largest(r), matrix.scale(x, b))
      for lane in 0..<Lane.width {
        let limit = 2 * 0x1p-52 * scale[lane]
        if size[lane] <= limit || size[lane] > best[lane] * 0.1 && best[lane] < .infinity {
          // Nothing left to do: a reduction to more than there is.
          reduction[lane] = .infinity
        } else {
          isDone = false
          reduction[lane] = max(1e-12, 0.25 * limit / size[lane])
        }
        best[lane] = size[lane]
      }
      if isDone { return }
      try correct(reduction)
      for i in 0..<count { x[i] = x[i] + memory[i] }
    }
  }

  /// Leaves in the first vector δ with ‖A δ − r‖₂ ≤ `reduction` ‖r‖₂, or as near as it gets, r from the second vector.
  private func correct(_ reduction: Lane) throws {
    let n = count
    let (x, r, shadow, p) = (memory, memory + n, memory + 2 * n, memory + 3 * n)
    let (v, z, t) = (memory + 4 * n, memory + 5 * n, memory + 6 * n)
    for i in 0..<n {
      x[i] = .zero
      shadow[i] = r[i]
      p[i] = .zero
      v[i] = .zero
    }
    var (rho, alpha, omega) = (Lane(1), Lane(1), Lane(1))
    var next = dot(r, r)
    var state = StepState<Lane>(start: next, reduction: reduction)
    for step in 0..<Self.stepLimit {
      if step % 16 == 0 { try Interrupt.check() }
      guard state.keep(where: { abs(next[$0]) > 1e-300 }) else { break }
      let beta = step == 0 ? .zero : state.ratio(next, rho) * state.ratio(alpha, omega)
      rho = next
      for i in 0..<n { p[i] = r[i] + beta * (p[i] - omega * v[i]) }
      matrix.precondition(p, z)
      matrix.apply(z, v)
      alpha = state.ratio(rho, dot(shadow, v))
      for i in 0..<n {
        x[i] = x[i] + alpha * z[i]
        r[i] = r[i] - alpha * v[i]
      }
      matrix.precondition(r, z)
      matrix.apply(z, t)
      omega = state.ratio(dot(t, r), dot(t, t))
      for i in 0..<n {
        x[i] = x[i] + omega * z[i]
        r[i] = r[i] - omega * t[i]
      }
      state.note(norm: dot(r, r), omega: omega)
      if state.isDone { break }
      next = dot(shadow, r)
    }
    for lane in 0..<Lane.width where state.hasFailed[lane] {
      for i in 0..<n { x[i][lane] = 0 }
    }
  }

  private func dot(_ a: UnsafePointer<Lane>, _ b: UnsafePointer<Lane>) -> Lane {
    var (first, second, third, fourth) = (Lane.zero, Lane.zero, Lane.zero, Lane.zero)
    var i = 0
    while i + 4 <= count {
      first = first + a[i] * b[i]
      second = second + a[i + 1] * b[i + 1]
      third = third + a[i + 2] * b[i + 2]
      fourth = fourth + a[i + 3] * b[i + 3]
      i += 4
    }
    while i < count {
      first = first + a[i] * b[i]
      i += 1
    }
    return (first + second) + (third + fourth)
  }
}

/// Which right-hand sides still move. The steps of the others are zero.
private struct StepState<Lane: SolverLane> {
  private var target = Lane.zero
  private var isMoving = [Bool](repeating: true, count: Lane.width)
  private(set) var hasFailed = [Bool](repeating: false, count: Lane.width)

  init(start: Lane, reduction: Lane) {
    for lane in 0..<Lane.width {
      target[lane] = reduction[lane] * reduction[lane] * start[lane]
      if !(target[lane] > 0 && target[lane] < .infinity) { isMoving[lane] = false }
    }
  }

  var isDone: Bool { !isMoving.contains(true) }

  /// Stops those for which this does not hold; false if none is left.
  mutating func keep(where holds: (Int) -> Bool) -> Bool {
    for lane in 0..<Lane.width where isMoving[lane] && !holds(lane) { isMoving[lane] = false }
    return !isDone
  }

  /// a / b, and 0 for those that have stopped; stops those that break down.
  mutating func ratio(_ a: Lane, _ b: Lane) -> Lane {
    var result = Lane.zero
    for lane in 0..<Lane.width where isMoving[lane] {
      if b[lane] == 0 { isMoving[lane] = false } else { result[lane] = a[lane] / b[lane] }
    }
    return result
  }

  mutating func note(norm: Lane, omega: Lane) {
    for lane in 0..<Lane.width where isMoving[lane] {
      if !norm[lane].isFinite { hasFailed[lane] = true }
      if norm[lane] <= target[lane] || omega[lane] == 0 || hasFailed[lane] { isMoving[lane] = false }
    }
  }
}
