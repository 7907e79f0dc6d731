import Foundation
import TLXLearning
import TLXNumerics
import Testing

/// One error of each kind, word for word; then every truncation and many mutations of good files: a result or an
/// error with a code, never a trap.
@Suite struct MalformedFileTests {
  static func read(_ file: FileName) throws -> Int {
    switch file.format {
    case "csv": return try CSV.read(file).rowCount
    case "jsonl": return try JSONFile.readLines(file).count
    case "json": return try JSONFile.read(file).text.count
    case "npy": return try NumpyFile.read(file).tensor?.doubles().count ?? 0
    case "npz": return try NumpyArchive.read(file).count
    case "safetensors":
      return try Safetensors.read(file).tensors.reduce(0) { try $0 + $1.tensor.doubles().count }
    default: return 0
    }
  }

  static let texts: [(name: String, text: String, error: String)] = [
    ("a.csv", "", "E0603 a.csv: the file holds no record"),
    ("a.csv", "a,b\n1,2\n3\n", "E0603 a.csv: line 3: expected 2 fields, found 1"),
    ("a.csv", "a\n1\n2,3\n", "E0603 a.csv: line 3: expected 1 field, found 2"),
    ("a.csv", "a,b\n1,\"x\n\n", "E0603 a.csv: line 2: a quote is opened but never closed"),
    (
      "a.csv", "a\n\"x\ny\"z\n",
      "E0603 a.csv: line 3: expected a delimiter or the end of the line after a closing quote, found 'z'"
    ),
    ("a.jsonl", "{}\n{\"a\" 1}\n", "E0604 a.jsonl: line 2, column 6: expected ':', found '1'"),
    ("a.jsonl", "[1, 2", "E0604 a.jsonl: line 1, column 6: expected ',' or ']', found the end of the text"),
    ("a.jsonl", "{\"a\": tru}", "E0604 a.jsonl: line 1, column 7: expected a value, found 't'"),
    ("a.jsonl", "\"abc", "E0604 a.jsonl: line 1, column 1: a string is opened but never closed"),
    ("a.jsonl", "01", "E0604 a.jsonl: line 1, column 1: a number cannot start with 0"),
    ("a.jsonl", "1 2", "E0604 a.jsonl: line 1, column 3: expected the end of the text, found '2'"),
    ("a.jsonl", "\"\\ud800\"", "E0604 a.jsonl: line 1, column 2: half of a surrogate pair in a string"),
    (
      "a.jsonl", "9223372036854775808",
      "E0604 a.jsonl: line 1, column 1: a whole number does not fit in 64 bits: write it as a string or with a "
        + "fraction"
    ),
    (
      "a.jsonl", String(repeating: "[", count: 600),
      "E0604 a.jsonl: line 1, column 513: nested deeper than 512"
    ),
    ("a.json", "{\n \"a\": 1,\n}", "E0604 a.json: line 3, column 1: expected a name in quotes, found '}'"),
    ("a.npy", "no", "E0605 a.npy: it does not start with \\x93NUMPY, so it is no .npy file"),
    ("a.npz", "no", "E0606 a.npz: it is no zip file"),
    ("a.npz", "PK\u{3}\u{4}", "E0606 a.npz: its directory is missing: the file was cut off"),
    ("a.safetensors", "no", "E0607 a.safetensors: it has 2 bytes, fewer than the 8 of the header's length"),
    (
      "a.safetensors", "no such thing",
      "E0607 a.safetensors: its header should have 2335225762885431150 bytes, but 5 follow"
    ),
  ]

  @Test(arguments: texts) func text(_ sample: (name: String, text: String, error: String)) throws {
    let file = try DataFolder()
    let name = try file.write(sample.name, sample.text)
    #expect(outcome { try Self.read(name) } == sample.error)
  }

  static let fixtures: [(name: String, error: String)] = [
    ("objects.npy", "E0605 objects.npy: it holds Python objects, which only Python can read"),
    ("complex.npy", "E0605 complex.npy: complex numbers (<c16) cannot be read"),
    ("structure.npy", "E0605 structure.npy: it holds an array of structures, which TLX cannot read"),
    ("huge-u8.npy", "E0605 huge-u8.npy: the element 9223372036854775808 does not fit in i64"),
    ("absent.npy", "E0601 cannot read absent.npy: no such file or folder"),
  ]

  @Test(arguments: fixtures) func fixture(_ sample: (name: String, error: String)) {
    #expect(outcome { try Self.read(DataFolder.fixture(sample.name)) } == sample.error)
  }

