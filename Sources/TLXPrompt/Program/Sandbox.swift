import TLXLearning
import TLXNumerics
import TLXSource

/// `--sandbox`: what a program from a stranger may do.
enum Sandbox {
  /// From now on only the program's folder, the data sets and `allowed` can be read, and nothing can be written.
  static func enter(folder: String, allowing allowed: [String]) {
    FileAccess.confine(toReading: [folder.isEmpty ? "." : folder] + DataSets.folders + allowed)
  }

  /// E0623 for what a sandbox does not do at all.
  static func refuse(_ what: String) throws {
    guard FileAccess.isConfined else { return }
    throw Diagnostic("E0623", "the sandbox does not \(what)", help: "start tlx without --sandbox to do that")
  }
}
