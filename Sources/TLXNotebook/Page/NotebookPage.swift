import TLXLearning
import TLXRuntime
import TLXSource
import TLXSyntax

/// A run as one self-contained page: no network, no script but its own.
public struct NotebookPage {
  /// What the foot of the page tells of the run.
  public struct Manifest: Sendable {
    public var entries: [(name: String, value: String)]
    public var files: [(path: String, checksum: String)]

    public init(entries: [(name: String, value: String)], files: [(path: String, checksum: String)]) {
      self.entries = entries
      self.files = files
    }
  }

  let run: NotebookRun
  let title: String
  let manifest: Manifest
  let markdown: Markdown
  let values = ValueView(width: 100)
  /// What a live page knows besides the run; nil for a page that is a file.
  public var live: Live?
  /// What a live page has drawn before.
  public var fragments: PageFragments?

  public struct Live: Sendable {
    /// The path that the page's requests start with.
    public var path: String
    /// Per cell, what it showed before: it stays, marked as stale, until there is something new.
    public var earlier: [String: String] = [:]
    /// Lines of progress of cells that are running.
    public var progress: [Int: String] = [:]
    public var partial: [Int: String] = [:]
    /// Pictures of what goes on in them.
    public var sketches: [Int: String] = [:]

    public init(path: String) { self.path = path }
  }

  /// - Parameter image: An image that the prose names, as an address inside the page: see `PageImages`.
  public init(_ run: NotebookRun, title: String, manifest: Manifest, image: @escaping (String) -> String?) {
    self.run = run
    self.title = title
    self.manifest = manifest
    markdown = Markdown(image: image)
  }

  private var cells: [(position: Int, cell: Cell)] {
    run.tree.cells.enumerated().filter { !$1.statements.isEmpty || !$1.prose.isEmpty || $1.title != nil }
      .map { (position: $0, cell: $1) }
  }

  /// The title of the page: the first cell's, if it names the file, else the file's name.
  private var heading: String { run.tree.cells.first?.title ?? title }

  public var html: String {
    let script = PageStyle.script + (live.map { LiveScript.text(path: $0.path) } ?? "")
    let connections = live == nil ? "" : " connect-src 'self';"
    let policy =
      "default-src 'none'; img-src data:; style-src 'unsafe-inline';\(connections) script-src 'sha256-\(PageStyle.checksum(of: script))'; base-uri 'none'; form-action 'none'"
    return """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta http-equiv="Content-Security-Policy" content="\(policy)">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="generator" content="TLX">
      <title>\(HTML.escaped(heading))</title>
      <link rel="icon" href="data:,">
      <style>\(PageStyle.style)</style>
      </head>
      <body>
      \(body)
      <script>\(script)</script>
      </body>
      </html>

      """
  }

  /// What changes from run to run.
  var body: String {
    """
    <a class="skip" href="#content">Skip to the content</a>
    <div class="page">
    \(contents)
    <main id="content">
    \(live == nil ? "" : "<p id=\"connection\" role=\"status\" hidden></p>")
    <div id="cells">\(articles.map(\.html).joined(separator: "\n"))</div>
    <div id="foot">\(foot)</div>
    </main>
    </div>
    """
  }

  /// The cells as elements of the page, each with the name of its place.
  public var articles: [(anchor: String, html: String)] {
    cells.map { (anchor($0.position), article($0.cell, $0.position)) }
  }

  /// One of them, as it is now.
  public func article(at position: Int) -> (anchor: String, html: String) {
    (anchor(position), article(run.tree.cells[position], position))
  }

  /// What stands beside the cells: contents and foot.
  public var frame: (contents: String, foot: String) { (contents, foot) }

  private var contents: String {
    let items = cells.filter { $0.cell.title != nil }.map { position, cell in
      let failed =
        run.results[position].diagnostics.isEmpty ? "" : " <span class=\"bad\" title=\"failed\">●</span>"
      return "<li><a href=\"#\(anchor(position))\">\(HTML.escaped(cell.title ?? ""))</a>\(failed)</li>"
    }
    return """
      <nav aria-label="Contents"><details open><summary>Contents</summary><ol>\(items.joined())</ol></details>
      <button type="button" id="theme" aria-label="switch between light and dark">◐ theme</button></nav>
      """
  }

