import TLXNumerics

#if canImport(Glibc)
  import Glibc
#endif

/// Self-attention with several heads over a sequence [length, width]:
/// `softmax(Q Kᵀ / √d) V` in each head of d = width / heads columns, the heads side by side times W_out, plus b_out, where
/// `[Q K V] = x W_in + b_in` with W_in [width, 3 · width]. (Vaswani et al., NeurIPS 2017, equation 1 and section 3.2.2.)
///
/// W_in starts uniform in ±√(6 / (4 · width)) and W_out in ±√(3 / width); biases at zero. `isCausal` lets a position see
/// only itself and what comes before it.
public struct Attention: Layer {
  public let width: Int
  public let heads: Int
  public let isCausal: Bool
  /// The probability with which a weight of the soft-max is dropped in training.
  public let dropout: Double

  /// Throws E0415 unless the heads share the width equally.
  public init(width: Int, heads: Int, isCausal: Bool = false, dropout: Double = 0) throws {
    guard width > 0, heads > 0, width % heads == 0 else {
      throw NumericsError(
        "E0415", "attention needs a width that its heads share equally, not \(width) for \(heads)",
        help: heads > 0 && width > 0 ? "take a width of \(max(1, width / heads) * heads)" : nil)
    }
    _ = try Dropout(rate: dropout)
    self.width = width
    self.heads = heads
    self.isCausal = isCausal
    self.dropout = dropout
  }

  public var kind: String { "attention" }
  public var configuration: [String: Int] {
    ["width": width, "heads": heads, "causal": isCausal ? 1 : 0]
  }
  public var settings: [String: Double] { ["dropout": dropout] }

  public func outputShape(for input: Shape) throws -> Shape {
    guard input.rank == 2, input[1] == width else {
      throw NumericsError(
        "E0415",
        "attention of width \(width) takes sequences [length, \(width)], not rows of shape \(input.listDescription)"
      )
    }
    return input
  }

  public func makeParameters(stream: RandomStream, followedBy next: Activation?) throws -> [Parameter] {
    let inner = sqrt(6 / Double(4 * width))
    let outer = sqrt(3 / Double(width))
    return [
      Parameter(
        name: "in_weight",
        value: try stream.uniform([width, 3 * width], low: -inner, high: inner, dtype: .f32)),
      Parameter(name: "in_bias", value: try Tensor.zeros([3 * width], .f32)),
      Parameter(
        name: "out_weight", value: try stream.uniform([width, width], low: -outer, high: outer, dtype: .f32)),
      Parameter(name: "out_bias", value: try Tensor.zeros([width], .f32)),
    ]
  }

  public func apply(_ input: Tensor, parameters: ArraySlice<Tensor>, pass: ForwardPass) throws -> Tensor {
    try require(4, of: parameters)
    let first = parameters.startIndex
    let (rows, length, size) = (input.shape[0], input.shape[1], width / heads)
    let joint = try input.matmul(parameters[first]) + parameters[first + 1]
    // [n, length, 3, heads, size] → [3, n, heads, length, size]
    let split = try joint.reshape([rows, length, 3, heads, size]).permute([2, 0, 3, 1, 4])
    func part(_ index: Int) throws -> Tensor {
      try split.slice(axis: 0, start: index, stop: index + 1).squeeze(0)
    }
    var scores = try part(0).matmul(part(1).matrixTranspose()) * (1 / sqrt(Double(size)))
    if isCausal { scores = try scores + Attention.mask(length) }
    let weights = try Dropout.apply(dropout, to: scores.softmax(axis: -1), pass)
    let mixed = try weights.matmul(part(2)).permute([0, 2, 1, 3]).reshape([rows, length, width])
    return try mixed.matmul(parameters[first + 2]) + parameters[first + 3]
  }

  /// 0 where a position may look, −∞ where it may not.
  private static func mask(_ length: Int) throws -> Tensor {
    try Tensor(shape: [length, length], of: Float.self) { mask in
      for row in 0..<length {
        for column in 0..<length { mask[row * length + column] = column > row ? -.infinity : 0 }
      }
    }
  }
}

