import TLXNumerics

#if canImport(Glibc)
  import Glibc
#endif

/// One step of a training as a tensor program.
struct StepTrace {
  private let model: Model
  private let options: TrainingOptions
  private let batch: Shape
  private let dtype: DType
  private let trained: [Int]

  init(_ model: Model, _ options: TrainingOptions, batch: Shape, dtype: DType) {
    self.model = model
    self.options = options
    self.batch = batch
    self.dtype = dtype
    trained = model.isTrained.indices.filter { model.isTrained[$0] }
  }

  private var isTapping: Bool { options.optimizer.curvature != nil }

  /// The random numbers that a step is to be given, found by a pass over zeros that nobody computes.
  func noise() throws -> [Noise] {
    let record = PassRecord(isTapping: isTapping)
    let zeros = try Tensor.zeros(batch, dtype)
    let outputs = try model.outputs(
      zeros, parameters: model.parameters, pass: ForwardPass(recordingTo: record))
    switch options.optimizer.curvature {
    case .classes: return record.requests + [Noise(kind: .uniform, shape: outputs.logits.shape)]
    case .gaussian: return record.requests + [Noise(kind: .normal, shape: outputs.logits.shape)]
    case .empirical, nil: return record.requests
    }
  }

  /// The loss of a batch and the state after a step on it.
  func advanced(
    _ state: [Tensor], x: Tensor, y: Tensor, rowConstants: [Tensor], scalars: [Tensor], noise: [Tensor],
    variant: Int
  ) throws -> (loss: Tensor, state: [Tensor]) {
    let parameters = Array(state.prefix(model.parameters.count))
    let pass = Pass(
      parameters: parameters, x: x, y: y, rowConstants: rowConstants, noise: noise,
      probes: try isTapping ? probes(x) : [])
    let found = try isTapping ? curved(pass) : plain(pass)
    let next = try options.optimizer.update(
      OptimizerStep(
        parameters: trained.map { parameters[$0] }, gradients: clipped(found.gradients),
        slots: Array(state.dropFirst(parameters.count)), scalars: scalars, variant: variant,
        layers: found.layers))
    var all = parameters
    for (place, index) in trained.enumerated() { all[index] = next.parameters[place] }
    for (index, value) in found.state { all[index] = value }
    return (found.loss, all + next.slots)
  }

  /// The inputs of one pass.
  private struct Pass {
    var parameters: [Tensor]
    var x: Tensor
    var y: Tensor
    var rowConstants: [Tensor]
    var noise: [Tensor]
    var probes: [Tensor]
  }

  /// What one pass forwards and backwards gives.
  private struct Found {
    var loss: Tensor
    var gradients: [Tensor]
    var layers: [DenseSample] = []
    var state: [Int: Tensor]
  }

  private func loss(_ pass: Pass, _ trainedValues: ArraySlice<Tensor>, _ record: PassRecord) throws -> (
    loss: Tensor, logits: Tensor
  ) {
    var parameters = pass.parameters
    for (place, index) in trained.enumerated() {
      parameters[index] = trainedValues[trainedValues.startIndex + place]
    }
    let outputs = try model.outputs(
      pass.x, parameters: parameters, pass: ForwardPass(recordingTo: record))
    let loss = try options.loss.value(
      LossBatch(
        logits: outputs.logits, features: outputs.features, targets: pass.y,
        rowConstants: pass.rowConstants[...], parameters: parameters,
        parameterNames: model.parameterNames))
    return (loss, outputs.logits)
  }

  private func plain(_ pass: Pass) throws -> Found {
    let record = PassRecord(noise: pass.noise)
    let (loss, gradients) = try Differentiation.gradient(
      of: { try self.loss(pass, $0[...], record).loss }, at: trained.map { pass.parameters[$0] })
    return Found(loss: loss, gradients: gradients, state: record.state)
  }

  // MARK: Curvature

  /// Zeros of the shapes that the dense layers give.
  private func probes(_ x: Tensor) throws -> [Tensor] {
    let record = PassRecord(isTapping: true)
    let zeros = try Tensor.zeros(batch, dtype)
    _ = try model.outputs(zeros, parameters: model.parameters, pass: ForwardPass(recordingTo: record))
    return try record.taps.map { try Tensor.zeros($0.probe.shape, $0.probe.dtype) }
  }

  /// The gradient of the loss, and at the dense layers' outputs that of each row's loss on the sampled targets.
  private func curved(_ pass: Pass) throws -> Found {
    var record = PassRecord(isTapping: true)
    let count = trained.count
    let (values, pull) = try Differentiation.vjp(
      of: { inputs in
        record = PassRecord(isTapping: true, noise: pass.noise, probes: Array(inputs[count...]))
        let (loss, logits) = try self.loss(pass, inputs[..<count], record)
        return [loss, try self.sampled(loss, logits, pass.noise)]
      }, at: trained.map { pass.parameters[$0] } + pass.probes)
    let one = try values[0].onesLike()
    let zero = try values[0].zerosLike()
    let gradients = try pull([one, zero])
    let isEmpirical = options.optimizer.curvature == .empirical
    let sampled = isEmpirical ? gradients : try pull([zero, one])
    let layers = try record.taps.enumerated().map { index, tap in
      DenseSample(
        ordinal: ordinal(of: tap.weight), weight: trained.firstIndex(of: tap.weight) ?? 0, inputs: tap.input,
        gradients: try sampled[count + index] * Double(batch[0]))
    }
    return Found(
      loss: values[0], gradients: Array(gradients[..<count]), layers: layers, state: record.state)
  }

  private func ordinal(of weight: Int) -> Int {
    let dense = model.layers.indices.filter { model.layers[$0] is Dense }
    return dense.firstIndex { model.parameterRanges[$0].lowerBound == weight } ?? 0
  }

  /// The loss on targets that the model itself draws; the last noise decides them.
  private func sampled(_ loss: Tensor, _ logits: Tensor, _ noise: [Tensor]) throws -> Tensor {
    guard let draws = noise.last else { return loss }
    let fixed = try logits.stopGradient()
    switch options.optimizer.curvature {
    case .classes:
      // The largest of z + Gumbel noise is distributed as soft-max of z.
      let gumbel = try -(-draws.log()).log()
      let labels = try (fixed + gumbel).argmax(axis: 1)
      return try -logits.logSoftmax(axis: 1).gather(labels.expandDims(1), axis: 1).mean()
    case .gaussian:
      return try (logits - fixed - draws).square().sum() * (0.5 / Double(batch[0]))
    case .empirical, nil: return loss
    }
  }

  // MARK: Clipping

  /// `g · min(1, clip / ‖g‖)` with the norm over all gradients together.
  private func clipped(_ gradients: [Tensor]) throws -> [Tensor] {
    guard let clip = options.clip, !gradients.isEmpty else { return gradients }
    var total = Tensor(0.0)
    for gradient in gradients { total = try total + gradient.square().sum() }
    let norm = try total.sqrt()
    let factor = try Tensor.where(norm.greater(clip), Tensor(clip) / norm, Tensor(1.0))
    return try gradients.map { try $0 * factor }
  }
}
