import Foundation
import TLXBuiltins
import TLXSource
import TLXSyntax
import Testing

@testable import TLXRuntime

/// Whatever the text, the lexer, parser, formatter, highlighter and checker come to an end and say what is wrong.
/// `TLX_FUZZ` is the number of inputs; `Scripts/fuzz` runs hundreds of thousands.
@Suite struct FuzzTests {
  static let count = ProcessInfo.processInfo.environment["TLX_FUZZ"].flatMap { Int($0) } ?? 600
  static let first = ProcessInfo.processInfo.environment["TLX_SEED"].flatMap { Int($0) } ?? 0
  static let batches = 30

  /// Programs to start from: all that the repository has.
  static let programs: [String] = ProgramFile.all.compactMap {
    try? String(contentsOfFile: $0.path, encoding: .utf8)
  }
  .filter { $0.utf8.count < 8_000 }

  static let pieces = [
    "\"", "{", "}", "(", ")", "[", "]", "\"\"\"", "\n", "|>", "->", "#", "# %% x\n", ":", "=", "\\", "..",
    "'", "\u{0}",
    "é", "fn f(", "if ", "else", "r\"", "let ", "var ", "x", "1e999", "9223372036854775807", "#=> 1\n",
    "use \"a\"",
    "try ", "return ", "[1, 2] + [1, 2, 3]", "zeros(3, 4) @ ", "reshape(x, ", "x[0:", "end", "%", "`",
    "👩\u{200d}🔬", ",",
    "while true { ", "break", "f64[n, ", "in", "not ", "\r\n", "\t", "__", "..rest", "=> ", "**", "@(", ".(",
    "for i in ",
  ]

  @Test(arguments: 0..<batches)
  func survives(_ batch: Int) {
    let share = Self.count / Self.batches
    for number in 0..<share {
      let seed = UInt64(Self.first + batch * share + number)
      check(Self.input(seed), seed)
    }
  }

  static func input(_ seed: UInt64) -> String {
    var random = SeededGenerator(state: seed &* 0x9E37_79B9)
    func below(_ bound: Int) -> Int { Int(random.next() % UInt64(max(bound, 1))) }
    switch below(8) {
    case 0:
      return String(
        decoding: (0..<below(200)).map { _ in UInt8(truncatingIfNeeded: random.next()) }, as: UTF8.self)
    case 1: return (0..<below(60)).map { _ in pieces[below(pieces.count)] }.joined()
    default:
      var bytes = Array(programs[below(programs.count)].utf8)
      if bytes.isEmpty { bytes = [0x31] }
      // A part, so that what is odd stands early.
      let start = below(bytes.count)
      bytes = Array(bytes[start..<min(start + 40 + below(800), bytes.count)])
      for _ in 0..<(1 + below(6)) {
        let place = below(bytes.count + 1)
        switch below(4) {
        case 0: bytes.removeSubrange(place..<min(place + below(20), bytes.count))
        case 1 where place < bytes.count: bytes[place] = UInt8(truncatingIfNeeded: random.next())
        case 2: bytes.insert(contentsOf: Array(pieces[below(pieces.count)].utf8), at: place)
        default:
          let other = below(bytes.count)
          bytes.insert(contentsOf: Array(bytes[other..<min(other + 15, bytes.count)]), at: place)
        }
        if bytes.isEmpty { bytes = [0x31] }
      }
      return String(decoding: bytes, as: UTF8.self)
    }
  }

  private func check(_ text: String, _ seed: UInt64) {
    for (mode, parseMode) in [(Session.Mode.file, ParseMode.file), (.prompt, .prompt)] {
      let tree = parse(SourceText(name: "fuzz.tlx", text: text), mode: parseMode)
      for diagnostic in tree.diagnostics { _ = render(diagnostic, width: 60) }
      let session = Session(builtins: .standard, output: Transcript(), folder: "/nowhere")
      for diagnostic in session.check(tree, mode: mode) {
        #expect(ErrorCatalogue[code: diagnostic.code] != nil, "seed \(seed): \(diagnostic.code)")
        _ = render(diagnostic, width: 60)
      }
      guard mode == .file else { continue }
      _ = highlight(text)
      _ = NameIndex(tree)
      guard !tree.diagnostics.contains(where: { $0.severity == .error }) else { continue }
      let once = format(tree)
      let again = parse(SourceText(name: "once.tlx", text: once))
      #expect(
        again.diagnostics.allSatisfy { $0.severity != .error }, "seed \(seed): formatted, it does not parse")
      #expect(format(again) == once, "seed \(seed): formatting twice changes it")
    }
  }
}

