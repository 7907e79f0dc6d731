import TLXRuntime

/// What the cache knows of one run of a cell: all but the values of its names.
struct CellEntry {
  var key: String
  var title: String
  var file: String
  /// Seconds since 1970.
  var created: Int
  /// How long the cell took.
  var seconds: Double
  /// The seed and the stream that random numbers came from, if it drew any.
  var random: (seed: UInt64, stream: String)?
  /// The seed that it fixed, if it did.
  var seedAfter: UInt64?
  var files: [FileVersion]
  var values: Values
  var outputs: [StoredOutput]

  enum Values {
    /// In a file of this checksum.
    case kept(checksum: String, holdsFunctions: Bool)
    /// For this reason.
    case notKept(String)
  }

  enum StoredOutput {
    case text(String)
    case value([UInt8], digits: Int?)
    case drawn(String, kind: String)
    case picture(KeptPicture, text: String)
    case head([UInt8], rowCount: Int, digits: Int?, text: String)
  }

  var bytes: [UInt8] {
    var archive = ArchiveWriter()
    for text in [key, title, file] { archive.add(text) }
    archive.add(created)
    archive.add(seconds)
    archive.add(random != nil)
    if let random {
      archive.add(random.seed)
      archive.add(random.stream)
    }
    archive.add(seedAfter != nil)
    if let seedAfter { archive.add(seedAfter) }
    archive.add(files.count)
    for file in files {
      archive.add(file.path)
      archive.add(file.size)
      archive.add(file.modified)
      archive.add(file.checksum)
    }
    switch values {
    case .kept(let checksum, let holdsFunctions):
      archive.add(true)
      archive.add(checksum)
      archive.add(holdsFunctions)
    case .notKept(let reason):
      archive.add(false)
      archive.add(reason)
    }
    archive.add(outputs.count)
    for output in outputs { CellEntry.write(output, to: &archive) }
    return archive.bytes
  }

  private static func write(_ output: StoredOutput, to archive: inout ArchiveWriter) {
    switch output {
    case .text(let text):
      archive.add(UInt8(0))
      archive.add(text)
    case .value(let bytes, let digits):
      archive.add(UInt8(1))
      archive.add(block: bytes)
      archive.add(digits ?? 0)
    case .drawn(let text, let kind):
      archive.add(UInt8(2))
      archive.add(text)
      archive.add(kind)
    case .picture(let picture, let text):
      archive.add(UInt8(3))
      for part in [picture.svg, picture.standaloneSVG, picture.summary, text] { archive.add(part) }
    case .head(let bytes, let rowCount, let digits, let text):
      archive.add(UInt8(4))
      archive.add(block: bytes)
      archive.add(rowCount)
      archive.add(digits ?? 0)
      archive.add(text)
    }
  }

  /// Throws `DamagedArchive`.
  init(_ bytes: [UInt8]) throws {
    var archive = ArchiveReader(bytes)
    key = try archive.text()
    title = try archive.text()
    file = try archive.text()
    created = try archive.int()
    seconds = try archive.float()
    random = try archive.flag() ? (seed: archive.word(), stream: archive.text()) : nil
    seedAfter = try archive.flag() ? archive.word() : nil
    files = try (0..<archive.count()).map { _ in
      FileVersion(
        path: try archive.text(), size: try archive.int(), modified: try archive.int(),
        checksum: try archive.text())
    }
    values =
      try archive.flag()
      ? .kept(checksum: archive.text(), holdsFunctions: archive.flag()) : .notKept(archive.text())
    outputs = try (0..<archive.count()).map { _ in try CellEntry.output(&archive) }
    guard archive.isAtEnd else { throw DamagedArchive() }
  }

  private static func output(_ archive: inout ArchiveReader) throws -> StoredOutput {
    switch try archive.byte() {
    case 0: return .text(try archive.text())
    case 1:
      let bytes = try archive.block()
      let digits = try archive.int()
      return .value(bytes, digits: digits == 0 ? nil : digits)
    case 2: return .drawn(try archive.text(), kind: try archive.text())
    case 3:
      let picture = KeptPicture(
        svg: try archive.text(), standaloneSVG: try archive.text(), summary: try archive.text())
      return .picture(picture, text: try archive.text())
    case 4:
      let bytes = try archive.block()
      let (rowCount, digits) = (try archive.int(), try archive.int())
      return .head(bytes, rowCount: rowCount, digits: digits == 0 ? nil : digits, text: try archive.text())
    default: throw DamagedArchive()
    }
  }

  init(
    key: String, title: String, file: String, seconds: Double, random: (seed: UInt64, stream: String)?,
    seedAfter: UInt64?, files: [FileVersion], values: Values, outputs: [StoredOutput]
  ) {
    self.key = key
    self.title = title
    self.file = file
    self.created = secondsNow()
    self.seconds = seconds
    self.random = random
    self.seedAfter = seedAfter
    self.files = files
    self.values = values
    self.outputs = outputs
  }
}
