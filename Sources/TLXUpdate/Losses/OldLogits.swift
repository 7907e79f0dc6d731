import TLXLearning
import TLXNumerics

/// Where a loss has the old model's logits from: the model itself, or a table of them, a row for each training row.
public enum OldLogits: Sendable {
  case classifier(any Classifier, name: String)
  case known(Tensor)

  public var name: String {
    switch self {
    case .classifier(_, let name): name
    case .known(let logits): logits.typeDescription
    }
  }

  /// The old logits of these rows, with no derivative. Throws E0401 for a table with another number of rows.
  func logits(x: Tensor, _ loss: String) throws -> Tensor {
    switch self {
    case .classifier(let classifier, _): return try classifier.logits(x)
    case .known(let logits):
      guard logits.rank == 2, logits.shape[0] == x.shape.first else {
        throw NumericsError(
          "E0401",
          "\(loss): the old logits \(logits.typeDescription) do not go with \(x.shape.first ?? 0) rows",
          help: "they must be [rows, classes], in the order of the training rows")
      }
      return logits
    }
  }

  /// Whether the rows themselves are needed.
  public var readsRows: Bool { if case .classifier = self { true } else { false } }
}

/// A loss that knows an old model.
public protocol OldModelLoss: Loss {
  /// The built-in's name.
  var name: String { get }
  /// Whether it asks a model about the training rows, so that it cannot be called on logits alone.
  var readsRows: Bool { get }
}

/// A loss that compares a batch with the old model's logits, row by row: the mean over ALL rows of the batch of
/// `rowLosses`.
public protocol OldLogitsLoss: OldModelLoss {
  var old: OldLogits { get }
  /// What a row of the old logits tells each step, computed once a fit; the number is `rowConstantCount`.
  func constants(_ oldLogits: Tensor, y: Tensor) throws -> [Tensor]
  /// The loss of each row, [b].
  func rowLosses(_ logits: Tensor, targets: Tensor, constants: [Tensor]) throws -> Tensor
}

extension OldLogitsLoss {
  public func rowConstants(x: Tensor, y: Tensor) throws -> [Tensor] {
    try constants(old.logits(x: x, name), y: y)
  }

  public func value(_ batch: LossBatch) throws -> Tensor {
    let constants = try batch.rowConstants.map { constant in
      constant.dtype.isFloat ? try constant.cast(to: batch.logits.dtype) : constant
    }
    return try rowLosses(batch.logits, targets: batch.targets, constants: constants).mean()
  }

  public var readsRows: Bool { old.readsRows }

  /// Throws E0401 unless the batch's logits have the old ones' classes.
  func check(_ logits: Tensor, _ oldLogits: Tensor) throws {
    guard logits.shape == oldLogits.shape else {
      throw NumericsError(
        "E0401",
        "\(name) compares logits of one shape: the model gives \(logits.typeDescription), "
          + "the old one \(oldLogits.typeDescription)",
        help: logits.shape.last != oldLogits.shape.last
          ? "the models tell apart different classes; bct_loss and lwf also work when classes were added"
          : nil)
    }
  }
}

/// What the old model had right, and how wrong the new one is.
enum OldRight {
  /// 1 where the row's largest old logit is its label, else 0: f64[n]. Throws E0404 for targets that are no labels.
  static func mask(_ oldLogits: Tensor, y: Tensor, _ loss: String) throws -> Tensor {
    guard y.dtype == .i64, y.rank == 1, y.shape == [oldLogits.shape[0]] else {
      throw NumericsError(
        "E0404", "\(loss) needs labels i64[n] to know what the old model had right, not \(y.typeDescription)")
    }
    return try oldLogits.argmax(axis: 1).equal(y).cast(to: oldLogits.dtype)
  }

  /// `−log softmax(z_i)[y_i]` of each row.
  static func crossEntropy(_ logits: Tensor, _ targets: Tensor) throws -> Tensor {
    try -logits.logSoftmax(axis: 1).gather(targets.expandDims(1), axis: 1).squeeze(1)
  }
}
