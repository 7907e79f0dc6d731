import Synchronization
import TLXLearning
import TLXNumerics
import TLXRuntime
import TLXUpdate

/// What `lqf` found. Called with rows it gives logits in f64.
final class LinearQuadraticFitObject: LanguageObject {
  let fit: LinearQuadraticFit
  /// Computed when somebody asks.
  private let knownCondition = Mutex<LinearQuadraticFit.Condition?>(nil)

  init(_ fit: LinearQuadraticFit) { self.fit = fit }

  var kindName: String { "linear quadratic fit" }
  var fieldNames: [String] {
    [
      "model", "delta", "condition", "condition_bounds", "residual", "iterations", "solver", "l2", "scale",
      "rows", "fitted",
      "loo", "loo_accuracy",
    ]
  }

  func field(_ name: String) throws -> Value? {
    switch name {
    case "model": .object(ModelObject(try fit.model()))
    case "delta": .record(Record(zip(fit.base.parameterNames, fit.delta).map { ($0, .tensor($1)) }))
    case "condition": .float(try condition().lower)
    case "condition_bounds": .list([.float(try condition().lower), .float(try condition().upper)])
    case "residual": .float(fit.residual)
    case "iterations": .int(fit.iterations)
    case "solver": .string(fit.solver.rawValue)
    case "l2": .float(fit.l2)
    case "scale": .float(fit.scale)
    case "rows": .int(fit.count)
    case "fitted": .tensor(try fit.fitted())
    case "loo": .tensor(try fit.leaveOneOut())
    case "loo_accuracy": .float(try looAccuracy())
    default: nil
    }
  }

  private func condition() throws -> LinearQuadraticFit.Condition {
    if let known = knownCondition.withLock({ $0 }) { return known }
    let found = try fit.condition()
    knownCondition.withLock { $0 = found }
    return found
  }

  private func looAccuracy() throws -> Double {
    try Classification.accuracy(fit.leaveOneOut().argmax(axis: 1), fit.targets.argmax(axis: 1))
  }

  func call(_ arguments: [Value], _ context: CallContext) throws -> Value? {
    guard arguments.count == 1, case .tensor(let x) = arguments[0] else {
      throw Failure("E0405", "a fit is called with one tensor of rows", help: "write fit(x) with x f32[n, d]")
    }
    return .tensor(try fit.model().logits(x))
  }

  func summary(width: Int) -> String {
    func short(_ value: Double) -> String { (try? Display.format(.float(value), spec: ".3g")) ?? "\(value)" }
    let known = try? condition()
    let (lower, upper) = (short(known?.lower ?? .nan), short(known?.upper ?? .nan))
    let condition = known?.isKnown == false ? "between \(lower) and \(upper)" : lower
    let steps = fit.iterations > 0 ? " in \(fit.iterations) steps" : ""
    return """
      linear quadratic fit of \(fit.base.architecture) to \(grouped(fit.count)) rows, l2 \(Display.text(of: .float(fit.l2)))
        solver \(fit.solver.rawValue)\(steps), relative residual \(short(fit.residual)), condition number \(condition)
      """
  }
}
