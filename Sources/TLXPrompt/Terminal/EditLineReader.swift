import CLineEdit
import Glibc
import TLXRuntime

/// The libedit prompt: the user's own key bindings, real multi-line editing, paste at once, completion, colours and a
/// dim hint. One exists at a time, on the main thread.
///
/// libedit knows none of that by itself. Its key functions may only change the buffer and push keys, so keys like
/// Enter decide and then push a key that is bound to the built-in command. Colours and the hint are
/// painted over what libedit has drawn while it waits for a key (`paint`), so that it never knows of them.
final class EditLineReader: LineReader {
  // C callbacks cannot capture: this is how they find the reader.
  nonisolated(unsafe) private(set) static var current: EditLineReader?

  let edit: OpaquePointer
  let assistant: any LineAssistant
  private let history: OpaquePointer
  private let keys = KeyInput()
  /// The list of `history` is libedit's own, for Ctrl-R.
  var navigation = HistoryNavigation()
  private let hasColor: Bool
  private var promptText: UnsafeMutablePointer<CChar>?
  private var promptWidth = 0
  private var isHintShown = false
  private var isPainted = false
  private var painted = PaintedText()
  /// What `paint` drew last, row by row, and where the cursor was; empty where the editor may have drawn over it.
  private var paintedRows: [String] = []
  private var paintedCursor = 0
  private var wasInterrupted = false

  /// Nil where the terminal cannot be used.
  init?(assistant: any LineAssistant, hasColor: Bool) {
    guard let edit = tlx_el_open("tlx"), let history = history_init() else { return nil }
    self.edit = edit
    self.history = history
    self.assistant = assistant
    self.hasColor = hasColor
    tlx_history_set_size(history, 10_000)
    Signals.openPipe()
    EditLineReader.current = self
    configure()
  }

  deinit {
    Terminal.setEcho(true)
    el_end(edit)
    history_end(history)
    free(promptText)
  }

  private func configure() {
    // The order matters: choosing an editor rebuilds the key map, and so may the user's file.
    tlx_el_set_editor(edit, "emacs")
    tlx_el_set_history(edit, history)
    el_source(edit, nil)
    tlx_el_set_prompt(edit) { _ in EditLineReader.current?.promptText }
    tlx_el_set_reader(edit) { _, character in EditLineReader.current?.readKey(into: character) ?? 0 }
    bindKeys()
  }

  func remember(_ text: String) {
    tlx_history_enter(history, text)
    navigation.remember(text)
  }

  func release() { Terminal.setEcho(true) }

  func read(prompt: String) -> LineInput {
    setPrompt(prompt)
    paintedRows = []
    wasInterrupted = false
    navigation.begin()
    Signals.watchScreen()
    Terminal.setEcho(true)
    Terminal.write(Escape.pasteOn)
    defer {
      Terminal.setEcho(false)
      Terminal.write(Escape.pasteOff)
      Signals.ignoreScreen()
    }
    var count: Int32 = 0
    guard let line = el_gets(edit, &count), count > 0 else {
      el_reset(edit)
      Terminal.write("\n")
      return wasInterrupted ? .interrupted : .end
    }
    // The buffer may lack its terminator: the count is what holds.
    let bytes = UnsafeRawBufferPointer(start: line, count: Int(count))
    var text = String(decoding: bytes, as: UTF8.self)
    if text.hasSuffix("\n") { text.removeLast() }
    return .text(text)
  }

  private func setPrompt(_ prompt: String) {
    promptWidth = TextWidth.columns(prompt)
    let styled = hasColor ? "\u{1}\(Escape.bold)\u{1}\(prompt)\u{1}\(Escape.reset)\u{1} " : prompt + " "
    promptWidth += 1
    free(promptText)
    promptText = strdup(styled)
  }

  // MARK: - The buffer

