import Testing

@testable import TLXPrompt

@Test(
  "Two outputs are the same, near or different",
  arguments: [
    ("[1, 2]\n", "[1, 2]\n", "same"),
    ("[0.333333, 2]\n", "[0.333334, 2]\n", "near"),
    ("a  b\n1  2.50001\n", "a        b\n1  2.5000101\n", "near"),
    ("x = -1e-17", "x = 3e-17", "near"),
    ("[0.33, 2]\n", "[0.34, 2]\n", "different"),
    ("[1, 2]\n", "[1, 2, 3]\n", "different"),
    ("true\n", "false\n", "different"),
    ("nan\n", "1\n", "different"),
    ("", "1\n", "different"),
  ])
func likeness(_ before: String, _ after: String, _ expected: String) {
  let name: String
  switch Replay.likeness(before, after) {
  case .same: name = "same"
  case .near: name = "near"
  case .different: name = "different"
  }
  #expect(name == expected)
}

@Test(
  "A path is written as seen from a folder, and read back",
  arguments: [
    ("/a/b/c.tlx", "/a/b", "c.tlx"), ("/a/x/c.tlx", "/a/b", "../x/c.tlx"),
    ("/a/c.tlx", "/a/b/d", "../../c.tlx"),
    ("/usr/data.csv", "/home/me", "/usr/data.csv"),
  ])
func relativePaths(_ path: String, _ folder: String, _ expected: String) {
  #expect(RelativePath.text(to: path, from: folder) == expected)
}
