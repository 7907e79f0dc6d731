import TLXNumerics

/// What a layer may ask about the pass it takes part in.
public struct ForwardPass: Sendable {
  /// Whether parameters are being fitted (dropout drops, batch statistics are the batch's own).
  public var isTraining: Bool
  /// What the pass leaves behind besides its output; nil where nobody asks.
  let record: PassRecord?

  public init(isTraining: Bool) {
    self.isTraining = isTraining
    record = nil
  }

  /// A training pass that keeps state and draws noise.
  init(recordingTo record: PassRecord) {
    isTraining = true
    self.record = record
  }

  public static let inference = ForwardPass(isTraining: false)

  /// The next value of the state tensor at `index` of the model's parameters.
  func update(_ index: Int, to value: Tensor) throws { record?.state[index] = try value.stopGradient() }

  /// Random numbers for this pass. Throws E0409 where the pass has no source of them.
  func noise(_ kind: Noise.Kind, _ shape: Shape) throws -> Tensor {
    guard let record else {
      throw NumericsError("E0409", "this pass has no source of random numbers", help: "train with fit")
    }
    return try record.noise(Noise(kind: kind, shape: shape))
  }

  /// What a dense layer computed, as curvature needs it: gives the output back with a probe added, a tensor of zeros by
  /// which the gradient at the output is taken.
  func tapped(input: Tensor, output: Tensor, weight: Int) throws -> Tensor {
    guard let record, record.isTapping, input.rank == 2 else { return output }
    return try record.tap(input: input, output: output, weight: weight)
  }
}

/// Random numbers that a step is given.
struct Noise: Sendable, Hashable {
  enum Kind: Sendable, Hashable {
    /// 0 with the probability `dropping`, else 1 / (1 − dropping).
    case mask(dropping: Double)
    case uniform
    case normal
  }

  var kind: Kind
  var shape: Shape

  func draw(_ stream: RandomStream) throws -> Tensor {
    switch kind {
    case .mask(let rate):
      let kept = Float(1 / (1 - rate))
      let draws = try stream.uniform(shape, dtype: .f32)
      return try draws.withElements(of: Float.self) { draws in
        try Tensor(shape: shape, of: Float.self) { target in
          let bound = Float(rate)
          for i in draws.indices { target[i] = draws[i] < bound ? 0 : kept }
        }
      }
    case .uniform: return try stream.uniform(shape, dtype: .f32)
    case .normal: return try stream.normal(shape, dtype: .f32)
    }
  }
}

/// What a training pass leaves behind. A step is traced twice: the first trace finds what noise and probes it needs, the
/// second is given them.
final class PassRecord: @unchecked Sendable {
  /// A dense layer's inputs [b, in] and the probe at its outputs [b, out].
  struct Tap {
    var weight: Int
    var input: Tensor
    var probe: Tensor
  }

  /// New values of state, by position among the model's parameters.
  var state: [Int: Tensor] = [:]
  /// What the pass asked for, in order.
  private(set) var requests: [Noise] = []
  private(set) var taps: [Tap] = []
  let isTapping: Bool
  private let given: [Tensor]?
  private let probes: [Tensor]?

  init(isTapping: Bool = false, noise: [Tensor]? = nil, probes: [Tensor]? = nil) {
    self.isTapping = isTapping
    given = noise
    self.probes = probes
  }

  func noise(_ noise: Noise) throws -> Tensor {
    requests.append(noise)
    guard let given else { return try Tensor.ones(noise.shape, .f32) }
    guard requests.count <= given.count else { throw unsteady }
    return given[requests.count - 1]
  }

  func tap(input: Tensor, output: Tensor, weight: Int) throws -> Tensor {
    let probe: Tensor
    if let probes {
      guard taps.count < probes.count else { throw unsteady }
      probe = probes[taps.count]
    } else {
      probe = try Tensor.zeros(output.shape, output.dtype)
    }
    taps.append(Tap(weight: weight, input: try input.stopGradient(), probe: probe))
    return try output + probe
  }

  private var unsteady: NumericsError {
    NumericsError("E0409", "a layer asks for other random numbers each time that it is traced")
  }
}
