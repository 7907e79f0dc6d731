import TLXNumerics

/// Arrays of bytes in the IDX format of MNIST and its kin, gzipped or not.
struct IDXFile {
  let sizes: [Int]
  private let contents: FileContents
  private let dataOffset: Int

  /// - Throws: E0601, E0602, E0608; E0609 if it is no IDX file of `rank` axes or of another length.
  init(_ file: FileName, rank: Int) throws {
    let contents = try FileContents(of: file).decompressed(of: file)
    defer { withExtendedLifetime(contents) {} }
    self.contents = contents
    var cursor = ByteCursor(contents.bytes)
    guard cursor.integer(UInt16.self) == 0, cursor.integer(UInt8.self) == 8,
      cursor.integer(UInt8.self) == UInt8(truncatingIfNeeded: rank)
    else { throw file.failure("E0609", "it is no IDX file of bytes with \(rank) axes") }
    var sizes: [Int] = []
    for _ in 0..<rank {
      guard let size = cursor.integer(UInt32.self) else {
        throw file.failure("E0609", "it ends within its header, after byte \(contents.bytes.count)")
      }
      sizes.append(Int(size.byteSwapped))
    }
    self.sizes = sizes
    dataOffset = cursor.position
    guard EncodedArray.byteCount(.u8, sizes) == cursor.remaining else {
      throw file.failure(
        "E0609", "its header announces \(Shape(sizes).crossDescription) bytes, but \(cursor.remaining) follow"
      )
    }
  }

  func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
    try contents.withBytes { try body(UnsafeRawBufferPointer(rebasing: $0[dataOffset...])) }
  }
}
