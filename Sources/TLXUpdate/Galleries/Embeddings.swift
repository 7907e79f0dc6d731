import TLXLearning
import TLXNumerics

/// Rows as a model sees them, with what must be known to compare them safely: which space they live in, which data they
/// are of, and the rows' labels.
public struct Embeddings: Sendable {
  /// f32 or f64 [n, width].
  public let vectors: Tensor
  /// One label a row, where they are known.
  public let labels: [Int]?
  /// The identity of the space: `Model.embeddingSpace`, or a name that the user gave.
  public let space: String
  /// Other spaces that these rows were trained, or declared, to fit.
  public let compatibleSpaces: [String]
  /// The identity of the data that were embedded; nil where it is not known. Two sets of embeddings with the same
  /// items are two views of one set, row by row.
  public let items: String?
  /// `64-64-16-10`, for messages.
  public let origin: String

  public var count: Int { vectors.shape[0] }
  public var width: Int { vectors.shape[1] }

  /// Vectors from elsewhere.
  ///
  /// - Throws: E0401 for what is no matrix or another number of labels than rows, E0406 for no rows, E0504 for NaN or
  ///   infinity, naming the first.
  public init(
    vectors: Tensor, labels: [Int]?, space: String, compatibleSpaces: [String] = [], items: String?,
    origin: String
  ) throws {
    guard vectors.rank == 2 else {
      throw NumericsError(
        "E0401", "embeddings are a matrix with a row an item, not \(vectors.typeDescription)",
        help: vectors.rank == 1 ? "a single one is x[new, :]" : nil)
    }
    let vectors = try vectors.dtype.isFloat ? vectors : vectors.cast(to: .f64)
    guard vectors.shape[1] > 0 else { throw NumericsError("E0406", "the embeddings have no columns") }
    if let labels, labels.count != vectors.shape[0] {
      throw NumericsError("E0401", "\(vectors.shape[0]) embeddings do not go with \(labels.count) labels")
    }
    try Self.checkFinite(vectors)
    self.vectors = vectors
    self.labels = labels
    self.space = space
    self.compatibleSpaces = compatibleSpaces
    self.items = items
    self.origin = origin
  }

  /// What the model's head reads of each row, stamped with the model's space.
  ///
  /// - Throws: E0415 for rows that do not fit the model. Cost: one forward pass.
  public init(_ model: Model, _ x: Tensor, labels: [Int]?) throws {
    let features = try model.features(x)
    try features.realize()
    let flat =
      try features.rank == 2 ? features : features.reshape([features.shape[0], model.embeddingWidth()])
    var fingerprint = Fingerprint()
    try fingerprint.add(model.conforming(x).reshape([x.shape[0], model.inputShape.elementCount]))
    try self.init(
      vectors: flat, labels: labels, space: model.embeddingSpace(), compatibleSpaces: model.compatibleSpaces,
      items: fingerprint.text, origin: model.architecture)
  }

  private static func checkFinite(_ vectors: Tensor) throws {
    let width = vectors.shape[1]
    let bad =
      try vectors.dtype == .f32
      ? vectors.withElements(of: Float.self) { $0.firstIndex { !$0.isFinite } }
      : vectors.withElements(of: Double.self) { $0.firstIndex { !$0.isFinite } }
    if let bad {
      throw NumericsError(
        "E0504", "embedding \(bad / width) holds a number that is not finite, in column \(bad % width)")
    }
  }
}

extension Embeddings {
  /// These rows, in this order. They must exist.
  public func selecting(_ rows: [Int]) throws -> Embeddings {
    let isWhole = rows.count == count && rows.enumerated().allSatisfy { $0.offset == $0.element }
    return try replacing(
      vectors: vectors.rows(rows), labels: labels.map { labels in rows.map { labels[$0] } },
      items: isWhole ? items : items.map { Self.items(rows, of: $0) })
  }

  /// The first `width` coordinates: what a wider model shares with a narrower one that it was trained to fit.
  /// Throws E0406 where there are fewer.
  public func narrowed(to width: Int) throws -> Embeddings {
    guard width >= 1, width <= self.width else {
      throw NumericsError("E0406", "the first \(width) of \(self.width) coordinates cannot be taken")
    }
    return width == self.width
      ? self
      : try replacing(
        vectors: vectors.slice(axis: 1, start: 0, stop: width), labels: labels, items: items)
  }

  /// The same rows, declared to fit these spaces as well.
  public func declaringCompatible(with spaces: [String]) throws -> Embeddings {
    try Embeddings(
      vectors: vectors, labels: labels, space: space,
      compatibleSpaces: compatibleSpaces + spaces.filter { !compatibleSpaces.contains($0) }, items: items,
      origin: origin)
  }

  private func replacing(vectors: Tensor, labels: [Int]?, items: String?) throws -> Embeddings {
    try vectors.realize()
    return try Embeddings(
      vectors: vectors, labels: labels, space: space, compatibleSpaces: compatibleSpaces, items: items,
      origin: origin)
  }

  private static func items(_ rows: [Int], of whole: String) -> String {
    var fingerprint = Fingerprint()
    fingerprint.add(whole)
    for row in rows { fingerprint.add(row) }
    return fingerprint.text
  }

  /// Whether both are views of the same data, row by row, so that a query must not find itself.
  public func hasSameItems(as other: Embeddings) -> Bool {
    items != nil && items == other.items && count == other.count
  }

  /// Whether distances between these and the others mean anything, as far as is known.
  public func isComparable(with other: Embeddings) -> Bool {
    space == other.space || compatibleSpaces.contains(other.space) || other.compatibleSpaces.contains(space)
  }

  /// Throws E0430 for another space that was not declared compatible, E0401 for another width.
  public func requireComparable(with other: Embeddings, declared: Bool = false) throws {
    guard declared || isComparable(with: other) else {
      throw NumericsError(
        "E0430",
        "the queries are embeddings by \(origin) (space \(space.prefix(8))), the gallery by \(other.origin) "
          + "(space \(other.space.prefix(8))), and neither is known to fit the other",
        help: "train the new model with bct_loss(old), or say compatible=true if they are known to fit")
    }
    guard width == other.width else {
      throw NumericsError(
        "E0401", "the queries have \(width) coordinates, the gallery has \(other.width)",
        help: width > other.width
          ? "where the wider one was trained to fit, its first coordinates count: embed(model, x, width=\(other.width))"
          : "where the wider one was trained to fit, its first coordinates count: embed(model, x, width=\(width))"
      )
    }
  }
}
