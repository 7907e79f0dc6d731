import TLXSyntax

/// What a line reader got.
enum LineInput: Equatable {
  case text(String)
  /// Ctrl-C: what was typed is dropped.
  case interrupted
  case end
}

/// Reads one input of the prompt, which may have several lines.
protocol LineReader: AnyObject {
  func read(prompt: String) -> LineInput
  /// Makes an input available to Up and to searching.
  func remember(_ text: String)
  /// Gives the terminal back, before other programs run in it or this one ends.
  func release()
}

/// What an editor asks about the text being typed. Offsets are in UTF-8 bytes.
protocol LineAssistant: AnyObject {
  /// Whether Enter runs the text instead of opening another line.
  func isComplete(_ text: String) -> Bool
  func completion(of text: String, at cursor: Int) -> Completion
  /// What could follow at the end of the text, for the dim hint.
  func hint(for text: String) -> String?
  /// What has a colour in each line of the text; nothing where the text is none of the language.
  func colors(of text: String) -> [[ColoredRange]]
}
