import Foundation
import TLXLearning
import TLXNumerics
import Testing

@Suite struct ArrayFileTests {
  static let kinds: [(file: String, type: String, values: [Double])] = {
    let floats = [-1, -0.5, 0, 0.5, 49, 59]
    let ints: [Double] = [-60, -59, -58, -57, 40, 60]
    let bytes: [Double] = [0, 1, 2, 3, 100, 120]
    var kinds: [(String, String, [Double])] = [
      ("grid-b1.npy", "bool[2, 3]", [0, 1, 0, 1, 0, 0]), ("scalar.npy", "f64", [2.5]),
      ("empty.npy", "f64[0, 3]", []), ("grid-f8-fortran.npy", "f64[2, 3]", floats),
      ("cube-fortran.npy", "f32[2, 3, 4]", (0..<24).map(Double.init)), ("version-2.npy", "f64[2, 3]", floats),
      ("version-3.npy", "f64[2, 3]", floats),
    ]
    for kind in ["i1", "i2", "i4", "i8"] { kinds.append(("grid-\(kind).npy", "i64[2, 3]", ints)) }
    for kind in ["i2", "i4", "i8"] { kinds.append(("grid-\(kind)-big.npy", "i64[2, 3]", ints)) }
    for kind in ["u1", "u2", "u4", "u8", "u4-big"] { kinds.append(("grid-\(kind).npy", "i64[2, 3]", bytes)) }
    for kind in ["f2", "f4", "f2-big", "f4-big"] { kinds.append(("grid-\(kind).npy", "f32[2, 3]", floats)) }
    for kind in ["f8", "f8-big"] { kinds.append(("grid-\(kind).npy", "f64[2, 3]", floats)) }
    return kinds
  }()

  @Test(arguments: kinds) func npyFromNumPy(_ kind: (file: String, type: String, values: [Double])) throws {
    let tensor = try #require(try NumpyFile.read(DataFolder.fixture(kind.file)).tensor)
    #expect(tensor.typeDescription == kind.type)
    #expect(try tensor.doubles() == kind.values)
  }

  @Test func npyOfTexts() throws {
    guard case .strings(let texts, let shape) = try NumpyFile.read(DataFolder.fixture("texts.npy")) else {
      Issue.record("no texts")
      return
    }
    #expect(texts == ["cat", "dög", ""] && shape == [3])
  }

  @Test(arguments: ["b1", "i8", "f4", "f8"]) func npyIsWrittenAsNumPyDoes(_ kind: String) throws {
    let folder = try DataFolder()
    let tensor = try #require(try NumpyFile.read(DataFolder.fixture("grid-\(kind).npy")).tensor)
    try NumpyFile.write(tensor, to: folder.file("a.npy"))
    #expect(try folder.bytes("a.npy") == DataFolder.fixtureBytes("grid-\(kind).npy"))
    #expect(folder.names == ["a.npy"])
  }

  @Test func largeArraysAreMapped() throws {
    let folder = try DataFolder()
    let values = (0..<100_000).map { Float($0) }
    try NumpyFile.write(Tensor(values, shape: [100, 1000]), to: folder.file("a.npy"))
    let tensor = try #require(try NumpyFile.read(folder.file("a.npy")).tensor)
    #expect(try tensor.elements(of: Float.self) == values)
    // A mapped array outlives its file's name.
    try NumpyFile.write(Tensor([Float(0)]), to: folder.file("a.npy"))
    #expect(try tensor.elements(of: Float.self) == values)
  }

  @Test(arguments: ["stored.npz", "deflated.npz"]) func npzFromNumPy(_ file: String) throws {
    let arrays = try NumpyArchive.read(DataFolder.fixture(file))
    #expect(arrays.map(\.name) == ["x", "y", "classes"])
    #expect(try arrays[0].array.tensor?.doubles() == [-1, -0.5, 0, 0.5, 49, 59])
    #expect(arrays[1].array.tensor?.typeDescription == "i64[2]")
    if case .strings(let texts, _) = arrays[2].array { #expect(texts == ["a", "b"]) }
  }

  @Test func npzRoundTrip() throws {
    let folder = try DataFolder()
    let original = try NumpyArchive.read(DataFolder.fixture("stored.npz"))
    try NumpyArchive.write(original, to: folder.file("a.npz"))
    let again = try NumpyArchive.read(folder.file("a.npz"))
    #expect(
      try again.map { "\($0.name) \(try $0.array.tensor?.doubles() ?? [])" }
        == original.map { "\($0.name) \(try $0.array.tensor?.doubles() ?? [])" })
    try NumpyArchive.write(again, to: folder.file("b.npz"))
    #expect(try folder.bytes("a.npz") == folder.bytes("b.npz"))
  }

  @Test func safetensorsFromBytes() throws {
    let contents = try Safetensors.read(DataFolder.fixture("mixed.safetensors"))
    #expect(contents.note("made by") == "NumPy")
    let types = contents.tensors.map { "\($0.name) \($0.tensor.typeDescription)" }
    #expect(
      types == [
        "f32 f32[2, 3]", "f16 f32[2, 3]", "bf16 f32[2, 3]", "i64 i64[2, 3]", "u8 i64[2, 3]",
        "flag bool[2, 3]",
        "scalar f64",
      ])
    #expect(try contents["f16"]?.doubles() == [-1, -0.5, 0, 0.5, 49, 59])
    #expect(try contents["bf16"]?.doubles() == [-1, -0.5, 0, 0.5, 49, 59])
    #expect(try contents["i64"]?.doubles() == [-60, -59, -58, -57, 40, 60])
    #expect(try contents["scalar"]?.doubles() == [2.5])
  }

  @Test func safetensorsRoundTrip() throws {
    let folder = try DataFolder()
    let contents = NamedTensors(
      [
        ("flag", try Tensor([true, false, true])), ("w", try Tensor((0..<200_000).map { Float($0) })),
        ("n", try Tensor([1, -2])), ("none", try Tensor([Double](), shape: [0, 4])),
      ], metadata: [("tlx", "a \"note\"\n")])
    try Safetensors.write(contents, to: folder.file("a.safetensors"))
    let again = try Safetensors.read(folder.file("a.safetensors"))
    #expect(again.tensors.map(\.name) == ["flag", "w", "n", "none"])
    #expect(again.note("tlx") == "a \"note\"\n")
    for (name, tensor) in contents.tensors {
      #expect(again[name]?.typeDescription == tensor.typeDescription)
      #expect(try again[name]?.doubles() == tensor.doubles())
    }
  }

  @Test func aFailedWriteLeavesNothing() throws {
    let folder = try DataFolder()
    let file = try folder.write("a.txt", "old")
    #expect(throws: NumericsError.self) {
      try AtomicFile.write(file) {
        try $0.write("new")
        throw NumericsError("E0701", "interrupted")
      }
    }
    #expect(try folder.bytes("a.txt") == Array("old".utf8))
    #expect(folder.names == ["a.txt"])
    #expect(outcome { try AtomicFile.write(FileName(folder.path)) { _ in } }.hasPrefix("E0602 cannot write"))
    #expect(
      outcome { try AtomicFile.write(folder.file("no/a.txt")) { _ in } }.hasPrefix(
        "E0601 cannot write no/a.txt"))
  }
}