  /// What is being edited, with the cursor's byte offset.
  var buffer: (text: String, cursor: Int) {
    // The wide characters as they are: `el_line` would convert them one by one, at every key.
    guard let info = el_wline(edit)?.pointee, let start = info.buffer else { return ("", 0) }
    let count = max(info.lastchar - start, 0)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count + 16)
    var cursor = 0
    for index in 0..<count {
      if start + index == info.cursor { cursor = bytes.count }
      let character = UInt32(bitPattern: start[index])
      if character < 0x80 {
        bytes.append(UInt8(character))
      } else {
        bytes.append(contentsOf: UTF8.encode(Unicode.Scalar(character) ?? "\u{fffd}")?.map { $0 } ?? [])
      }
    }
    if start + count == info.cursor { cursor = bytes.count }
    return (String(decoding: bytes, as: UTF8.self), cursor)
  }

  func insert(_ text: String) { el_insertstr(edit, text) }

  /// Takes back `count` characters before the cursor.
  func deleteBackwards(_ count: Int) { el_deletestr(edit, Int32(count)) }

  /// Puts another text in place of what is being edited.
  func replace(with text: String) {
    moveToEnd()
    deleteBackwards(buffer.text.unicodeScalars.count)
    insert(text)
    // In vi's command mode nothing stands behind the last character.
    if tlx_el_is_vi(edit) != 0 { move(over: text.utf8, backwards: true) }
  }

  func moveToEnd() {
    let (text, cursor) = buffer
    move(over: text.utf8.dropFirst(cursor))
  }

  /// Moves the cursor by as many characters as these bytes make.
  func move(over bytes: some Sequence<UInt8>, backwards: Bool = false) {
    let count = String(decoding: Array(bytes), as: UTF8.self).unicodeScalars.count
    el_cursor(edit, Int32(backwards ? -count : count))
  }

  func push(_ key: SpecialKey) { el_push(edit, key.text) }

  func pastedText() -> String {
    Paste.cleaned(keys.text(until: Array("\u{1b}[201~".utf8)))
  }

  // MARK: - Keys and the screen

  /// What libedit calls for each character.
  private func readKey(into character: UnsafeMutablePointer<wchar_t>?) -> Int32 {
    if !keys.hasPending { paint() }
    while true {
      switch keys.next() {
      case .character(let scalar):
        clearHint()
        // What is no plain typing may draw everything anew, like Ctrl-L.
        if scalar.value < 0x20 { paintedRows = [] }
        character?.pointee = wchar_t(scalar.value)
        return 1
      case .signal(.interrupt):
        clearHint()
        leaveText()
        wasInterrupted = true
        errno = EINTR
        return -1
      case .signal(.resized):
        redrawResized()
      case .signal(.stop):
        stop()
      case .signal(.end):
        clearHint()
        leaveText()
        return 0
      case .end:
        clearHint()
        return 0
      }
    }
  }

  private func layout() -> (layout: ScreenLayout, cursor: ScreenLayout.Place, text: String)? {
    let (text, cursor) = buffer
    let size = Terminal.size()
    guard let layout = ScreenLayout(text, promptWidth: promptWidth, columns: size.columns),
      layout.rowCount < size.rows
    else { return nil }
    return (layout, layout.place(ofByte: cursor), text)
  }

  private func paint() {
    let (text, cursorOffset) = buffer
    let size = Terminal.size()
    let isSearching = isSearching(text)
    let colors = hasColor && !isSearching ? assistant.colors(of: text) : []
    guard painted.update(text, colors, promptWidth: promptWidth, columns: size.columns),
      painted.rowCount < size.rows
    else { return }
    let cursor = painted.place(ofByte: cursorOffset)
    var hint: String?
    if hasColor, !isSearching, cursorOffset == text.utf8.count { hint = assistant.hint(for: text) }
    // A text that was coloured is painted once more without, when it no longer is.
    guard painted.hasColors || hint != nil || isPainted else { return }
    let rows = painted.rows
    Terminal.write(painted.painting(rows, only: changedRows(rows, cursor), hint: hint, cursor: cursor))
    paintedRows = rows
    paintedCursor = cursor.row
    isPainted = painted.hasColors
    isHintShown = hint != nil
  }

  /// Whether libedit searches the history: it then puts a last row behind the text, `bck:` and what is searched for.
  private func isSearching(_ text: String) -> Bool {
    let newline = UInt8(ascii: "\n")
    guard let start = text.utf8.lastIndex(of: newline) else { return false }
    let row = text.utf8[start...].dropFirst()
    return row.starts(with: "bck:".utf8) || row.starts(with: "fwd:".utf8)
  }

  /// The rows that differ from what was painted, and those that the editor has touched; nil for all.
  private func changedRows(_ rows: [String], _ cursor: ScreenLayout.Place) -> Set<Int>? {
    guard rows.count == paintedRows.count, rows.count > 2 else { return nil }
    var changed = Set(rows.indices.filter { rows[$0] != paintedRows[$0] })
    changed.formUnion([cursor.row, paintedCursor])
    return changed
  }

  private func clearHint() {
    guard isHintShown else { return }
    isHintShown = false
    Terminal.write("\u{1b}[K")
  }

  /// Puts the cursor on the last row of the text, so that what follows is written below it.
  func leaveText() {
    guard let (layout, cursor, _) = layout() else { return }
    Terminal.write(String(repeating: "\n", count: layout.end.row - cursor.row))
  }

  /// Writes lines below the text; libedit then draws prompt and text again underneath (`CC_REDISPLAY`).
  func printBelow(_ text: String) {
    clearHint()
    paintedRows = []
    guard let (layout, cursor, _) = layout() else { return }
    let down = layout.end.row - cursor.row + 1
    // libedit will go up as many rows as it believes to be below the prompt's first.
    Terminal.write(
      String(repeating: "\n", count: down) + "\r" + text + String(repeating: "\n", count: cursor.row))
  }

  /// Terminals wrap their text anew when they change: the prompt's first row is found by the new width.
  private func redrawResized() {
    if let (_, cursor, _) = layout() {
      Terminal.write((cursor.row > 0 ? "\u{1b}[\(cursor.row)A" : "") + "\r\u{1b}[J")
    }
    isHintShown = false
    paintedRows = []
    el_resize(edit)
    tlx_el_refresh(edit)
    fflush(nil)
    paint()
  }

  /// Ctrl-Z: gives the terminal back in order, and takes it again when the shell says so.
  private func stop() {
    clearHint()
    paintedRows = []
    leaveText()
    Terminal.write(Escape.pasteOff + "\n")
    tlx_el_prepare_terminal(edit, 0)
    Signals.ignoreScreen()
    raise(SIGTSTP)
    Signals.watchScreen()
    tlx_el_prepare_terminal(edit, 1)
    Terminal.write(Escape.pasteOn)
    el_resize(edit)
    tlx_el_refresh(edit)
    fflush(nil)
    paint()
  }
}
