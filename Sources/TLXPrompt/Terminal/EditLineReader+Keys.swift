import CLineEdit

extension EditLineReader {
  func bindKeys() {
    addFunctions()
    addRowFunctions()
    let special: [(SpecialKey, String)] = [
      (.accept, "ed-newline"), (.rowUp, "ed-prev-line"), (.rowDown, "ed-next-line"), (.home, "tlx-row-start"),
      (.end, "tlx-row-end"),
      (.delete, "ed-delete-next-char"), (.wordLeft, "ed-prev-word"), (.wordRight, "em-next-word"),
      (.left, "ed-prev-char"), (.right, "ed-next-char"), (.up, "tlx-up"), (.down, "tlx-down"),
      (.newLine, "tlx-new-line"), (.paste, "tlx-paste"),
    ]
    let control = [
      ("^R", "em-inc-search-prev"), ("^_", "vi-undo"), ("^M", "tlx-enter"), ("^J", "tlx-enter"),
      ("^I", "tlx-complete"), ("^P", "tlx-up"), ("^N", "tlx-down"), ("^A", "tlx-row-start"),
      ("^E", "tlx-row-end"),
    ]
    let isVi = tlx_el_is_vi(edit)
    for (key, command) in special.map({ ($0.text, $1) }) + control { tlx_el_bind(edit, key, command, isVi) }
    tlx_el_bind(edit, "}", "tlx-close", 0)
    if isVi != 0 {
      tlx_el_bind_alternative(edit, "k", "tlx-up")
      tlx_el_bind_alternative(edit, "j", "tlx-down")
    }
  }

  private func addFunctions() {
    tlx_el_add_function(edit, "tlx-enter", "Run the input, or open another line") { _, _ in
      EditLineReader.perform { $0.enter() }
    }
    tlx_el_add_function(edit, "tlx-new-line", "Open another line") { _, _ in
      EditLineReader.perform { $0.openLine() }
    }
    tlx_el_add_function(edit, "tlx-up", "The row above, or the input before") { _, _ in
      EditLineReader.perform { $0.moveUp() }
    }
    tlx_el_add_function(edit, "tlx-down", "The row below, or the next input") { _, _ in
      EditLineReader.perform { $0.moveDown() }
    }
    tlx_el_add_function(edit, "tlx-complete", "Complete what is before the cursor") { _, _ in
      EditLineReader.perform { $0.complete() }
    }
    tlx_el_add_function(edit, "tlx-paste", "Insert what the terminal pastes") { _, _ in
      EditLineReader.perform { $0.paste() }
    }
    tlx_el_add_function(edit, "tlx-close", "Insert a brace, aligned with the line that opened it") { _, _ in
      EditLineReader.perform { $0.closeBrace() }
    }
  }

  private func addRowFunctions() {
    tlx_el_add_function(edit, "tlx-row-start", "Go to the start of the row") { _, _ in
      EditLineReader.perform { $0.moveToRowEdge(end: false) }
    }
    tlx_el_add_function(edit, "tlx-row-end", "Go to the end of the row") { _, _ in
      EditLineReader.perform { $0.moveToRowEdge(end: true) }
    }
  }

  private static func perform(_ action: (EditLineReader) -> Int32) -> UInt8 {
    UInt8(truncatingIfNeeded: current.map(action) ?? CC_ERROR)
  }

  private func enter() -> Int32 {
    let (text, _) = buffer
    guard assistant.isComplete(text) else { return openLine() }
    moveToEnd()
    push(.accept)
    return CC_CURSOR
  }

  private func openLine() -> Int32 {
    let (text, cursor) = buffer
    insert("\n" + Indentation.ofNextLine(in: text, at: cursor))
    return CC_REFRESH
  }

  private func moveUp() -> Int32 {
    let (text, cursor) = buffer
    let isOnFirst = !text.utf8.prefix(cursor).contains(UInt8(ascii: "\n"))
    guard isOnFirst else {
      push(.rowUp)
      return CC_NORM
    }
    guard let older = navigation.older(than: text, at: cursor) else { return CC_REFRESH_BEEP }
    replace(with: older)
    return CC_REFRESH
  }

  private func moveDown() -> Int32 {
    let (text, cursor) = buffer
    let isOnLast = !text.utf8.dropFirst(cursor).contains(UInt8(ascii: "\n"))
    guard isOnLast else {
      push(.rowDown)
      return CC_NORM
    }
    guard let newer = navigation.newer(than: text) else { return CC_REFRESH_BEEP }
    replace(with: newer)
    return CC_REFRESH
  }

  private func moveToRowEdge(end: Bool) -> Int32 {
    let (text, cursor) = buffer
    let newline = UInt8(ascii: "\n")
    if end {
      move(over: text.utf8.dropFirst(cursor).prefix { $0 != newline })
    } else {
      move(over: text.utf8.prefix(cursor).reversed().prefix { $0 != newline }.reversed(), backwards: true)
    }
    return CC_CURSOR
  }

  private func paste() -> Int32 {
    insert(pastedText())
    return CC_REFRESH
  }

  private func closeBrace() -> Int32 {
    let (text, cursor) = buffer
    deleteBackwards(Indentation.surplusBeforeClosing(in: text, at: cursor))
    insert("}")
    return CC_REFRESH
  }

  private func complete() -> Int32 {
    let (text, cursor) = buffer
    // At the start of a row Tab indents.
    if let line = text.utf8.prefix(cursor).split(
      separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false
    ).last,
      text.utf8.prefix(cursor).contains(UInt8(ascii: "\n")), line.allSatisfy({ $0 == UInt8(ascii: " ") })
    {
      insert(Indentation.step)
      return CC_REFRESH
    }
    let completion = assistant.completion(of: text, at: cursor)
    if let insertion = completion.insertion(after: text, at: cursor) {
      deleteBackwards(insertion.deleted)
      insert(insertion.text)
      return CC_REFRESH
    }
    guard completion.candidates.count > 1 else { return CC_REFRESH_BEEP }
    let size = Terminal.size()
    printBelow(completion.menu(columns: size.columns, rows: max(size.rows / 2, 4)))
    return CC_REDISPLAY
  }
}