struct SeededGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

/// Every `.tlx` file of the repository.
struct ProgramFile: CustomTestStringConvertible, Sendable {
  var path: String

  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  var testDescription: String { String(path.dropFirst(ProgramFile.root.path.count + 1)) }
  var folder: String { URL(fileURLWithPath: path).deletingLastPathComponent().path }

  static let all: [ProgramFile] = ["Docs", "Tests", "Scripts"].flatMap { folder -> [ProgramFile] in
    let place = root.appendingPathComponent(folder).path
    guard let files = FileManager.default.enumerator(atPath: place) else { return [] }
    return files.compactMap { $0 as? String }.filter { $0.hasSuffix(".tlx") }.sorted()
      .map { ProgramFile(path: place + "/" + $0) }
  }
}

@Suite struct ProgramFileTests {
  /// Formatting changes nothing twice, and the formatted program compiles to the same instructions.
  @Test(arguments: ProgramFile.all)
  func formattingKeepsTheProgram(_ file: ProgramFile) throws {
    guard let text = try? String(contentsOfFile: file.path, encoding: .utf8) else { return }
    let tree = parse(SourceText(name: "f.tlx", text: text))
    guard tree.diagnostics.allSatisfy({ $0.severity != .error }) else { return }
    let formatted = format(tree)
    let again = parse(SourceText(name: "f.tlx", text: formatted))
    #expect(format(again) == formatted)
    let before = Self.listing(tree, file.folder)
    #expect(before == Self.listing(again, file.folder))
  }

  /// The instructions and constants of a program with all its functions; nil if it does not compile.
  private static func listing(_ tree: SyntaxTree, _ folder: String) -> String? {
    let session = Session(builtins: .standard, output: Transcript(), folder: folder)
    guard let units = try? session.compile(tree, mode: .file) else { return nil }
    return units.map { listing($0.prototype) }.joined(separator: "\n")
  }

  private static func listing(_ prototype: Prototype) -> String {
    let size = prototype.instructionCount * MemoryLayout<Instruction>.stride
    let bytes = UnsafeRawBufferPointer(start: prototype.header.pointee.code, count: size)
    let constants = (0..<prototype.constantCount).map {
      Display.canonical((prototype.header.pointee.constants + $0).pointee.value)
    }
    return prototype.signature + " " + bytes.map { String($0, radix: 16) }.joined(separator: " ") + " "
      + constants.joined(separator: " ") + "\n" + prototype.children.map(listing).joined(separator: "\n")
  }

  /// Every cut parses the whole again: the long programs have their turn in `Scripts/fuzz`.
  private static let longest = FuzzTests.count > 10_000 ? 8_000 : 1_200

  /// A program that is cut where one of its tokens ends parses, or says what is missing.
  @Test(arguments: ProgramFile.all)
  func cutAnywhere(_ file: ProgramFile) throws {
    guard let text = try? String(contentsOfFile: file.path, encoding: .utf8), text.utf8.count < Self.longest
    else {
      return
    }
    let bytes = Array(text.utf8)
    for (range, _) in highlight(text) {
      let cut = SourceText(name: "cut.tlx", text: String(decoding: bytes[..<range.upperBound], as: UTF8.self))
      let session = Session(builtins: .standard, output: Transcript(), folder: file.folder)
      for mode in [ParseMode.file, .prompt] {
        let tree = parse(cut, mode: mode)
        let found = session.check(tree, mode: mode == .file ? .file : .prompt)
        for diagnostic in found { _ = render(diagnostic, width: 40) }
        if tree.isIncomplete { #expect(!found.isEmpty || tree.diagnostics.isEmpty) }
      }
    }
  }
}
