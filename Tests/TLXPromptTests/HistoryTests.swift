import Foundation
import Testing

@testable import TLXPrompt

private func withFile(_ body: (String) throws -> Void) rethrows {
  let folder = FileManager.default.temporaryDirectory.appending(path: "tlx-history-\(UUID().uuidString)")
  defer { try? FileManager.default.removeItem(at: folder) }
  try body(folder.path + "/state/tlx/history.jsonl")
}

@Test("What was begun is there with its success")
func history() {
  withFile { path in
    let first = History(path: path)
    let second = History(path: path)
    let one = first.begin("let x = \"a\\n\"\nx # ü", folder: "/a b")
    let two = second.begin("bad", folder: "/")
    second.finish(two, ok: false)
    first.finish(one, ok: true)
    _ = first.begin("killed", folder: "/")
    let entries = History(path: path).entries()
    #expect(entries.map(\.text) == ["let x = \"a\\n\"\nx # ü", "bad", "killed"])
    #expect(entries.map(\.ok) == [true, false, nil])
    #expect(entries.first?.folder == "/a b")
  }
}

@Test("Lines that were cut off or are another program's are passed over")
func damagedHistory() {
  withFile { path in
    let history = History(path: path)
    _ = history.begin("1", folder: "/")
    let descriptor = open(path, O_WRONLY | O_APPEND)
    _ = write(descriptor, "{\"id\":\"x\",\"te", 13)
    close(descriptor)
    _ = history.begin("2", folder: "/")
    #expect(history.entries().map(\.text) == ["1", "2"])
  }
}

@Test("Without a place to write there is no history and no harm")
func nowhere() {
  for path in [nil, "/proc/nowhere/history.jsonl"] {
    let history = History(path: path)
    history.finish(history.begin("1", folder: "/"), ok: true)
    #expect(history.entries().isEmpty)
  }
}
