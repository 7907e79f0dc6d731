import TLXNumerics

/// Labelled examples: features or images, one row each, with a class each.
public struct DataSet: Sendable {
  public struct ImageShape: Hashable, Sendable {
    public var height: Int
    public var width: Int

    public init(height: Int, width: Int) {
      self.height = height
      self.width = width
    }
  }

  public var name: String
  /// f32[n, d]; pixels lie between 0 and 1.
  public var x: Tensor
  /// i64[n], each in 0 ..< classes.count.
  public var y: Tensor
  public var classes: [String]
  /// Where the rows of `x` are images.
  public var imageShape: ImageShape?
  /// The names of the columns of `x`, where they have any.
  public var features: [String]
  public var origin: String
  public var licence: String

  /// Takes what is known to fit: the reader of bundled data and the functions that choose rows.
  init(
    unchecked name: String, x: Tensor, y: Tensor, classes: [String], imageShape: ImageShape? = nil,
    features: [String] = [], origin: String = "", licence: String = ""
  ) {
    self.name = name
    self.x = x
    self.y = y
    self.classes = classes
    self.imageShape = imageShape
    self.features = features
    self.origin = origin
    self.licence = licence
  }

  /// A data set of one's own.
  ///
  /// - Parameters:
  ///   - x: [n, …] numbers. Images [n, height, width] are flattened to [n, height·width].
  ///   - y: i64[n] class numbers.
  ///   - classes: Names of the classes; nil names them by their numbers, 0 to the largest that occurs.
  /// - Throws: E0614 for shapes that do not fit or labels that are out of range.
  public init(name: String, x: Tensor, y: Tensor, classes: [String]? = nil) throws {
    guard x.rank >= 2, x.dtype != .bool else {
      throw NumericsError("E0614", "x must be numbers with a row each, [n, d], not \(x.typeDescription)")
    }
    guard y.rank == 1, y.dtype == .i64 else {
      throw NumericsError(
        "E0614", "y must be class numbers, i64[n], not \(y.typeDescription)",
        help: y.dtype.isFloat ? "convert them: i64(y)" : nil)
    }
    guard x.shape[0] == y.shape[0] else {
      throw NumericsError("E0614", "x has \(x.shape[0]) rows, but y has \(y.shape[0]) labels")
    }
    let labels = try y.elements(of: Int.self)
    let names = classes ?? (0..<((labels.max() ?? -1) + 1)).map(String.init)
    if let row = labels.firstIndex(where: { $0 < 0 || $0 >= names.count }) {
      throw NumericsError(
        "E0614", "label \(labels[row]) in row \(row) is no class number: there are \(names.count) classes",
        help: "labels count from 0")
    }
    let isImage = x.rank == 3
    self.init(
      unchecked: name, x: x.rank == 2 ? x : try x.flattenedRows(), y: y, classes: names,
      imageShape: isImage ? ImageShape(height: x.shape[1], width: x.shape[2]) : nil)
  }

  /// The number of examples.
  public var count: Int { y.count }

  /// The images as [n, height, width], if there are any.
  public func images() throws -> Tensor? {
    guard let imageShape else { return nil }
    return try x.reshape([count, imageShape.height, imageShape.width])
  }

  public func labels() throws -> [Int] { try y.elements(of: Int.self) }

  /// The number of examples of each class.
  public func classCounts() throws -> [Int] {
    try y.withElements(of: Int.self) { labels in
      var counts = [Int](repeating: 0, count: classes.count)
      for label in labels where counts.indices.contains(label) { counts[label] += 1 }
      return counts
    }
  }

  /// The examples of these rows, in this order. Rows must exist.
  public func rows(_ rows: [Int]) throws -> DataSet {
    var result = self
    result.x = try x.rows(rows)
    result.y = try y.rows(rows)
    return result
  }
}
