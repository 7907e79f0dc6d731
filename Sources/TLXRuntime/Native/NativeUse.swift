#if canImport(Glibc)
  import Glibc
#endif

/// Which code is compiled for the processor.
public enum NativeUse: Sendable {
  /// None: the machine's loop runs everything.
  case never
  /// What has run about a thousand times.
  case whenHot
  /// All that runs a second time. For tests: what is compiled must do what the loop does.
  case always

  /// What the environment says: `TLX_NATIVE=0` for never, `TLX_NATIVE=always`.
  static let standard: NativeUse = {
    guard let text = getenv("TLX_NATIVE") else { return .whenHot }
    switch String(cString: text) {
    case "0": return .never
    case "always": return .always
    default: return .whenHot
    }
  }()

  /// Calls and turns of loops between two looks at the interrupt flag, when hot code is found as well.
  var pollInterval: Int { self == .always ? 1 : 1_024 }
}
