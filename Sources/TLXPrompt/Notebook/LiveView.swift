import Glibc
import Synchronization
import TLXNotebook
import TLXNumerics
import TLXRuntime
import TLXSource
import TLXSyntax

/// A file that is looked at while it is edited: runs what an edit concerns and gives the page to the server.
final class LiveView {
  private let file: NotebookFile
  private let notebook: Notebook
  private let channel: EventChannel
  private let requests: LiveRequests
  private let tables: LiveTables
  private let fragments = PageFragments()
  private let path: String
  private var earlier: [String: String] = [:]
  /// What each of them shows, by its result's identity.
  private var earlierIdentities: [String: String] = [:]
  private var progress: [Int: String] = [:]
  private var partial: [Int: String] = [:]
  private var sketches: [Int: String] = [:]
  /// Manual cells that were asked for.
  private var asked: Set<String> = []
  private var started = 0.0
  private var source = SourceText(name: "", text: "")

  init(
    _ file: NotebookFile, _ notebook: Notebook, _ channel: EventChannel, _ requests: LiveRequests,
    _ tables: LiveTables, path: String
  ) {
    self.file = file
    self.notebook = notebook
    self.channel = channel
    self.requests = requests
    self.tables = tables
    self.path = path
  }

  /// Until Ctrl-C.
  func run() -> ExitStatus {
    var state: FileStamp?
    while true {
      let now = FileStamp(of: file.path)
      let wanted = requests.take()
      if now == state, wanted.isEmpty {
        if Signals.isInterrupted { return .success }
        requests.wait(milliseconds: 15)
        continue
      }
      if now != state, now == nil {
        channel.update { $0.problem = "The file \(self.file.path) is gone; it is looked for." }
        state = nil
        requests.wait(milliseconds: 50)
        continue
      }
      state = now
      for request in wanted { take(request) }
      refresh()
      if Signals.isInterrupted { return .success }
    }
  }

  private func take(_ request: LiveRequests.Request) {
    switch request {
    case .set(let name, let text):
      for control in parse(source).cells.flatMap(\.controls) where control.name == name {
        if let setting = control.setting(text) { notebook.options.settings[name] = setting }
      }
    case .run(let position):
      let tree = parse(source)
      if tree.cells.indices.contains(position) {
        asked.insert(Notebook.label(of: tree.cells[position], at: position))
      }
    }
  }

  /// Reads the file and runs what changed.
  private func refresh() {
    started = ConsoleOutput.seconds()
    (progress, partial, sketches) = ([:], [:], [:])
    do {
      source = try file.source()
      let tree = parse(source)
      requests.watch(file.path, source.text)
      notebook.options.wanted = wanted(in: tree)
      follow(tree)
      channel.begin()
      defer { requests.running(nil, in: tree) }
      let run = try notebook.run(source)
      publish(run)
      remember(run)
      fragments.forgetUnused()
    } catch {
      let text = Failures.diagnostics(error).map { render($0, color: false, width: 96) }.joined(
        separator: "\n")
      channel.update { $0.problem = text }
    }
  }

  /// All cells but the manual ones that nobody asked for.
  private func wanted(in tree: SyntaxTree) -> Set<Int>? {
    let manual = Set(tree.cells.indices.filter { tree.cells[$0].flags.contains(.manual) })
    let wanted = manual.filter { asked.contains(Notebook.label(of: tree.cells[$0], at: $0)) }
    return wanted.isEmpty ? nil : Set(tree.cells.indices).subtracting(manual.subtracting(wanted))
  }

  /// Shows cells as they begin, get on and end.
  private func follow(_ tree: SyntaxTree) {
    var page: NotebookPage?
    var places: [Int: Int] = [:]
    var articles: [(anchor: String, html: String)] = []
    var lastOutput = 0.0
    var lastSketch = 0.0
    notebook.onPrepared = { [self] run in
      let fresh = self.page(run)
      page = fresh
      articles = fresh.articles
      // Who comes during the first run sees it run.
      if channel.page.isEmpty { publish(fresh) }
      for position in tree.cells.indices {
        let anchor = fresh.article(at: position).anchor
        places[position] = articles.firstIndex { $0.anchor == anchor }
      }
    }
    func show(_ position: Int) {
      guard var now = page, let place = places[position] else { return }
      now.live?.progress = progress
      now.live?.partial = partial
      now.live?.sketches = sketches
      articles[place] = now.article(at: position)
      channel.stage(articles)
    }
    notebook.mayGoOn = { [requests] in !requests.isStale }
    notebook.onStart = { [self] position in
      requests.running(position, in: tree)
      progress[position] = ""
      show(position)
    }
    notebook.onProgress = { [self] position, line in
      guard let line, ConsoleOutput.seconds() - lastOutput > 0.1 else { return }
      lastOutput = ConsoleOutput.seconds()
      progress[position] = line
      show(position)
    }
    notebook.onOutput = { [self] position, outputs in
      guard let page, ConsoleOutput.seconds() - lastOutput > 0.1 else { return }
      lastOutput = ConsoleOutput.seconds()
      partial[position] = page.outputHTML(outputs)
      show(position)
    }
    notebook.onSketch = { [self] position, draw in
      guard let draw else {
        sketches[position] = nil
        return
      }
      guard ConsoleOutput.seconds() - lastSketch > 0.25, let picture = try? draw() else { return }
      lastSketch = ConsoleOutput.seconds()
      sketches[position] = picture.svg
      show(position)
    }
    notebook.onFinish = { [self] result in
      tables.add(result)
      (progress[result.position], partial[result.position], sketches[result.position]) = (nil, nil, nil)
      show(result.position)
    }
  }