  static let headers: [(json: String, data: Int, error: String)] = [
    ("[]", 0, "its header is an array, not an object"),
    ("{\"a\": }", 0, "its header is no JSON: expected a value, found '}', at byte 14"),
    (
      "{\"a\": {\"dtype\": \"F8\", \"shape\": [1], \"data_offsets\": [0, 1]}}", 1,
      "a: the dtype F8 cannot be read"
    ),
    (
      "{\"a\": {\"dtype\": \"F32\", \"shape\": [2], \"data_offsets\": [0, 4]}}", 4,
      "a: F32[2] does not take the 4 bytes of its data_offsets"
    ),
    (
      "{\"a\": {\"dtype\": \"F32\", \"shape\": [4611686018427387904, 4], \"data_offsets\": [0, 0]}}", 0,
      "a: F32[4611686018427387904, 4] does not take the 0 bytes of its data_offsets"
    ),
    (
      "{\"a\": {\"dtype\": \"U8\", \"shape\": [2], \"data_offsets\": [0, 2]}, "
        + "\"b\": {\"dtype\": \"U8\", \"shape\": [2], \"data_offsets\": [1, 3]}}", 3,
      "b overlaps another tensor, at offset 1"
    ),
    (
      "{\"a\": {\"dtype\": \"U8\", \"shape\": [2], \"data_offsets\": [1, 3]}}", 3,
      "a starts at offset 1, 1 bytes after the last"
    ),
    (
      "{\"a\": {\"dtype\": \"U8\", \"shape\": [2], \"data_offsets\": [0, 2]}}", 1,
      "its tensors take 2 bytes, but 1 follow the header"
    ),
    (
      "{\"a\": {\"dtype\": \"U8\", \"shape\": [2], \"data_offsets\": [0, 2]}}", 3,
      "1 bytes follow its last tensor"
    ),
    ("{\"__metadata__\": {\"a\": 1}}", 0, "a in its __metadata__ is an int, not a string"),
  ]

  @Test(arguments: headers) func safetensorsHeader(_ sample: (json: String, data: Int, error: String)) throws
  {
    let folder = try DataFolder()
    var bytes = withUnsafeBytes(of: UInt64(sample.json.utf8.count).littleEndian) { Array($0) }
    bytes += Array(sample.json.utf8) + [UInt8](repeating: 0, count: sample.data)
    let file = try folder.write("a.safetensors", bytes)
    #expect(outcome { try Safetensors.read(file) } == "E0607 a.safetensors: \(sample.error)")
  }

  @Test func cutAndChangedArchives() throws {
    let folder = try DataFolder()
    var bytes = try DataFolder.fixtureBytes("stored.npz")
    bytes[140] ^= 1
    let file = try folder.write("a.npz", bytes)
    #expect(
      outcome { try NumpyArchive.read(file) }
        == "E0606 a.npz: x.npy: its checksum is wrong: the file is damaged")
    let grid = try DataFolder.fixtureBytes("grid-f8.npy")
    let cut = try folder.write("a.npy", grid.dropLast())
    #expect(
      outcome { try NumpyFile.read(cut) }
        == "E0605 a.npy: f64(2, 3) takes 48 bytes, but only 47 follow the header")
    try CSV.write(DataFrame(names: ["a"], columns: [.ints(Array(0..<999))]), to: folder.file("b.csv.gz"))
    let half = try folder.bytes("b.csv.gz")
    let damaged = try folder.write("a.csv.gz", half.dropLast(10))
    #expect(outcome { try CSV.read(damaged) } == "E0608 a.csv.gz: the compressed data ends early")
  }

  static let good = [
    "grid-f8.npy", "grid-f8-fortran.npy", "grid-u1.npy", "texts.npy", "version-3.npy", "stored.npz",
    "deflated.npz",
    "mixed.safetensors", "a.csv", "a.csv.gz", "a.jsonl", "a.json",
  ]

  private func sample(_ name: String, in folder: DataFolder) throws -> [UInt8] {
    switch name {
    case "a.csv": return Array("\u{FEFF}a,b\r\n1,\"x,\"\"y\"\"\r\n\"\r\n2.5,é\r\n".utf8)
    case "a.csv.gz":
      let frame = DataFrame(names: ["a", "b"], columns: [.ints([1, 2, 3]), .strings(["x", "é\n", "\""])])
      try CSV.write(frame, to: folder.file(name))
      return try folder.bytes(name)
    case "a.jsonl":
      return Array("{\"a\": [1, -2.5e3, true, null, \"\\ud83d\\ude00\\n\"]}\n{\"b\": {}}\n".utf8)
    case "a.json":
      return Array("{\"a\": [1, -2.5e3, false, NaN, {\"é\": -Infinity}], \"b\": \"\\u00e9\"}".utf8)
    default: return try DataFolder.fixtureBytes(name)
    }
  }

  @Test(arguments: good) func noInputTraps(_ name: String) throws {
    let folder = try DataFolder()
    let bytes = try sample(name, in: folder)
    let whole = try folder.write(name, bytes)
    #expect(!outcome { try Self.read(whole) }.hasPrefix("E"))
    var strange: [String] = []
    func check(_ changed: some Sequence<UInt8>) throws {
      let file = try folder.write(name, changed)
      let result = outcome { try Self.read(file) }
      if result.hasPrefix("another") { strange.append(result) }
    }
    for length in bytes.indices { try check(bytes.prefix(length)) }
    for index in bytes.indices {
      for value in [0, 0xFF, bytes[index] ^ 0x01] {
        var changed = bytes
        changed[index] = value
        try check(changed)
      }
    }
    #expect(strange.isEmpty)
  }
}
