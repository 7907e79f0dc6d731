import Foundation
import TLXLearning
import TLXNumerics
import Testing

/// A temporary folder of one test, and the fixtures.
final class DataFolder {
  let path: String

  static let fixtures = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "DataFixtures").path()

  init() throws {
    let url = FileManager.default.temporaryDirectory.appending(path: "tlx-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    path = url.path()
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func file(_ name: String) -> FileName { FileName(name, in: path) }

  func write(_ name: String, _ bytes: some Sequence<UInt8>) throws -> FileName {
    // The mutation tests write thousands of files, for which Foundation is slow.
    let file = file(name)
    let stream = try #require(fopen(file.path, "w"))
    let all = Array(bytes)
    #expect(fwrite(all, 1, all.count, stream) == all.count)
    fclose(stream)
    return file
  }

  func write(_ name: String, _ text: String) throws -> FileName { try write(name, text.utf8) }

  func bytes(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(filePath: file(name).path)))
  }

  static func fixture(_ name: String) -> FileName { FileName(name, in: fixtures) }

  static func fixtureBytes(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(filePath: fixture(name).path)))
  }

  var names: [String] { (try? FileManager.default.contentsOfDirectory(atPath: path).sorted()) ?? [] }
}

extension StoredArray {
  var tensor: Tensor? { if case .tensor(let tensor) = self { tensor } else { nil } }
}

/// What reading gives, as text: the result's, or the error's code and message.
func outcome(_ body: () throws -> some Any) -> String {
  do {
    return "\(try body())"
  } catch let error as NumericsError {
    return "\(error.code) \(error.message)"
  } catch {
    return "another error: \(error)"
  }
}
