import TLXNumerics

/// The members of a zip file: stored or deflated, with zip64 (PKWARE APPNOTE 6.3).
struct ZipDirectory {
  struct Member {
    var name: String
    /// 0 stored, 8 deflated.
    var method: UInt16
    var checksum: UInt32
    var packedSize: Int
    var size: Int
    /// Where its local header starts.
    var offset: Int
  }

  let contents: FileContents
  let file: FileName
  private(set) var members: [Member] = []

  private var bytes: UnsafeRawBufferPointer { contents.bytes }

  /// Reads the directory at the end of the file. E0606.
  init(_ file: FileName) throws {
    self.file = file
    let contents = try FileContents(of: file)
    self.contents = contents
    defer { withExtendedLifetime(contents) {} }
    guard let end = endOfDirectory() else {
      throw failure(
        bytes.starts(with: [0x50, 0x4B])
          ? "its directory is missing: the file was cut off" : "it is no zip file",
        help: "copy or save it again")
    }
    let (count, start) = try location(end)
    var cursor = ByteCursor(bytes, at: start)
    for number in 0..<count {
      guard let member = member(&cursor) else {
        throw failure("entry \(number) of \(count) in its directory is damaged, at byte \(cursor.position)")
      }
      members.append(member)
    }
  }

  private func failure(_ message: String, help: String? = nil) -> NumericsError {
    file.failure("E0606", message, help: help)
  }

  /// Where the end-of-directory record starts: it is followed by a comment of at most 65,535 bytes.
  private func endOfDirectory() -> Int? {
    var position = bytes.count - 22
    let lowest = max(0, position - 65_535)
    while position >= lowest {
      var cursor = ByteCursor(bytes, at: position)
      if cursor.integer(UInt32.self) == 0x0605_4B50 { return position }
      position -= 1
    }
    return nil
  }

  /// The number of entries and where the directory starts.
  private func location(_ end: Int) throws -> (count: Int, start: Int) {
    var cursor = ByteCursor(bytes, at: end + 10)
    guard let count = cursor.size(UInt16.self), cursor.integer(UInt32.self) != nil,
      let start = cursor.size(UInt32.self)
    else { throw failure("the end of its directory is damaged, at byte \(end)") }
    if count < 0xFFFF && start < 0xFFFF_FFFF { return (count, start) }
    var locator = ByteCursor(bytes, at: end - 20)
    guard locator.integer(UInt32.self) == 0x0706_4B50, locator.integer(UInt32.self) != nil,
      let record = locator.size(UInt64.self)
    else { return (count, start) }
    var wide = ByteCursor(bytes, at: record)
    guard wide.integer(UInt32.self) == 0x0606_4B50, wide.slice(28) != nil,
      let wideCount = wide.size(UInt64.self), wide.integer(UInt64.self) != nil,
      let wideStart = wide.size(UInt64.self), wideCount <= bytes.count / 46
    else { throw failure("its zip64 directory is damaged, at byte \(record)") }
    return (wideCount, wideStart)
  }

  private func member(_ cursor: inout ByteCursor) -> Member? {
    guard cursor.integer(UInt32.self) == 0x0201_4B50, cursor.slice(6) != nil,
      let method = cursor.integer(UInt16.self), cursor.slice(4) != nil,
      let checksum = cursor.integer(UInt32.self), let packed = cursor.size(UInt32.self),
      let size = cursor.size(UInt32.self), let nameLength = cursor.size(UInt16.self),
      let extraLength = cursor.size(UInt16.self), let commentLength = cursor.size(UInt16.self),
      cursor.slice(8) != nil, let offset = cursor.size(UInt32.self), let name = cursor.slice(nameLength),
      let extra = cursor.slice(extraLength), cursor.slice(commentLength) != nil
    else { return nil }
    var member = Member(
      name: String(decoding: name, as: UTF8.self), method: method, checksum: checksum, packedSize: packed,
      size: size, offset: offset)
    return widen(&member, extra) ? member : nil
  }

  /// Takes sizes of 0xFFFFFFFF from the zip64 field; false if it is missing.
  private func widen(_ member: inout Member, _ extra: UnsafeRawBufferPointer) -> Bool {
    let limit = 0xFFFF_FFFF
    guard member.size == limit || member.packedSize == limit || member.offset == limit else { return true }
    var cursor = ByteCursor(extra)
    while let tag = cursor.integer(UInt16.self), let length = cursor.size(UInt16.self),
      let field = cursor.slice(length)
    {
      guard tag == 1 else { continue }
      var wide = ByteCursor(field)
      if member.size == limit {
        guard let size = wide.size(UInt64.self) else { return false }
        member.size = size
      }
      if member.packedSize == limit {
        guard let size = wide.size(UInt64.self) else { return false }
        member.packedSize = size
      }
      if member.offset == limit {
        guard let offset = wide.size(UInt64.self) else { return false }
        member.offset = offset
      }
      return true
    }
    return false
  }

  /// A member's bytes, decompressed and checked against its checksum. E0606.
  func read(_ member: Member) throws -> (bytes: UnsafeRawBufferPointer, owner: FileContents) {
    var cursor = ByteCursor(bytes, at: member.offset)
    guard cursor.integer(UInt32.self) == 0x0403_4B50, cursor.slice(22) != nil,
      let nameLength = cursor.size(UInt16.self), let extraLength = cursor.size(UInt16.self),
      cursor.slice(nameLength) != nil, cursor.slice(extraLength) != nil
    else { throw failure("\(member.name): its header is damaged, at byte \(member.offset)") }
    guard let packed = cursor.slice(member.packedSize) else {
      throw failure(
        "\(member.name): it takes \(member.packedSize) bytes from byte \(cursor.position) on, but the file has "
          + "\(bytes.count)", help: "the file was cut off: copy or save it again")
    }
    let (data, owner) = try unpacked(member, packed)
    guard Checksum.of(data) == member.checksum else {
      throw failure("\(member.name): its checksum is wrong: the file is damaged")
    }
    return (data, owner)
  }

  private func unpacked(_ member: Member, _ packed: UnsafeRawBufferPointer) throws -> (
    UnsafeRawBufferPointer, FileContents
  ) {
    switch member.method {
    case 0 where member.size == member.packedSize: return (packed, contents)
    case 0: throw failure("\(member.name): its sizes \(member.packedSize) and \(member.size) differ")
    case 8:
      // Deflate cannot pack better than 1032 to 1: a larger claim is false, and no memory is set aside for it.
      guard member.size / 1032 <= member.packedSize + 64 else {
        throw failure("\(member.name): its size of \(member.size) bytes cannot be right")
      }
      let owner = try FileContents(count: member.size) { room in
        guard try Inflater.expand(packed, into: room) else {
          throw failure("\(member.name): its compressed data is damaged")
        }
      }
      return (owner.bytes, owner)
    default:
      throw failure(
        "\(member.name): compression method \(member.method) is not known", help: "use stored or deflate")
    }
  }
}
