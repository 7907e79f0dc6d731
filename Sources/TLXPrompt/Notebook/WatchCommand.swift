import ArgumentParser
import Glibc
import TLXNotebook
import TLXRuntime
import TLXSource

struct WatchCommand: ProgramCommand {
  static let configuration = CommandConfiguration(
    commandName: "watch", abstract: "Show a file as a page in the browser that follows every save.")

  @OptionGroup var arguments: RunArguments

  @Option(help: ArgumentHelp("Serve at this port; a free one if left out.", valueName: "port"))
  var port: UInt16 = 0

  @Option(
    help: ArgumentHelp("Serve to other machines as well: 0.0.0.0 is all networks.", valueName: "address"))
  var host = "127.0.0.1"

  @Flag(help: "Open the page in the browser.")
  var open = false

  @Argument(help: "The file.", completion: .file(extensions: ["tlx"]))
  var file: String

  @Argument(parsing: .allUnrecognized, help: "What the file gets as args.")
  var inputs: [String] = []

  func perform() throws -> ExitStatus {
    let options = arguments.options
    options.apply()
    Signals.install(leavingOnSecondInterrupt: true)
    let notebookFile = NotebookFile(path: file)
    _ = try notebookFile.source()
    let notebook = notebookFile.notebook(options, arguments: inputs)
    let channel = EventChannel()
    let requests = LiveRequests()
    let tables = LiveTables()
    let server = try PageServer(
      address: host, port: port, events: channel,
      answers: PageAnswers(
        page: { channel.page.isEmpty ? WatchCommand.opening : channel.page },
        rows: { WatchCommand.rows($0.query, of: tables) },
        receive: { WatchCommand.receive($0, requests) }))
    let lock = try WatchLock(of: notebookFile.path, link: server.link)
    defer { lock.release() }
    requests.start(channel)
    Terminal.write("\(file) is at \(server.link)\n")
    if open, let opener = ["xdg-open", "open"].lazy.compactMap(OtherProgram.path).first {
      let link = server.link
      Workers.detach { _ = OtherProgram.run(opener, [link]) }
    }
    let live = LiveView(notebookFile, notebook, channel, requests, tables, path: "/\(server.token)/")
    return live.run()
  }

  private static func receive(_ request: PageRequest, _ requests: LiveRequests) -> Bool {
    switch request.path {
    case "set":
      guard let name = request.query["name"], let value = request.query["value"] else { return false }
      requests.add(.set(name: name, value: value))
    default:
      guard let number = request.query["cell"].flatMap({ Int($0) }) else { return false }
      requests.add(.run(number))
    }
    return true
  }

  private static func rows(_ query: [String: String], of tables: LiveTables) -> String? {
    guard let name = query["table"], let start = query["start"].flatMap({ Int($0) }) else { return nil }
    let column = query["column"].flatMap { Int($0) }
    return tables.rows(
      of: name, from: start, count: query["count"].flatMap { Int($0) } ?? 25,
      sorting: column.map { ($0, query["rising"] != "false") })
  }

  /// What a browser gets that comes before the first run has shown anything.
  private static let opening = """
    <!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><meta http-equiv="refresh" content="0.3">
    <link rel="icon" href="data:,"><title>TLX</title></head><body>running …</body></html>
    """
}
