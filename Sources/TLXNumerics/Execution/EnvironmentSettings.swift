#if canImport(Glibc)
  import Glibc
#endif

/// What the environment says about memory and threads: TLX_MEMORY and TLX_THREADS.
public enum EnvironmentSettings {
  /// Throws E0710 for a setting that cannot be read, where it would otherwise be left out without a word. An empty one is
  /// none.
  public static func check() throws { try check { name in getenv(name).map { String(cString: $0) } } }

  static func check(_ value: (String) -> String?) throws {
    if let text = value("TLX_MEMORY"), !text.isEmpty, MemoryLimit.parse(text) == nil {
      throw unreadable("TLX_MEMORY", text, help: "it is an amount of memory: 500M, 4G, or bytes")
    }
    if let text = value("TLX_THREADS"), !text.isEmpty, Parallel.parse(text) == nil {
      throw unreadable("TLX_THREADS", text, help: "it is a number of threads: 1, 2, 3, …")
    }
  }

  private static func unreadable(_ name: String, _ text: String, help: String) -> NumericsError {
    NumericsError("E0710", "\(name)=\(text) cannot be read", help: help)
  }
}
