import TLXNumerics

#if canImport(Glibc)
  import Glibc
#endif

/// Where a training stands: the step that is about to be made, from 1, and how many there will be.
public struct TrainingMoment: Sendable, Hashable {
  public var step: Int
  public var total: Int

  public init(step: Int, total: Int) {
    self.step = step
    self.total = total
  }
}

/// A learning rate as a function of the step.
public indirect enum LearningRate: Sendable, Hashable {
  case constant(Double)
  /// `floor + (peak − floor) · (1 + cos(π (t − 1) / T)) / 2` with T = `steps`, or all steps of the training; `floor`
  /// afterwards. (Loshchilov and Hutter, ICLR 2017, equation 5, without restarts.)
  case cosine(peak: Double, floor: Double, steps: Int?)
  /// `rate · factor^⌊(t − 1) / every⌋`
  case steps(rate: Double, every: Int, factor: Double)
  /// From 1/n of the first rate to all of it in n steps, then the other schedule from its start.
  case warmup(steps: Int, then: LearningRate)

  /// Throws E0416 unless every number lies where it makes sense.
  public func checked() throws -> LearningRate {
    switch self {
    case .constant(let rate): try checkHyperparameter("lr", rate, 0...1e6)
    case .cosine(let peak, let floor, let steps):
      try checkHyperparameter("lr", peak, 0...1e6)
      try checkHyperparameter("floor", floor, 0...max(0, peak))
      if let steps { try checkCount("steps", steps) }
    case .steps(let rate, let every, let factor):
      try checkHyperparameter("lr", rate, 0...1e6)
      try checkHyperparameter("factor", factor, 0...1e6)
      try checkCount("every", every)
    case .warmup(let steps, let then):
      try checkCount("steps", steps)
      _ = try then.checked()
    }
    return self
  }

  private func checkCount(_ name: String, _ count: Int) throws {
    guard count > 0 else { throw NumericsError("E0416", "\(name) must be positive, not \(count)") }
  }

  public func rate(at moment: TrainingMoment) -> Double {
    switch self {
    case .constant(let rate): return rate
    case .cosine(let peak, let floor, let steps):
      let length = steps ?? moment.total
      let share = min(1, Double(moment.step - 1) / Double(max(1, length)))
      return floor + (peak - floor) * (1 + cos(Double.pi * share)) / 2
    case .steps(let rate, let every, let factor):
      return rate * pow(factor, Double((moment.step - 1) / every))
    case .warmup(let steps, let then):
      if moment.step > steps {
        return then.rate(
          at: TrainingMoment(step: moment.step - steps, total: max(1, moment.total - steps)))
      }
      let start = then.rate(at: TrainingMoment(step: 1, total: max(1, moment.total - steps)))
      return start * Double(moment.step) / Double(steps)
    }
  }

  /// As the language writes it.
  public var description: String {
    switch self {
    case .constant(let rate): "\(rate)"
    case .cosine(let peak, let floor, let steps):
      "cosine(\(peak)" + (floor == 0 ? "" : ", floor=\(floor)") + (steps.map { ", steps=\($0)" } ?? "") + ")"
    case .steps(let rate, let every, let factor): "step_decay(\(rate), every=\(every), factor=\(factor))"
    case .warmup(let steps, let then): "warmup(\(then.description), steps=\(steps))"
    }
  }
}
