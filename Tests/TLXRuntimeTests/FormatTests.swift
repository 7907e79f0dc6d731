import TLXRuntime
import Testing

#if canImport(Glibc)
  import Glibc
#endif

/// `"{x:spec}"` beside Python's `format(x, spec)`; see Scripts/fixtures/format.py.
@Suite struct FormatTests {
  @Test func agreesWithPython() throws {
    var failures: [String] = []
    let lines = try fixture("format.tsv").split(separator: "\n").dropFirst()
    for line in lines {
      let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      guard fields.count == 4, let value = value(fields[0], fields[1]) else {
        failures.append("unreadable: \(line)")
        continue
      }
      let result = (try? Display.format(value, spec: fields[2])) ?? "ERROR"
      if result != fields[3] {
        failures.append("\(fields[1]) as '\(fields[2])': '\(result)', Python '\(fields[3])'")
      }
    }
    #expect(lines.count > 1000)
    #expect(failures.isEmpty, "\(failures.count) differ:\n\(failures.prefix(20).joined(separator: "\n"))")
  }

  private func value(_ kind: String, _ text: String) -> Value? {
    switch kind {
    case "int": Int(text).map { .int($0) }
    case "float": Double(text).map { .float($0) }
    case "string": .string(text)
    default: nil
    }
  }

  @Test(arguments: [
    (Value.float(3), "", "3"), (.float(1e-5), "", "1e-5"), (.bool(true), "", "true"),
    (.bool(true), ">6", "  true"),
    (.list([.int(1)]), ">8", "    (1,)"), (.null, "", "nil"), (.float(0.5), ".0f", "0"),
    (.int(3), ".2f", "3.00"),
    (.float(3), ".4", "3"), (.float(2.5), "{}", "ERROR"), (.float(2.5), "d", "ERROR"),
    (.string("a"), ".2f", "ERROR"),
    (.float(1), "99999999f", "ERROR"),
  ])
  func goesItsOwnWay(_ value: Value, _ spec: String, _ expected: String) {
    #expect(((try? Display.format(value, spec: spec)) ?? "ERROR") == expected)
  }
}

/// A file beside these tests.
func fixture(_ name: String, _ here: String = #filePath) throws -> String {
  let folder = here.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
  let file = try #require(fopen(folder + "/Fixtures/" + name, "r"))
  defer { fclose(file) }
  var bytes: [UInt8] = []
  var buffer = [UInt8](repeating: 0, count: 65536)
  while true {
    let count = fread(&buffer, 1, buffer.count, file)
    if count == 0 { break }
    bytes += buffer.prefix(count)
  }
  return String(decoding: bytes, as: UTF8.self)
}
