import TLXLearning
import TLXNumerics

/// Where a loss has the old embeddings (and the old head) from: the old model, or tables that came from elsewhere.
public enum OldSpace: Sendable {
  case model(Model, name: String)
  /// A row for each training row, and the old head if it is needed.
  case known(features: Tensor, head: FrozenHead?)

  public var name: String {
    switch self {
    case .model(_, let name): name
    case .known(let features, _): features.typeDescription
    }
  }

  public var readsRows: Bool { if case .model = self { true } else { false } }

  /// The old embeddings [n, width] of these rows. Throws E0401 for a table with another number of rows.
  func features(x: Tensor, _ loss: String) throws -> Tensor {
    switch self {
    case .model(let model, _): return try model.features(x)
    case .known(let features, _):
      guard features.rank == 2, features.shape[0] == x.shape.first else {
        throw NumericsError(
          "E0401",
          "\(loss): the old embeddings \(features.typeDescription) do not go with \(x.shape.first ?? 0) rows",
          help: "they must be [rows, width], in the order of the training rows")
      }
      return features
    }
  }

  /// The old classifier. Throws E0415 if there is none.
  func head(_ loss: String) throws -> FrozenHead {
    switch self {
    case .model(let model, _): return try FrozenHead(of: model)
    case .known(_, let head):
      guard let head else {
        throw NumericsError(
          "E0415", "\(loss) needs the old head, and only embeddings were given",
          help: "give {features, weight, bias}, or the old model")
      }
      return head
    }
  }

  /// The first `width` numbers of each embedding: a wider new space keeps the old one in front.
  static func truncated(_ embedding: Tensor, to width: Int, _ loss: String, _ reader: String) throws -> Tensor
  {
    guard embedding.rank == 2, embedding.shape[1] >= width else {
      throw NumericsError(
        "E0401",
        "\(loss): the new embeddings are \(embedding.typeDescription), and \(reader) \(width) numbers a row",
        help: "make the layer before the new head at least \(width) wide")
    }
    if embedding.shape[1] == width { return embedding }
    return try embedding.slice(axis: 1, start: 0, stop: width)
  }

  /// The mean embedding of each class in `classes`, [classes, width], in f64 sums. Throws E0406 for a class without rows.
  static func classMeans(_ features: Tensor, y: Tensor, classes: Range<Int>, _ loss: String) throws -> Tensor
  {
    let width = features.shape[1]
    let values = try features.doubles()
    var sums = [Double](repeating: 0, count: classes.count * width)
    var counts = [Int](repeating: 0, count: classes.count)
    let labels = try y.elements(of: Int.self)
    for (row, label) in labels.enumerated() where classes.contains(label) {
      let place = label - classes.lowerBound
      counts[place] += 1
      for column in 0..<width { sums[place * width + column] += values[row * width + column] }
    }
    if let missing = counts.firstIndex(of: 0) {
      throw NumericsError(
        "E0406",
        "\(loss): class \(classes.lowerBound + missing) has no training rows, so that its row of the head "
          + "has no mean to come from",
        help: "number the classes without gaps, or give it examples; classes=\"drop\" needs none")
    }
    for place in counts.indices {
      for column in 0..<width { sums[place * width + column] /= Double(counts[place]) }
    }
    return try Tensor(sums, shape: [classes.count, width])
  }
}

/// A loss that looks at the new embeddings and compares them with an old space.
public protocol OldSpaceLoss: OldModelLoss {
  var old: OldSpace { get }
}

extension OldSpaceLoss {
  public var readsRows: Bool { old.readsRows }

  /// The batch's embeddings. Throws E0417 where only logits are known.
  func embeddings(_ batch: LossBatch) throws -> Tensor {
    guard let features = batch.features else {
      throw NumericsError(
        "E0417", "\(name) looks at embeddings, and only logits are given",
        help: "call it with three arguments: loss(logits, y, embeddings)")
    }
    return features
  }

  /// The batch's rows of the old embeddings.
  func oldEmbeddings(_ batch: LossBatch) throws -> Tensor {
    guard let features = batch.rowConstants.first else {
      throw NumericsError("E0417", "\(name) has no old embeddings for this batch")
    }
    return try features.cast(to: embeddings(batch).dtype)
  }
}
