import TLXNumerics

#if canImport(Glibc)
  import Glibc
#endif

/// The data sets that can be loaded by name.
public enum DataSets {
  /// Which examples of a set that comes in two parts.
  public enum Part: String, Sendable, CaseIterable { case all, train, test }

  /// What is known of a set without loading it.
  public struct Listing: Sendable {
    public var name: String
    public var rows: Int
    /// The shape of one example.
    public var shape: [Int]
    public var classCount: Int
    public var licence: String
    public var origin: String
    /// False for a set whose files are not there.
    public var isInstalled: Bool
  }

  /// All sets: those of the manifest, then `fashion`.
  ///
  /// - Parameter folder: Where the manifest lies; nil finds it.
  public static func all(from folder: String? = nil) throws -> [Listing] {
    let bundled = try manifest(folder).entries.map {
      Listing(
        name: $0.name, rows: $0.rows, shape: $0.shape, classCount: $0.classes.count, licence: $0.licence,
        origin: $0.origin, isInstalled: true)
    }
    return bundled + [
      Listing(
        name: "fashion", rows: 70_000, shape: [28, 28], classCount: FashionMNIST.classes.count,
        licence: "MIT",
        origin: FashionMNIST.origin, isInstalled: FashionMNIST.isInstalled)
    ]
  }

  /// Where the files of the sets lie.
  public static var folders: [String] {
    ((try? DataManifest.find().folder).map { [$0] } ?? []) + [FashionMNIST.folder]
  }

  private static func manifest(_ folder: String?) throws -> DataManifest {
    try folder.map { try DataManifest(folder: $0) } ?? DataManifest.find()
  }

  /// Loads a set by name.
  ///
  /// - Parameters:
  ///   - folder: Where the manifest of the bundled sets lies; nil finds it. For `fashion`: the folder of its files.
  ///   - part: For `fashion`, which has a train and a test part. Other sets have only `all`.
  /// - Throws: E0610 for a name that is not known; E0611 where files are missing or damaged.
  public static func load(_ name: String, from folder: String? = nil, part: Part = .all) throws -> DataSet {
    if name == "fashion" { return try FashionMNIST.load(part, from: folder) }
    let manifest = try manifest(folder)
    guard let entry = manifest.entries.first(where: { $0.name == name }) else {
      let names = manifest.entries.map(\.name) + ["fashion"]
      throw NumericsError(
        "E0610", "there is no data set \"\(name)\"; there are \(names.joined(separator: ", "))")
    }
    guard part == .all else {
      throw NumericsError(
        "E0610", "\(name) comes in one part", help: "split(dataset(\"\(name)\"), test=0.2, stratify=true)")
    }
    return try load(entry, in: "\(manifest.folder)/\(name)")
  }

  private static func load(_ entry: DataManifest.Entry, in folder: String) throws -> DataSet {
    let width = entry.shape.reduce(1, *)
    let x = try numbers(FileName(folder + "/x.npy"), scale: entry.scale, shape: [entry.rows, width])
    let y = try labels(FileName(folder + "/y.npy"), count: entry.rows, classes: entry.classes.count)
    return DataSet(
      unchecked: entry.name, x: x, y: y, classes: entry.classes,
      imageShape: entry.shape.count == 2
        ? .init(height: entry.shape[0], width: entry.shape[1]) : nil, features: entry.features,
      origin: entry.origin, licence: entry.licence)
  }

  /// Bytes divided by `scale`, or f32 as they are.
  private static func numbers(_ file: FileName, scale: Int, shape: Shape) throws -> Tensor {
    if let bytes = try NumpyFile.readBytes(file) {
      guard bytes.count == shape.elementCount else { throw damaged(file, shape) }
      return try bytes.withBytes { try Pixels.scaled($0, by: scale, shape: shape) }
    }
    guard case .tensor(let tensor) = try NumpyFile.read(file), tensor.dtype == .f32, tensor.shape == shape
    else {
      throw damaged(file, shape)
    }
    return tensor
  }

  private static func labels(_ file: FileName, count: Int, classes: Int) throws -> Tensor {
    guard let labels = try NumpyFile.readBytes(file), labels.count == count else {
      throw damaged(file, [count])
    }
    return try labels.withBytes { try Pixels.labels($0, classes: classes, of: file) }
  }

  private static func damaged(_ file: FileName, _ shape: Shape) -> NumericsError {
    file.failure(
      "E0611", "it does not hold \(shape.crossDescription) numbers, as \(DataManifest.fileName) says",
      help: "restore it: Scripts/rebuild-datasets")
  }
}

/// Bytes as numbers.
enum Pixels {
  /// Each byte divided by `scale`, f32.
  static func scaled(_ bytes: UnsafeRawBufferPointer, by scale: Int, shape: Shape) throws -> Tensor {
    try Tensor(shape: shape, of: Float.self) { write(bytes, by: scale, to: $0) }
  }

  /// The quotients come from a table, as 256 divisions are cheaper than a million.
  static func write(
    _ bytes: UnsafeRawBufferPointer, by scale: Int, to buffer: UnsafeMutableBufferPointer<Float>
  ) {
    let table = (0..<256).map { Float($0) / Float(scale) }
    table.withUnsafeBufferPointer { table in
      for index in 0..<min(bytes.count, buffer.count) { buffer[index] = table[Int(bytes[index])] }
    }
  }

  /// Class numbers, checked. E0611.
  static func labels(_ bytes: UnsafeRawBufferPointer, classes: Int, of file: FileName) throws -> Tensor {
    if let row = bytes.firstIndex(where: { $0 >= classes }) {
      throw file.failure("E0611", "label \(bytes[row]) in row \(row) is no class: there are \(classes)")
    }
    return try Tensor(shape: [bytes.count], of: Int.self) { buffer in
      for index in buffer.indices { buffer[index] = Int(bytes[index]) }
    }
  }
}
