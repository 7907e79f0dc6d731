import TLXNumerics

/// `.npz` files: zip archives of `.npy` members.
public enum NumpyArchive {
  /// The arrays by name (without `.npy`), in the file's order.
  ///
  /// - Throws: E0601, E0602; E0606 for a damaged archive; E0605 for a damaged member.
  public static func read(_ file: FileName) throws -> [(name: String, array: StoredArray)] {
    let directory = try ZipDirectory(file)
    defer { withExtendedLifetime(directory) {} }
    var arrays: [(name: String, array: StoredArray)] = []
    for member in directory.members where member.name.hasSuffix(".npy") {
      let (bytes, owner) = try directory.read(member)
      let array = try withExtendedLifetime(owner) {
        try NumpyFile.read(bytes, in: owner, of: file, member: member.name)
      }
      arrays.append((String(member.name.dropLast(4)), array))
    }
    return arrays
  }

  /// Writes tensors and lists of texts under names, stored without compression, byte for byte the same every time.
  public static func write(_ arrays: [(name: String, array: StoredArray)], to file: FileName) throws {
    try AtomicFile.write(file) { output in
      var writer = ZipWriter(output)
      for (name, array) in arrays {
        switch array {
        case .tensor(let tensor):
          let header = NumpyHeader.bytes(tensor.dtype, tensor.shape)
          try tensor.withBytes { try writer.add(name + ".npy", header, $0) }
        case .strings(let texts, _):
          try writer.add(name + ".npy", NumpyFile.bytes(texts), UnsafeRawBufferPointer(start: nil, count: 0))
        }
      }
      try writer.finish()
    }
  }
}

/// Writes a zip archive of stored members, with zip64 where a size needs it.
struct ZipWriter {
  private let output: AtomicFile
  private var position = 0
  private var directory = ByteBuilder()
  private var count = 0

  init(_ output: AtomicFile) { self.output = output }

  private static let limit = 0xFFFF_FFFF
  /// 1 January 1980, as NumPy writes it, so that equal contents give equal files.
  private static let date: UInt32 = 0x0021_0000

  mutating func add(_ name: String, _ head: [UInt8], _ body: UnsafeRawBufferPointer) throws {
    let size = head.count + body.count
    let checksum = Checksum.of(body, continuing: head.withUnsafeBytes { Checksum.of($0) })
    let isWide = size >= Self.limit
    var local = ByteBuilder()
    local.append(UInt32(0x0403_4B50))
    common(&local, name, checksum, size, isWide, extraLength: isWide ? 20 : 0)
    local.append(name)
    if isWide {
      local.append(UInt16(1))
      local.append(UInt16(16))
      local.append(UInt64(size))
      local.append(UInt64(size))
    }
    enter(name, checksum, size)
    try output.write(local.bytes)
    try output.write(head)
    try output.write(body)
    position += local.bytes.count + size
    count += 1
  }

  /// The fields that local headers and directory entries share.
  private func common(
    _ builder: inout ByteBuilder, _ name: String, _ checksum: UInt32, _ size: Int, _ isWide: Bool,
    extraLength: Int
  ) {
    builder.append(UInt16(isWide ? 45 : 20))
    // Names are UTF-8.
    builder.append(UInt16(0x0800))
    builder.append(UInt16(0))
    builder.append(Self.date)
    builder.append(checksum)
    builder.append(UInt32(min(size, Self.limit)))
    builder.append(UInt32(min(size, Self.limit)))
    builder.append(UInt16(truncatingIfNeeded: name.utf8.count))
    builder.append(UInt16(extraLength))
  }

  private mutating func enter(_ name: String, _ checksum: UInt32, _ size: Int) {
    let sizeIsWide = size >= Self.limit
    let offsetIsWide = position >= Self.limit
    let wideLength = (sizeIsWide ? 16 : 0) + (offsetIsWide ? 8 : 0)
    directory.append(UInt32(0x0201_4B50))
    directory.append(UInt16(45))
    common(
      &directory, name, checksum, size, sizeIsWide || offsetIsWide,
      extraLength: wideLength > 0 ? wideLength + 4 : 0)
    directory.append(UInt16(0))
    directory.append(UInt16(0))
    directory.append(UInt16(0))
    directory.append(UInt32(0))
    directory.append(UInt32(min(position, Self.limit)))
    directory.append(name)
    guard wideLength > 0 else { return }
    directory.append(UInt16(1))
    directory.append(UInt16(wideLength))
    if sizeIsWide {
      directory.append(UInt64(size))
      directory.append(UInt64(size))
    }
    if offsetIsWide { directory.append(UInt64(position)) }
  }

  func finish() throws {
    let size = directory.bytes.count
    try output.write(directory.bytes)
    var end = ByteBuilder()
    if position >= Self.limit || count >= 0xFFFF {
      end.append(UInt32(0x0606_4B50))
      end.append(UInt64(44))
      end.append(UInt16(45))
      end.append(UInt16(45))
      end.append(UInt64(0))
      end.append(UInt64(count))
      end.append(UInt64(count))
      end.append(UInt64(size))
      end.append(UInt64(position))
      end.append(UInt32(0x0706_4B50))
      end.append(UInt32(0))
      end.append(UInt64(position + size))
      end.append(UInt32(1))
    }
    end.append(UInt32(0x0605_4B50))
    end.append(UInt32(0))
    end.append(UInt16(min(count, 0xFFFF)))
    end.append(UInt16(min(count, 0xFFFF)))
    end.append(UInt32(min(size, Self.limit)))
    end.append(UInt32(min(position, Self.limit)))
    end.append(UInt16(0))
    try output.write(end.bytes)
  }
}
