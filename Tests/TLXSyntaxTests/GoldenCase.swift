import Foundation

/// One case of a golden file:
/// ```
/// === name [prompt] [width=40]
/// input
/// --- expected
/// output
/// ```
struct GoldenCase: Sendable, CustomStringConvertible {
  var file: String
  var name: String
  var options: Set<String>
  var input: String
  var expected: String

  var description: String { "\(file): \(name)" }

  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()

  static func files(in folder: String, extension ending: String) -> [URL] {
    let all = try? FileManager.default.contentsOfDirectory(
      at: self.folder.appendingPathComponent(folder), includingPropertiesForKeys: nil)
    return (all ?? []).filter { $0.pathExtension == ending }.sorted { $0.path < $1.path }
  }

  /// All cases of the files whose name begins with `prefix`.
  static func all(_ prefix: String) -> [GoldenCase] {
    files(in: "Goldens", extension: "txt").filter { $0.lastPathComponent.hasPrefix(prefix) }.flatMap(read)
  }

  static func read(_ url: URL) -> [GoldenCase] {
    let text = (try? String(contentsOf: url, encoding: .utf8)) ?? ""
    return ("\n" + text).components(separatedBy: "\n=== ").dropFirst().map { chunk in
      let parts = chunk.components(separatedBy: "\n--- expected\n")
      var lines = parts[0].components(separatedBy: "\n")
      let header = lines.removeFirst().split(separator: " ").map(String.init)
      let options = header.filter { $0.hasPrefix("[") }.map { String($0.dropFirst().dropLast()) }
      var expected = parts.count > 1 ? parts[1] : ""
      while expected.hasSuffix("\n") { expected.removeLast() }
      return GoldenCase(
        file: url.lastPathComponent, name: header.filter { !$0.hasPrefix("[") }.joined(separator: " "),
        options: Set(options), input: lines.joined(separator: "\n"), expected: expected)
    }
  }

  /// Rewrites the files with what the cases give now.
  static func update(_ prefix: String, _ produce: (GoldenCase) -> String) throws {
    for url in files(in: "Goldens", extension: "txt") where url.lastPathComponent.hasPrefix(prefix) {
      let chunks = read(url).map { item in
        let options = item.options.sorted().map { " [\($0)]" }.joined()
        return "=== \(item.name)\(options)\n\(item.input)\n--- expected\n\(produce(item))\n"
      }
      try chunks.joined(separator: "\n").write(to: url, atomically: true, encoding: .utf8)
    }
  }
}
