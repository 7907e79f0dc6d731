import TLXNumerics

#if canImport(Glibc)
  import Glibc
#endif

/// The whole Fashion-MNIST, 60,000 + 10,000 images, from the four files that the Debian package
/// dataset-fashion-mnist installs.
///
/// Xiao, Rasul, Vollgraf, "Fashion-MNIST: a novel image dataset for benchmarking machine learning algorithms" (2017).
enum FashionMNIST {
  static let classes = [
    "t-shirt/top", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot",
  ]
  static let origin =
    "Fashion-MNIST (Xiao, Rasul, Vollgraf 2017): 60,000 train images, then 10,000 test images"
  private static let standardFolder = "/usr/share/datasets/fashion-mnist"

  /// The folder that the variable TLX_FASHION names, or where Debian puts the files.
  static var folder: String {
    getenv("TLX_FASHION").map { String(cString: $0) } ?? standardFolder
  }

  static var isInstalled: Bool { access(folder + "/train-images-idx3-ubyte.gz", R_OK) == 0 }

  /// - Throws: E0611 if the files are missing, with what to install; E0608, E0609 if they are damaged.
  static func load(_ part: DataSets.Part, from given: String?) throws -> DataSet {
    let folder = given ?? folder
    let stems = part == .all ? ["train", "t10k"] : [part == .train ? "train" : "t10k"]
    var parts: [(images: IDXFile, labels: IDXFile)] = []
    for stem in stems {
      let images = try open("\(stem)-images-idx3-ubyte", in: folder, rank: 3)
      let labels = try open("\(stem)-labels-idx1-ubyte", in: folder, rank: 1)
      guard images.sizes[0] == labels.sizes[0], images.sizes[1...] == [28, 28] else {
        throw NumericsError(
          "E0611",
          "\(folder): \(Shape(images.sizes).crossDescription) images do not go with \(labels.sizes[0]) labels"
        )
      }
      parts.append((images, labels))
    }
    let count = parts.reduce(0) { $0 + $1.labels.sizes[0] }
    let x = try Tensor(shape: [count, 784], of: Float.self) { buffer in
      var start = 0
      for (images, _) in parts {
        let room = UnsafeMutableBufferPointer(rebasing: buffer[start...])
        images.withBytes { Pixels.write($0, by: 255, to: room) }
        start += images.sizes[0] * 784
      }
    }
    return DataSet(
      unchecked: "fashion", x: x, y: try labels(of: parts.map(\.labels), in: folder), classes: classes,
      imageShape: .init(height: 28, width: 28), origin: origin, licence: "MIT")
  }

  private static func labels(of files: [IDXFile], in folder: String) throws -> Tensor {
    var labels: [UInt8] = []
    for file in files { file.withBytes { labels.append(contentsOf: $0) } }
    return try labels.withUnsafeBytes { try Pixels.labels($0, classes: classes.count, of: FileName(folder)) }
  }

  /// The file, compressed or not.
  private static func open(_ name: String, in folder: String, rank: Int) throws -> IDXFile {
    for suffix in [".gz", ""] where access("\(folder)/\(name)\(suffix)", F_OK) == 0 {
      return try IDXFile(FileName("\(folder)/\(name)\(suffix)"), rank: rank)
    }
    throw NumericsError(
      "E0611", "the data set \"fashion\" is not installed: \(folder)/\(name).gz is missing",
      help: "apt install dataset-fashion-mnist, or name the folder of its four files in TLX_FASHION; "
        + "dataset(\"fashion2k\") is always there")
  }
}