  private func remember(_ run: NotebookRun) {
    let page = page(run)
    for result in run.results where result.isDone {
      let name = Notebook.label(of: run.tree.cells[result.position], at: result.position)
      if case .cached = result.state, earlierIdentities[name] == result.identity { continue }
      earlier[name] = page.outputHTML(result.outputs)
      earlierIdentities[name] = result.identity
    }
  }

  private func page(_ run: NotebookRun) -> NotebookPage {
    let manifest = PageManifest.of(run, source, file: file.path, seconds: ConsoleOutput.seconds() - started)
    var page = NotebookPage(
      run, title: TextFile.split(file.path).name, manifest: manifest,
      image: PageImages(folder: file.folder).address)
    var live = NotebookPage.Live(path: path)
    (live.earlier, live.progress, live.partial, live.sketches) = (earlier, progress, partial, sketches)
    page.live = live
    page.fragments = fragments
    return page
  }

  private func publish(_ run: NotebookRun) {
    tables.keep(run)
    publish(page(run))
  }

  private func publish(_ page: NotebookPage) {
    let (articles, frame, html) = (page.articles, page.frame, page.html)
    channel.update { state in
      (state.cells, state.contents, state.foot, state.page, state.problem) = (
        articles, frame.contents, frame.foot, html, ""
      )
    }
  }
}

/// What tells one version of a file from another.
struct FileStamp: Equatable {
  private let size: Int
  private let seconds: Int
  private let nanoseconds: Int
  private let number: UInt

  /// Nil if there is no such file.
  init?(of path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    size = Int(status.st_size)
    seconds = Int(status.st_mtim.tv_sec)
    nanoseconds = Int(status.st_mtim.tv_nsec)
    number = UInt(status.st_ino)
  }
}

/// What the browser asks for, and whether what runs is still wanted. A thread of its own looks at the file meanwhile.
final class LiveRequests: Sendable {
  enum Request: Sendable {
    case set(name: String, value: String)
    case run(Int)
  }

  private struct State: Sendable {
    var pending: [Request] = []
    var path = ""
    var stamp: FileStamp?
    var text = ""
    /// The code of the running cell and of the file as it started.
    var runningCode: String?
    var isStale = false
  }

  private let state = Mutex(State())

  func add(_ request: Request) {
    state.withLock {
      $0.pending.append(request)
      $0.isStale = true
    }
  }

  func take() -> [Request] {
    state.withLock { state in
      defer { (state.pending, state.isStale) = ([], false) }
      return state.pending
    }
  }

  var isStale: Bool { state.withLock { $0.isStale } }

  func wait(milliseconds: UInt32) { usleep(milliseconds * 1_000) }

  func watch(_ path: String, _ text: String) {
    let stamp = FileStamp(of: path)
    state.withLock { ($0.path, $0.stamp, $0.text, $0.isStale) = (path, stamp, text, !$0.pending.isEmpty) }
  }

  func running(_ position: Int?, in tree: SyntaxTree) {
    let code = position.map { tree.cells[$0].code(in: tree) }
    state.withLock { $0.runningCode = code }
  }

  /// Looks at the file every few milliseconds. A cell that was edited away is stopped; one that is still there may end.
  func start(_ channel: EventChannel) {
    Workers.detach { [self] in
      while true {
        usleep(20_000)
        channel.flush()
        let (path, stamp, code) = state.withLock { ($0.path, $0.stamp, $0.runningCode) }
        guard let code, FileStamp(of: path) != stamp, let text = try? TextFile.read(path) else { continue }
        let tree = parse(SourceText(name: path, text: text))
        let isThere = tree.cells.contains { $0.code(in: tree) == code }
        let isStopped = state.withLock { state -> Bool in
          state.isStale = true
          return state.runningCode == code && !isThere
        }
        if isStopped { Interrupt.request() }
      }
    }
  }
}
