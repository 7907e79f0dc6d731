import Foundation
import TLXBuiltins
import TLXSource
import TLXSyntax
import Testing

@testable import TLXRuntime

/// A program under `Tests/Golden` with what it prints: `#=>` comments hold the expected values, and `x.err` beside
/// `x.tlx` the diagnostics that stop it.
struct GoldenFile: CustomTestStringConvertible, Sendable {
  var path: String

  static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Golden").path

  var testDescription: String { path }
  var url: URL { URL(fileURLWithPath: GoldenFile.root).appendingPathComponent(path) }
  var errors: URL { url.deletingPathExtension().appendingPathExtension("err") }
  var folder: String { url.deletingLastPathComponent().path }
  var name: String { url.lastPathComponent }

  /// The lessons of the tutorial, which are golden files where readers find them.
  static let lessons: [GoldenFile] = {
    let folder = URL(fileURLWithPath: root).appendingPathComponent("../../Docs/Tutorial").standardized.path
    return ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
      .filter { $0.hasSuffix(".tlx") }.sorted().map { GoldenFile(path: "../../Docs/Tutorial/" + $0) }
  }()

  /// Files whose name starts with `_` are modules that others use.
  static let all: [GoldenFile] = {
    guard let files = FileManager.default.enumerator(atPath: root) else { return [] }
    return files.compactMap { $0 as? String }
      .filter { $0.hasSuffix(".tlx") && !($0.split(separator: "/").last ?? "").hasPrefix("_") }
      .sorted().map { GoldenFile(path: $0) }
  }()
}

/// Collects what a program shows and prints.
final class Transcript: Output {
  var text = ""
  let width = 100

  func write(_ text: String) { self.text += text }
  func show(_ value: Value, digits: Int?) { text += Display.show(value, width: width, digits: digits) + "\n" }
  func progress(_ line: String?) {}
}

/// What came of running a golden file.
struct Outcome {
  var mismatches: [String] = []
  var diagnostics = ""
  /// References that the machine's slots held when all was over, and those given back twice.
  var leaked = 0
  var overReleased = 0
}

private func run(_ file: GoldenFile) throws -> Outcome {
  let source = SourceText(name: file.name, text: try String(contentsOf: file.url, encoding: .utf8))
  var outcome = Outcome()
  let ledger = SlotLedger()
  // The session ends before the count is read.
  do {
    let session = Session(builtins: .standard, output: Transcript(), folder: file.folder, seed: 1)
    session.ledger = ledger
    do {
      try session.run(source, mode: .file) { statement, value in
        guard let expected = Expectation(allOf: statement.expectations) else { return }
        if !Display.matches(value, expected) {
          outcome.mismatches.append("expected \(expected.text), got \(Display.canonical(value))")
        }
      }
    } catch let errors as Diagnostics {
      outcome.diagnostics = errors.items.map { render($0) + "\n" }.joined()
    } catch {
      outcome.diagnostics = "\(error)"
    }
  }
  outcome.leaked = ledger.held.count
  outcome.overReleased = ledger.overReleases
  return outcome
}

@Suite struct GoldenTests {
  /// `TLX_UPDATE=1` rewrites the `.err` files.
  private static let updates = ProcessInfo.processInfo.environment["TLX_UPDATE"] != nil

  @Test func thereAreLessons() { #expect(GoldenFile.lessons.count >= 4) }

  @Test(arguments: GoldenFile.all + GoldenFile.lessons)
  func golden(_ file: GoldenFile) throws {
    let outcome = try run(file)
    #expect(outcome.mismatches == [], "\(file.path)")
    var expected = (try? String(contentsOf: file.errors, encoding: .utf8)) ?? ""
    if GoldenTests.updates, outcome.diagnostics != expected, !outcome.diagnostics.isEmpty,
      file.path.hasPrefix("Errors")
    {
      try outcome.diagnostics.write(to: file.errors, atomically: true, encoding: .utf8)
      expected = outcome.diagnostics
    }
    #expect(outcome.diagnostics == expected, "\(file.path)")
    #expect(outcome.leaked == 0, "references left behind by \(file.path)")
    #expect(outcome.overReleased == 0, "references given back twice by \(file.path)")
  }
}