  /// Names a cell's place in the page; numbers keep them apart.
  private func anchor(_ position: Int) -> String {
    let title = HTML.anchor(run.tree.cells[position].title ?? "")
    return title.isEmpty ? "cell-\(position + 1)" : "\(title)-\(position + 1)"
  }

  // MARK: - Cells

  private func article(_ cell: Cell, _ position: Int) -> String {
    let result = run.results[position]
    let level = position == run.tree.cells.startIndex ? 1 : 2
    let heading =
      cell.title.map {
        "<h\(level)>\(HTML.escaped($0)) <a class=\"self\" href=\"#\(anchor(position))\" aria-label=\"link to this cell\">#</a></h\(level)>"
      }
      ?? ""
    let prose = cell.prose.isEmpty ? "" : "<div class=\"prose\">\(prose(cell))</div>"
    return """
      <article id="\(anchor(position))" class="cell\(result.diagnostics.isEmpty ? "" : " failed")" data-cell="\(position)">
      \(heading)\(prose)\(controls(cell))\(code(cell))\(outputs(result))\(badge(result, cell))
      </article>
      """
  }

  private func code(_ cell: Cell) -> String {
    guard !cell.statements.isEmpty, !cell.flags.contains(.hide) else { return "" }
    let text = CellCode.text(of: cell, in: run.tree)
    let isExercise = cell.flags.contains(.exercise)
    let hints =
      isExercise && !cell.hints.isEmpty
      ? "<details class=\"hints\"><summary>Hints</summary><ul>\(cell.hints.map { "<li>\(HTML.escaped($0))</li>" }.joined())</ul></details>"
      : ""
    return hints + """
      <details class="code"\(isExercise ? "" : " open")><summary>\(isExercise ? "Solution" : "Code")</summary>\
      <pre class="tlx" tabindex="0"><code>\(fragment("code \(text)") { CodeText.html(text) })</code></pre></details>
      """
  }

  private func outputs(_ result: CellResult) -> String {
    let isFolded = run.tree.cells[result.position].flags.contains(.exercise)
    var parts = result.outputs.enumerated().map { html(of: $1, at: $0, in: result) }
    parts += result.diagnostics.map { diagnostic in
      """
      <details class="error" open><summary>\(HTML.escaped(diagnostic.code)): \(HTML.escaped(diagnostic.message))</summary>\
      <pre tabindex="0">\(HTML.escaped(render(diagnostic, color: false, width: 96)))</pre></details>
      """
    }
    if case .blocked(let cells) = result.state {
      let names = cells.map { Notebook.label(of: run.tree.cells[$0], at: $0) }.joined(separator: ", ")
      parts.append("<p class=\"stale\">Not run: it needs \(HTML.escaped(names)).</p>")
    }
    if case .waiting = result.state {
      parts.append("<p class=\"stale\">Not run: it waits to be asked for.</p>")
    }
    if case .pending = result.state { parts.append(pending(result.position)) }
    if case .waiting = result.state, live != nil {
      parts.append(
        "<button type=\"button\" class=\"run\" data-run=\"\(result.position)\">Run this cell</button>")
    }
    guard !parts.isEmpty else { return "" }
    let output = "<div class=\"output\">\(parts.joined(separator: "\n"))</div>"
    return isFolded ? "<details class=\"code\"><summary>Result</summary>\(output)</details>" : output
  }

  private func html(of output: CellOutput, at index: Int, in result: CellResult) -> String {
    func drawn() -> String {
      values.html(output, name: live == nil ? nil : LiveTables.name(of: index, in: result))
    }
    guard !result.identity.isEmpty, case .cached = result.state else { return drawn() }
    return fragment("output \(index) \(result.identity)", drawn)
  }

  private func prose(_ cell: Cell) -> String {
    // An image is a file that may change while the prose stays.
    if cell.prose.utf8.contains(UInt8(ascii: "!")) { return markdown.html(cell.prose) }
    return fragment("prose \(cell.prose)") { markdown.html(cell.prose) }
  }

  private func fragment(_ name: String, _ make: () -> String) -> String {
    fragments.map { $0.html(name, make) } ?? make()
  }