/// One layer of a transformer encoder: attention, then two dense layers, each added to what it read.
///
/// With the norm before (the form that trains without warm-up; Xiong et al., ICML 2020):
/// `x ← x + attention(norm₁(x))`, `x ← x + W₂ φ(W₁ norm₂(x) + b₁) + b₂`; with the norm after (Vaswani et al. 2017):
/// `x ← norm₁(x + attention(x))`, and so on. Dropout acts on the soft-max, on the hidden units and on both sums.
public struct TransformerBlock: Layer {
  public let width: Int
  public let heads: Int
  public let hidden: Int
  public let dropout: Double
  public let isNormFirst: Bool
  public let isCausal: Bool
  public let activation: Activation

  private let attention: Attention
  private let norm: LayerNormalization

  /// Throws E0415 for sizes that do not fit, E0416 for a rate outside of [0, 1).
  public init(
    width: Int, heads: Int, hidden: Int, dropout: Double = 0, isNormFirst: Bool = true,
    isCausal: Bool = false,
    activation: Activation = .gelu
  ) throws {
    guard hidden > 0 else {
      throw NumericsError("E0415", "a transformer needs a positive hidden width, not \(hidden)")
    }
    attention = try Attention(width: width, heads: heads, isCausal: isCausal, dropout: dropout)
    norm = try LayerNormalization(width: width)
    self.width = width
    self.heads = heads
    self.hidden = hidden
    self.dropout = dropout
    self.isNormFirst = isNormFirst
    self.isCausal = isCausal
    self.activation = activation
  }

  public var kind: String { "transformer" }

  public var configuration: [String: Int] {
    [
      "width": width, "heads": heads, "hidden": hidden, "norm_first": isNormFirst ? 1 : 0,
      "causal": isCausal ? 1 : 0, "activation": Activation.allCases.firstIndex(of: activation) ?? 0,
    ]
  }

  public var settings: [String: Double] { ["dropout": dropout] }
  public func outputShape(for input: Shape) throws -> Shape { try attention.outputShape(for: input) }

  public func makeParameters(stream: RandomStream, followedBy next: Activation?) throws -> [Parameter] {
    func named(_ name: String, _ parameters: [Parameter]) -> [Parameter] {
      parameters.map { Parameter(name: "\(name).\($0.name)", value: $0.value) }
    }
    return try named("norm1", norm.makeParameters(stream: stream, followedBy: nil))
      + named("attention", attention.makeParameters(stream: stream, followedBy: nil))
      + named("norm2", norm.makeParameters(stream: stream, followedBy: nil))
      + named(
        "hidden", Dense(inputs: width, outputs: hidden).makeParameters(stream: stream, followedBy: activation)
      )
      + named("output", Dense(inputs: hidden, outputs: width).makeParameters(stream: stream, followedBy: nil))
  }

  public func apply(_ input: Tensor, parameters: ArraySlice<Tensor>, pass: ForwardPass) throws -> Tensor {
    try require(12, of: parameters)
    let p = parameters.startIndex
    func norm1(_ x: Tensor) throws -> Tensor {
      try norm.apply(x, parameters: parameters[p..<p + 2], pass: pass)
    }
    func norm2(_ x: Tensor) throws -> Tensor {
      try norm.apply(x, parameters: parameters[p + 6..<p + 8], pass: pass)
    }
    func attend(_ x: Tensor) throws -> Tensor {
      try Dropout.apply(
        dropout, to: attention.apply(x, parameters: parameters[p + 2..<p + 6], pass: pass), pass)
    }
    func bend(_ x: Tensor) throws -> Tensor {
      let hidden = try activation.apply(
        x.matmul(parameters[p + 8]) + parameters[p + 9], parameters: [], pass: pass)
      let kept = try Dropout.apply(dropout, to: hidden, pass)
      return try Dropout.apply(dropout, to: kept.matmul(parameters[p + 10]) + parameters[p + 11], pass)
    }
    if isNormFirst {
      let attended = try input + attend(norm1(input))
      return try attended + bend(norm2(attended))
    }
    let attended = try norm1(input + attend(input))
    return try norm2(attended + bend(attended))
  }
}
