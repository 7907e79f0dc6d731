import TLXNumerics

/// K-FAC: natural gradient steps for dense layers, whose Fisher information is taken as a Kronecker product.
///
/// For a layer `s = W̄ᵀ ā` with `ā = (a, 1)` and `W̄` its weight over its bias, and g the gradient of a row's loss at s:
///
///     A ← ρ A + (1 − ρ) mean ā āᵀ        G ← ρ G + (1 − ρ) mean g gᵀ        ρ = min(1 − 1/t, decay)
///     π = √( (tr A / dim A) / (tr G / dim G) )
///     U = (A + π √λ I)⁻¹ ∇W̄ (G + √λ/π I)⁻¹
///     v ← β v + U        W̄ ← W̄ − lr (v + weight_decay · W̄)
///
/// with the damping λ shared between the factors. The inverses are renewed every `every` steps, from the first on. Parameters
/// of other layers, and of dense layers that read more than one row an example, move by their plain gradient. Costs a second
/// backward pass for the outputs unless the sample is empirical, and the cube of the layers' widths at each renewal.
/// (Martens and Grosse, ICML 2015, sections 2, 3 and 6.3; momentum and decoupled decay as in Zhang et al., ICLR 2019.)
public struct KroneckerFactors: Optimizer {
  public let rate: LearningRate
  public let momentum: Double
  public let damping: Double
  public let decay: Double
  public let every: Int
  public let weightDecay: Double
  public let sample: CurvatureSample

  /// Throws E0416 for a number out of range.
  public init(
    schedule: LearningRate, momentum: Double = 0.9, damping: Double = 1e-2, decay: Double = 0.95,
    every: Int = 10,
    weightDecay: Double = 0, sample: CurvatureSample = .classes
  ) throws {
    rate = try schedule.checked()
    try checkHyperparameter("beta", momentum, 0...1)
    try checkHyperparameter("damping", damping, 1e-12...1e6)
    try checkHyperparameter("decay", decay, 0...0.999_999)
    try checkHyperparameter("every", Double(every), 1...1e9)
    try checkHyperparameter("weight_decay", weightDecay, 0...1e6)
    self.momentum = momentum
    self.damping = damping
    self.decay = decay
    self.every = every
    self.weightDecay = weightDecay
    self.sample = sample
  }

  public var description: String {
    let numbers = describe(
      "kfac", rate,
      [
        ("damping", damping, -1), ("beta", momentum, 0.9), ("decay", decay, 0.95),
        ("weight_decay", weightDecay, 0),
      ])
    let every = every == 10 ? "" : ", every=\(every)"
    return numbers.dropLast() + every + (sample == .classes ? "" : ", sample=\"\(sample.rawValue)\"") + ")"
  }

  public var curvature: CurvatureSample? { sample }
  public func variant(of step: Int) -> Int { (step - 1) % every == 0 ? 1 : 0 }

  public func scalars(at moment: TrainingMoment) -> [Double] {
    let kept = min(1 - 1 / Double(moment.step), decay)
    return [rate.rate(at: moment), kept, 1 - kept]
  }

  /// A velocity for each parameter; then for each dense layer A, G and the inverses of both, damped.
  public func makeSlots(for model: Model) throws -> [Tensor] {
    let velocities = try model.trainedParameters.map { try Tensor.zeros($0.shape, $0.dtype) }
    let factors = try model.layers.compactMap { $0 as? Dense }.flatMap { dense -> [Tensor] in
      let sizes = [dense.inputs + 1, dense.outputs]
      return try (sizes + sizes).map { try Tensor.zeros([$0, $0], .f32) }
    }
    return velocities + factors
  }

  public func update(_ step: OptimizerStep) throws -> (parameters: [Tensor], slots: [Tensor]) {
    let count = step.parameters.count
    var directions = step.gradients
    var factors = Array(step.slots[count...])
    for layer in step.layers {
      let place = layer.ordinal * 4
      guard place + 4 <= factors.count, layer.weight + 1 < count else { continue }
      let next = try renewed(Array(factors[place..<place + 4]), layer, step)
      factors.replaceSubrange(place..<place + 4, with: next)
      let rows = layer.inputs.shape[1]
      let gradient = try Tensor.concat(
        [step.gradients[layer.weight], step.gradients[layer.weight + 1].expandDims(0)], axis: 0)
      let natural = try next[2].matmul(gradient).matmul(next[3])
      directions[layer.weight] = try natural.slice(axis: 0, start: 0, stop: rows)
      directions[layer.weight + 1] = try natural.slice(axis: 0, start: rows, stop: rows + 1).squeeze(0)
    }
    var parameters: [Tensor] = []
    var velocities: [Tensor] = []
    for (index, parameter) in step.parameters.enumerated() {
      let velocity = try step.slots[index] * momentum + directions[index]
      let move = weightDecay > 0 ? try velocity + parameter * weightDecay : velocity
      velocities.append(velocity)
      parameters.append(try parameter - move * step.scalars[0])
    }
    return (parameters, velocities + factors)
  }

  /// A, G and their damped inverses after this step.
  private func renewed(_ slots: [Tensor], _ layer: DenseSample, _ step: OptimizerStep) throws -> [Tensor] {
    let count = Double(layer.inputs.shape[0])
    let (kept, new) = (step.scalars[1], step.scalars[2])
    let ones = try Tensor.ones([layer.inputs.shape[0], 1], layer.inputs.dtype)
    let inputs = try Tensor.concat([layer.inputs, ones], axis: 1)
    let a = try slots[0] * kept + inputs.matrixTranspose().matmul(inputs) * new / count
    let g = try slots[1] * kept + layer.gradients.matrixTranspose().matmul(layer.gradients) * new / count
    guard step.variant == 1 else { return [a, g, slots[2], slots[3]] }
    let root = damping.squareRoot()
    let balance = try (a.meanOfDiagonal() / Tensor.maximum(g.meanOfDiagonal(), 1e-30)).sqrt()
    let bounded = try Tensor.maximum(Tensor.minimum(balance, 1e6), 1e-6)
    return [
      a, g, try a.dampedInverse(bounded * root), try g.dampedInverse(Tensor(root) / bounded),
    ]
  }
}

extension Tensor {
  fileprivate func meanOfDiagonal() throws -> Tensor { try diagonal().mean() }

  /// `(M + λ I)⁻¹` of a symmetric positive semi-definite matrix.
  fileprivate func dampedInverse(_ damping: Tensor) throws -> Tensor {
    let eye = try Tensor.eye(shape[0], nil, dtype)
    return try LinearAlgebra.solve(self + eye * damping, eye)
  }
}
