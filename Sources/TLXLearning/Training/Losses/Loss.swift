import TLXNumerics

/// What training makes small. Losses are values: they add and scale.
public protocol Loss: Sendable {
  /// As the language writes it: `cross_entropy + 0.02 * distill(…)`.
  var description: String { get }
  /// The embedding spaces of the models that it makes the trained model's features fit: the model carries them.
  func compatibleSpaces() throws -> [String]
  /// The loss for training on these rows: what it must know of all of them (the class means of an old space, say) is
  /// computed here, once a fit. `x` is what the model reads.
  func prepared(x: Tensor, y: Tensor) throws -> any Loss
  /// Two losses with equal keys compute the same `value` from the same batch: all that they know besides is in their row
  /// constants and their fixed tensors. Several trainings with one key can then be steps of one program. Nil if that is not
  /// so.
  var uniformKey: String? { get }
  /// What a prepared loss knows of no row in particular and training does not change (a frozen head), always in the same
  /// order.
  var fixedTensors: [Tensor] { get }
  /// The prepared loss with others in their places.
  func replacing(fixedTensors: ArraySlice<Tensor>) -> any Loss
  /// How many tensors `rowConstants` gives.
  var rowConstantCount: Int { get }
  /// Tensors with one row a training row that do not change while training (an old model's logits, say): computed
  /// once, cut to the batch each step. `x` is what the model reads.
  func rowConstants(x: Tensor, y: Tensor) throws -> [Tensor]
  /// The loss of a batch as a scalar: the mean over its rows.
  func value(_ batch: LossBatch) throws -> Tensor
}

extension Loss {
  public func compatibleSpaces() throws -> [String] { [] }
  public func prepared(x: Tensor, y: Tensor) throws -> any Loss { self }
  public var uniformKey: String? { nil }
  public var fixedTensors: [Tensor] { [] }
  public func replacing(fixedTensors: ArraySlice<Tensor>) -> any Loss { self }
  public var rowConstantCount: Int { 0 }
  public func rowConstants(x: Tensor, y: Tensor) throws -> [Tensor] { [] }
}

/// What a loss may look at.
public struct LossBatch {
  /// The model's output: f32[b, k].
  public var logits: Tensor
  /// What the model's head reads, f32[b, width]: the embeddings. Nil where only logits are known.
  public var features: Tensor?
  /// Labels i64[b], or real targets [b] or [b, k].
  public var targets: Tensor
  /// The batch's rows of what `rowConstants` gave.
  public var rowConstants: ArraySlice<Tensor>
  /// The model's parameters, with their names.
  public var parameters: [Tensor]
  public var parameterNames: [String]

  public init(
    logits: Tensor, features: Tensor? = nil, targets: Tensor, rowConstants: ArraySlice<Tensor> = [],
    parameters: [Tensor] = [], parameterNames: [String] = []
  ) {
    self.logits = logits
    self.features = features
    self.targets = targets
    self.rowConstants = rowConstants
    self.parameters = parameters
    self.parameterNames = parameterNames
  }
}

/// A weighted sum of losses: what `a + 0.5 * b` makes.
public struct WeightedLoss: Loss {
  public struct Term: Sendable {
    public var weight: Double
    public var loss: any Loss

    public init(weight: Double, loss: any Loss) {
      self.weight = weight
      self.loss = loss
    }
  }

  public let terms: [Term]

  /// Sums of sums are flattened.
  public init(_ terms: [Term]) {
    self.terms = terms.flatMap { term -> [Term] in
      guard let inner = term.loss as? WeightedLoss else { return [term] }
      return inner.terms.map { Term(weight: term.weight * $0.weight, loss: $0.loss) }
    }
  }

  public var description: String {
    terms.map { $0.weight == 1 ? $0.loss.description : "\($0.weight) * \($0.loss.description)" }
      .joined(separator: " + ")
  }

  public func compatibleSpaces() throws -> [String] { try terms.flatMap { try $0.loss.compatibleSpaces() } }
  public func prepared(x: Tensor, y: Tensor) throws -> any Loss {
    WeightedLoss(try terms.map { Term(weight: $0.weight, loss: try $0.loss.prepared(x: x, y: y)) })
  }

  public var uniformKey: String? {
    let keys = terms.compactMap { term in term.loss.uniformKey.map { "\(term.weight) * \($0)" } }
    return keys.count == terms.count ? keys.joined(separator: " + ") : nil
  }

  public var fixedTensors: [Tensor] { terms.flatMap(\.loss.fixedTensors) }

  public func replacing(fixedTensors: ArraySlice<Tensor>) -> any Loss {
    var rest = fixedTensors
    return WeightedLoss(
      terms.map { term in
        let count = term.loss.fixedTensors.count
        defer { rest = rest.dropFirst(count) }
        return Term(weight: term.weight, loss: term.loss.replacing(fixedTensors: rest.prefix(count)))
      })
  }

  public var rowConstantCount: Int { terms.reduce(0) { $0 + $1.loss.rowConstantCount } }

  public func rowConstants(x: Tensor, y: Tensor) throws -> [Tensor] {
    try terms.flatMap { try $0.loss.rowConstants(x: x, y: y) }
  }

  public func value(_ batch: LossBatch) throws -> Tensor {
    var total: Tensor?
    var rest = batch.rowConstants
    for term in terms {
      // Each term reads as many row constants as it made, in order.
      var part = batch
      let count = term.loss.rowConstantCount
      part.rowConstants = rest.prefix(count)
      rest = rest.dropFirst(count)
      let value = try term.loss.value(part) * term.weight
      total = try total.map { try $0 + value } ?? value
    }
    guard let total else { throw NumericsError("E0416", "a loss without terms") }
    return total
  }
}
