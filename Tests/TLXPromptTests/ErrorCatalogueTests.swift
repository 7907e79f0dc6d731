import Foundation
import TLXBuiltins
import TLXRuntime
import TLXSource
import TLXSyntax
import Testing

@testable import TLXPrompt

private let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent()

/// The codes that the sources use outside of the catalogue.
private func usedCodes() throws -> Set<String> {
  var codes: Set<String> = []
  let files = FileManager.default.enumerator(
    at: root.appending(path: "Sources"), includingPropertiesForKeys: nil)
  while let file = files?.nextObject() as? URL {
    guard file.pathExtension == "swift", !file.path.contains("/Catalogue/ErrorCatalogue+") else { continue }
    let text = try String(contentsOf: file, encoding: .utf8)
    for match in text.matches(of: /"(E0[1-7][0-9][0-9])"/) { codes.insert(String(match.output.1)) }
  }
  return codes
}

@Test("Every code that is used is explained, and the other way round")
func everyCodeIsExplained() throws {
  let explained = Set(ErrorCatalogue.pages.map(\.code))
  let used = try usedCodes()
  #expect(used.subtracting(explained).sorted() == [])
  #expect(explained.subtracting(used).sorted() == [])
  #expect(explained.count == ErrorCatalogue.pages.count)
}

/// Codes whose message no program alone shows: they need the command line, another machine or more time than there is.
/// Their messages are looked at by other tests, where they can be had at all.
private let shownElsewhere: Set<String> = [
  "E0200", "E0213", "E0305", "E0306", "E0313", "E0320", "E0321", "E0322", "E0409", "E0503", "E0600", "E0609",
  "E0611", "E0616", "E0617", "E0621", "E0622", "E0623", "E0624", "E0625", "E0626", "E0701", "E0704", "E0706",
  "E0709",
  "E0710",
]

@Test("Every code that a program can raise is in the corpus of wrong programs")
func everyCodeIsInTheCorpus() throws {
  var seen: Set<String> = []
  for folder in ["Tests/Golden/Errors", "Tests/Golden/Slips", "Tests/TLXSyntaxTests/Goldens"] {
    let files = FileManager.default.enumerator(
      at: root.appending(path: folder), includingPropertiesForKeys: nil)
    while let file = files?.nextObject() as? URL {
      // The corpus has files that are no text, too.
      guard ["err", "txt"].contains(file.pathExtension),
        let text = try? String(contentsOf: file, encoding: .utf8)
      else { continue }
      for match in text.matches(of: /\[(E0[1-7][0-9][0-9])\]/) { seen.insert(String(match.output.1)) }
    }
  }
  let codes = Set(ErrorCatalogue.pages.map(\.code))
  #expect(codes.subtracting(seen).subtracting(shownElsewhere).sorted() == [])
}

/// Files that the examples name: what each should be is in the name.
private func damagedFiles() throws -> URL {
  let folder = FileManager.default.temporaryDirectory.appending(path: "tlx-catalogue-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  let files: [String: [UInt8]] = [
    "ragged.csv": Array("a,b\n1,2\n3\n".utf8),
    "broken.jsonl": Array("{\"a\": 1}\n{\"a\": \n".utf8),
    "cut.npy": Array("\u{93}NUMPY".unicodeScalars.map { UInt8($0.value) }),
    "cut.npz": Array("PK\u{3}\u{4}".utf8),
    "cut.safetensors": [255, 0, 0, 0, 0, 0, 0, 0, 123],
    "cut.csv.gz": [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 1, 2],
    "model.bin": [1, 2, 3],
    "self.tlx": Array("use \"self.tlx\"".utf8),
  ]
  for (name, bytes) in files { try Data(bytes).write(to: folder.appending(path: name)) }
  return folder
}

@Test("The example of each error raises it", arguments: ErrorCatalogue.pages.filter { !$0.example.isEmpty })
func exampleRaisesItsError(page: ErrorPage) throws {
  // They need another machine, or more time than there is; E0213, E0305 and E0306 are warnings, which stop nothing.
  guard !["E0704", "E0609", "E0611", "E0701", "E0213", "E0305", "E0306"].contains(page.code) else { return }
  let folder = try damagedFiles()
  defer { try? FileManager.default.removeItem(at: folder) }
  let session = Session(builtins: .standard, output: CapturedOutput(), folder: folder.path)
  do {
    // Only at the prompt may a line go on from `ans`.
    let mode: Session.Mode = page.code == "E0313" ? .prompt : .file
    try session.run(SourceText(name: "example", text: page.example), mode: mode)
    Issue.record("\(page.code): nothing went wrong in \(page.example)")
  } catch {
    let diagnostics = Failures.diagnostics(error)
    #expect(
      diagnostics.contains { $0.code == page.code },
      "\(page.code): \(page.example) gave \(diagnostics.map { "\($0.code) \($0.message)" })")
  }
}

@Test("Codes are in order and have a title without a full stop")
func catalogueIsTidy() {
  let codes = ErrorCatalogue.pages.map(\.code)
  #expect(codes == codes.sorted())
  #expect(ErrorCatalogue.pages.allSatisfy { !$0.title.hasSuffix(".") && $0.explanation.hasSuffix(".") })
}
