/// What Up and Down put in place of the text: older and newer inputs that begin with what had been typed before the
/// cursor, and the typed text again behind the newest.
struct HistoryNavigation {
  /// Oldest first, none twice in a row.
  private var texts: [String] = []
  /// The input that is shown; `texts.count` is the text being typed.
  private var position = 0
  /// What was being typed, and what an input must begin with.
  private var draft = ""
  private var beginning = ""

  mutating func remember(_ text: String) {
    if texts.last != text { texts.append(text) }
    position = texts.count
  }

  /// A new input begins.
  mutating func begin() { position = texts.count }

  /// The next older input; nil if there is none. `cursor` is in UTF-8 bytes.
  mutating func older(than text: String, at cursor: Int) -> String? {
    if position == texts.count {
      draft = text
      beginning = String(decoding: text.utf8.prefix(cursor), as: UTF8.self)
    }
    guard let found = texts[..<position].lastIndex(where: { fits($0) && $0 != text }) else { return nil }
    position = found
    return texts[found]
  }

  /// The next newer input, or the text that was being typed; nil if that is shown already.
  mutating func newer(than text: String) -> String? {
    guard position < texts.count else { return nil }
    guard let found = texts[(position + 1)...].firstIndex(where: { fits($0) && $0 != text }) else {
      position = texts.count
      return draft
    }
    position = found
    return texts[found]
  }

  private func fits(_ text: String) -> Bool { text.hasPrefix(beginning) }
}
