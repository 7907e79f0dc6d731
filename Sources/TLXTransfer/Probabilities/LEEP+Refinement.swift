import TLXNumerics

#if canImport(Glibc)
  import Glibc
#endif

extension LEEP {
  /// The mean log-likelihood of the best head p(y | z), by `steps` of expectation maximisation.
  ///
  /// LEEP's head is the first step from the uniform one; each further step raises the likelihood towards that of the
  /// best column-stochastic head, so the difference to LEEP says how much of a low score is the head's fault:
  ///
  ///     q_i(z) ∝ θ_i[z] W[y_i, z]      W[y, z] ∝ Σ_i [y_i = y] q_i(z)
  ///
  /// Dempster, Laird, Rubin (JRSS B 1977). Cost: two passes over θ a step.
  public static func refined(_ theta: Tensor, _ labels: TargetLabels, steps: Int) throws -> Double {
    guard steps >= 1 else { throw NumericsError("E0505", "leep needs at least one step, not \(steps)") }
    try labels.checkRows(theta, name: "theta")
    var joint = JointDistribution(classCount: labels.classCount, sourceCount: theta.shape[1])
    try joint.add(theta, labels)
    var head = joint.conditional()
    let elements = theta.dtype == .f64 ? theta : try theta.cast(to: .f64)
    for _ in 1..<steps {
      try Interrupt.check()
      head = try elements.withElements(of: Double.self) { improve(head, $0, labels) }
    }
    return Swift.min(0, try head.logLikelihood(theta, labels) / Double(labels.count))
  }

  private static func improve(
    _ head: ClassifierHead, _ theta: UnsafeBufferPointer<Double>, _ labels: TargetLabels
  ) -> ClassifierHead {
    let width = head.sourceCount
    var weights = [Double](repeating: 0, count: head.weights.count)
    for row in 0..<labels.count {
      let label = Int(labels.classes[row]) * width
      var likelihood = 0.0
      for source in 0..<width { likelihood += theta[row * width + source] * head.weights[label + source] }
      guard likelihood > 0 else { continue }
      for source in 0..<width {
        weights[label + source] += theta[row * width + source] * head.weights[label + source] / likelihood
      }
    }
    for source in 0..<width {
      var mass = 0.0
      for label in 0..<head.classCount { mass += weights[label * width + source] }
      if mass > 0 { for label in 0..<head.classCount { weights[label * width + source] /= mass } }
    }
    return ClassifierHead(classCount: head.classCount, sourceCount: width, weights: weights)
  }
}
