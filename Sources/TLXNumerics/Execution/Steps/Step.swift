/// One step of a plan: reads slots of the run's memory and fills others.
protocol Step: AnyObject, Sendable {
  func run(_ memory: RunMemory) throws
  /// One line for `explainPlan`.
  var description: String { get }
}
