/// The HTML of parts of a live page that stay as they are from one save to the next: prose, code, and the output of cells
/// whose results are known.
public final class PageFragments {
  private var known: [String: String] = [:]
  private var used: Set<String> = []

  public init() {}

  /// The fragment of this name, made if there is none.
  func html(_ name: String, _ make: () -> String) -> String {
    used.insert(name)
    if let html = known[name] { return html }
    let html = make()
    known[name] = html
    return html
  }

  /// Keeps those alone that were asked for since the last call.
  public func forgetUnused() {
    known = known.filter { used.contains($0.key) }
    used = []
  }
}
