import Foundation
import TLXNumerics
import Testing

@testable import TLXLearning

@Test(
  "Checksums are those of FIPS 180-4",
  arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
    (
      String(repeating: "a", count: 1_000_000),
      "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
    ),
  ])
func checksums(_ text: String, _ expected: String) {
  #expect(SHA256.text(of: Array(text.utf8)) == expected)
  // In uneven pieces.
  var sum = SHA256()
  var rest = Array(text.utf8)[...]
  var size = 1
  while !rest.isEmpty {
    sum.add(rest.prefix(size))
    rest = rest.dropFirst(size)
    size = size * 3 % 201 + 1
  }
  #expect(sum.text() == expected)
}

@Test("A JSON text on several lines reads back as the same value")
func jsonLines() {
  let value = JSONValue.fields([
    "short": [1, 2, 3], "long": .array((0..<60).map { .int($0) }), "text": "a\"\n", "none": .null,
    "flag": true,
  ])
  #expect(JSONValue(parsing: value.lines(width: 40).utf8) == value)
  #expect(JSONValue(parsing: "{".utf8) == nil && JSONValue(parsing: "1 2".utf8) == nil)
  #expect(value["flag"]?.bool == true && value["short"]?.items.count == 3 && value["text"]?.int == nil)
}
