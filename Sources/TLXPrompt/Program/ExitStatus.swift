import Glibc
import TLXSource

/// What the process tells its caller.
public enum ExitStatus: Int32, Sendable {
  case success = 0
  case runtimeError = 1
  case usage = 2
  /// The source does not parse or check.
  case invalidSource = 3
  /// An assertion or a test failed.
  case failedTest = 4
  case interrupted = 130
  /// The terminal was closed.
  case hungUp = 129
  /// The process was asked to end.
  case terminated = 143

  /// The status of a process that a signal ended in order.
  static var ofSignal: ExitStatus? {
    switch Signals.ending {
    case 0: nil
    case SIGHUP: .hungUp
    default: .terminated
    }
  }

  /// The status of a run that ended with this error.
  init(_ diagnostic: Diagnostic) {
    switch diagnostic.code {
    case "E0701": self = .interrupted
    case ErrorCatalogue.setting: self = .usage
    case ErrorCatalogue.assertion, ErrorCatalogue.gate: self = .failedTest
    // Characters, statements and names are checked before anything runs.
    case let code where ["E01", "E02", "E03"].contains(code.prefix(3)): self = .invalidSource
    default: self = .runtimeError
    }
  }
}
