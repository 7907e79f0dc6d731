/// The numbers of one state for one or several right-hand sides, which an iteration carries side by side: what it costs
/// is to come by the elements of the matrix, and the steps of one sum wait for each other.
protocol SolverLane: Sendable {
  static var width: Int { get }
  static var zero: Self { get }

  init(_ value: Double)
  subscript(lane: Int) -> Double { get set }

  static func + (a: Self, b: Self) -> Self
  static func - (a: Self, b: Self) -> Self
  static func * (a: Self, b: Self) -> Self
  static func * (a: Double, b: Self) -> Self
}

extension Double: SolverLane {
  static var width: Int { 1 }

  subscript(lane: Int) -> Double {
    get { self }
    set { self = newValue }
  }
}

extension SIMD4<Double>: SolverLane {
  static var width: Int { 4 }

  init(_ value: Double) { self.init(repeating: value) }
}