  /// A cell whose turn has not come, or that is running: what it showed before stays, marked.
  private func pending(_ position: Int) -> String {
    guard let live else { return "<p class=\"stale\">Not run yet.</p>" }
    let progress = live.progress[position].map { "<p class=\"progress\">\(HTML.escaped($0))</p>" } ?? ""
    let sketch = live.sketches[position].map { "<figure class=\"sketch\">\($0)</figure>" } ?? ""
    if let partial = live.partial[position], !partial.isEmpty { return progress + partial + sketch }
    if !sketch.isEmpty { return progress + sketch }
    let name = Notebook.label(of: run.tree.cells[position], at: position)
    let earlier = live.earlier[name].map {
      "<div class=\"earlier\" title=\"from before the last edit\">\($0)</div>"
    }
    return
      "<p class=\"stale\">\(live.progress[position] == nil ? "waiting for its turn" : "running") …</p>\(progress)\(earlier ?? "")"
  }

  /// The outputs alone, for what a live page keeps of them.
  public func outputHTML(_ outputs: [CellOutput]) -> String {
    outputs.map { values.html($0) }.joined(separator: "\n")
  }

  private func controls(_ cell: Cell) -> String {
    let controls = cell.controls
    guard !controls.isEmpty else { return "" }
    let disabled = live == nil ? " disabled" : ""
    return "<div class=\"controls\">"
      + controls.map { ControlView($0, setting: run.setting(of: $0)).html(disabled) }.joined() + "</div>"
  }

  private func badge(_ result: CellResult, _ cell: Cell) -> String {
    guard !cell.statements.isEmpty else { return "" }
    var text: String
    switch result.state {
    case .ran: text = NotebookPage.duration(result.seconds)
    case .cached(let saved):
      text = saved < 0.05 ? NotebookPage.duration(saved) : "cached, \(NotebookPage.duration(saved)) saved"
    default: return ""
    }
    if let note = result.note, cell.flags.contains(.cache) { text += " — not kept: \(note)" }
    return "<p class=\"badge\">\(HTML.escaped(text))</p>"
  }

  /// `12.4 s`, `35 ms`
  public static func duration(_ seconds: Double) -> String {
    func fixed(_ value: Double, _ scale: Double) -> String {
      let rounded = (value * scale).rounded() / scale
      return rounded == rounded.rounded() ? String(Int(rounded)) : "\(rounded)"
    }
    if seconds < 0.000_95 { return "\(Int((seconds * 1e6).rounded())) µs" }
    if seconds < 0.095 { return "\(fixed(seconds * 1e3, 10)) ms" }
    if seconds < 120 { return "\(fixed(seconds, seconds < 1 ? 100 : 10)) s" }
    return "\(Int(seconds) / 60) min \(Int(seconds) % 60) s"
  }

  private var foot: String {
    let entries = manifest.entries.map {
      "<dt>\(HTML.escaped($0.name))</dt><dd>\(HTML.escaped($0.value))</dd>"
    }
    let files = manifest.files.map {
      "<tr><td>\(HTML.escaped($0.path))</td><td><code>\(HTML.escaped($0.checksum))</code></td></tr>"
    }
    let table =
      files.isEmpty
      ? ""
      : "<table><thead><tr><th scope=\"col\">file</th><th scope=\"col\">SHA-256</th></tr></thead><tbody>\(files.joined())</tbody></table>"
    return """
      <footer><details><summary>How this page was made</summary><dl>\(entries.joined())</dl>\
      <div class="table">\(table)</div></details></footer>
      """
  }
}

/// The code of a cell as the page shows it: without its marker, its prose and the blank lines around.
public enum CellCode {
  public static func text(of cell: Cell, in tree: SyntaxTree) -> String {
    var lines = tree.source.text(in: cell.span).split(separator: "\n", omittingEmptySubsequences: false).map(
      String.init)
    if cell.markerSpan != nil {
      lines.removeFirst(min(1, lines.count))
      while let line = lines.first, line.hasPrefix("#"), !line.hasPrefix("#=>"), !line.hasPrefix("##"),
        !cell.prose.isEmpty
      {
        lines.removeFirst()
      }
    }
    lines.removeAll { line in
      let text = line.drop { $0 == " " }
      return text.hasPrefix("#=>") || text.hasPrefix("#?") || text.hasPrefix("#!")
    }
    func isBlank(_ line: String) -> Bool { line.allSatisfy(\.isWhitespace) }
    while let line = lines.first, isBlank(line) { lines.removeFirst() }
    while let line = lines.last, isBlank(line) { lines.removeLast() }
    return lines.joined(separator: "\n")
  }
}
