import TLXNumerics

/// What an array file holds.
public enum StoredArray: Sendable {
  case tensor(Tensor)
  /// A NumPy array of texts, in row-major order.
  case strings([String], shape: Shape)
}

/// `.npy` files, versions 1 to 3.
public enum NumpyFile {
  /// Reads numbers (bool, i1–i8, u1–u8, f2–f8, either byte order, C or Fortran order) or texts (`U`).
  ///
  /// A large little-endian i8, f4 or f8 array in C order is mapped: only the pages that are used are read.
  ///
  /// - Throws: E0601, E0602, E0608; E0605 with what is wrong where.
  public static func read(_ file: FileName) throws -> StoredArray {
    let contents = try FileContents(of: file).decompressed(of: file)
    return try contents.withBytes { try read($0, in: contents, of: file, member: nil) }
  }

  /// The array in `bytes`, which are all or a part of `contents`, kept alive by the caller.
  static func read(
    _ bytes: UnsafeRawBufferPointer, in contents: FileContents?, of file: FileName, member: String?
  ) throws -> StoredArray {
    let place = member.map { "\($0): " } ?? ""
    func failure(_ message: String, _ help: String? = nil) -> NumericsError {
      file.failure("E0605", place + message, help: help)
    }
    let header: NumpyHeader
    do throws(NumpyHeader.Problem) {
      header = try NumpyHeader(bytes)
    } catch {
      throw failure(error.message, error.help)
    }
    let data = UnsafeRawBufferPointer(rebasing: bytes[header.dataOffset...])
    let shape = Shape(header.sizes)
    switch header.elements {
    case .numbers(let code, let isBigEndian):
      guard let size = EncodedArray.byteCount(code, header.sizes) else {
        throw failure("the shape \(shape.listDescription) is larger than memory can be")
      }
      guard data.count >= size else {
        throw failure(
          "\(code.rawValue)\(shape.listDescription) takes \(size) bytes, but only \(data.count) follow the header",
          "the file was cut off: copy or save it again")
      }
      let array = EncodedArray(
        code: code, shape: shape, bytes: UnsafeRawBufferPointer(rebasing: data[..<size]),
        isBigEndian: isBigEndian, isFortran: header.isFortran)
      return .tensor(try array.tensor(in: contents) { failure("the element \($0) does not fit in i64") })
    case .unicode(let length, let isBigEndian):
      let texts = try strings(data, shape, length: length, isBigEndian: isBigEndian, failure: failure)
      return .strings(header.isFortran ? reordered(texts, shape) : texts, shape: shape)
    }
  }

  private static func strings(
    _ data: UnsafeRawBufferPointer, _ shape: Shape, length: Int, isBigEndian: Bool,
    failure: (String, String?) -> NumericsError
  ) throws -> [String] {
    guard let bytes = EncodedArray.byteCount(.i32, shape.sizes + [length]),
      length > 0 || shape.elementCount < 1 << 24
    else {
      throw failure("the shape \(shape.listDescription) is larger than memory can be", nil)
    }
    guard data.count >= bytes else {
      throw failure(
        "\(shape.elementCount) texts of \(length) characters take \(bytes) bytes, but only \(data.count) follow "
          + "the header", "the file was cut off: copy or save it again")
    }
    return try (0..<shape.elementCount).map { item in
      var text = ""
      for index in item * length..<(item + 1) * length {
        let raw = data.loadUnaligned(fromByteOffset: index * 4, as: UInt32.self)
        let code = isBigEndian ? raw.byteSwapped : raw
        if code == 0 { break }
        guard let scalar = Unicode.Scalar(code) else {
          throw failure("text \(item) holds \(code), which is no character", nil)
        }
        text.unicodeScalars.append(scalar)
      }
      return text
    }
  }

  /// Column-major to row-major.
  private static func reordered(_ texts: [String], _ shape: Shape) -> [String] {
    guard shape.rank > 1, !texts.isEmpty else { return texts }
    var strides = [Int](repeating: 1, count: shape.rank)
    for axis in 1..<shape.rank { strides[axis] = strides[axis - 1] * shape[axis - 1] }
    let rows = shape.strides
    return texts.indices.map { index in
      texts[(0..<shape.rank).reduce(0) { $0 + index / rows[$1] % shape[$1] * strides[$1] }]
    }
  }

  // MARK: - Writing

  /// Writes a tensor in its own dtype. E0602.
  public static func write(_ tensor: Tensor, to file: FileName) throws {
    try AtomicFile.write(file) { output in
      try output.write(NumpyHeader.bytes(tensor.dtype, tensor.shape))
      try tensor.withBytes { try output.write($0) }
    }
  }

  /// The bytes of a one-dimensional `.npy` file of texts.
  static func bytes(_ texts: [String]) -> [UInt8] {
    let scalars = texts.map { Array($0.unicodeScalars) }
    let length = max(scalars.map(\.count).max() ?? 1, 1)
    var builder = ByteBuilder(bytes: NumpyHeader.bytes("<U\(length)", [texts.count]))
    for text in scalars {
      for index in 0..<length { builder.append(index < text.count ? text[index].value : 0) }
    }
    return builder.bytes
  }
}

/// The elements of a `.npy` file of bytes, without making a tensor of them.
struct StoredBytes {
  let sizes: [Int]
  private let contents: FileContents
  private let dataOffset: Int

  fileprivate init(sizes: [Int], contents: FileContents, dataOffset: Int) {
    self.sizes = sizes
    self.contents = contents
    self.dataOffset = dataOffset
  }

  var count: Int { contents.bytes.count - dataOffset }

  func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
    try contents.withBytes { try body(UnsafeRawBufferPointer(rebasing: $0[dataOffset...])) }
  }
}

extension NumpyFile {
  /// Nil if the file holds something else than u1 in C order, filling it exactly. E0601, E0602, E0605.
  static func readBytes(_ file: FileName) throws -> StoredBytes? {
    let contents = try FileContents(of: file)
    defer { withExtendedLifetime(contents) {} }
    let header: NumpyHeader
    do throws(NumpyHeader.Problem) {
      header = try NumpyHeader(contents.bytes)
    } catch {
      throw file.failure("E0605", error.message, help: error.help)
    }
    guard header.elements == .numbers(.u8, isBigEndian: false), !header.isFortran,
      EncodedArray.byteCount(.u8, header.sizes) == contents.bytes.count - header.dataOffset
    else { return nil }
    return StoredBytes(sizes: header.sizes, contents: contents, dataOffset: header.dataOffset)
  }
}
