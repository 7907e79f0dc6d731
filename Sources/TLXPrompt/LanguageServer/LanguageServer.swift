import TLXBuiltins
import TLXLearning
import TLXNumerics
import TLXRuntime
import TLXSource
import TLXSyntax

/// `tlx lsp`: what editors ask of an open file. Everything is answered from its text; only the `Run cell` lens runs
/// anything.
final class LanguageServer {
  private let connection: LanguageServerConnection
  private var documents: [String: SourceDocument] = [:]
  private var runners: [String: CellRunner] = [:]
  private var isShutDown = false

  init(_ connection: LanguageServerConnection) { self.connection = connection }

  func run() -> ExitStatus {
    Signals.install(leavingOnSecondInterrupt: true)
    Watch.start()
    while true {
      switch connection.read() {
      case .end: return .success
      case .damaged: connection.refuse(.null, -32_700, "the message is no JSON")
      case .json(let message):
        if message["method"]?.string == "exit" { return isShutDown ? .success : .runtimeError }
        handle(message)
      }
    }
  }

  private func handle(_ message: JSONValue) {
    guard let method = message["method"]?.string else { return }
    let parameters = message["params"] ?? .null
    guard let id = message["id"] else { return notified(method, parameters) }
    if isShutDown { return connection.refuse(id, -32_600, "the server is shut down") }
    if method == "workspace/executeCommand" { return execute(id, parameters) }
    guard let result = answer(method, parameters) else {
      return connection.refuse(id, -32_601, "there is no method \(method)")
    }
    connection.answer(id, result)
  }

  // MARK: - Files that are open

  private func notified(_ method: String, _ parameters: JSONValue) {
    switch method {
    case "textDocument/didOpen":
      guard let item = parameters["textDocument"], let uri = item["uri"]?.string else { return }
      update(uri, item["text"]?.string ?? "")
    case "textDocument/didChange":
      guard let uri = parameters["textDocument"]?["uri"]?.string else { return }
      var text = documents[uri]?.source.text ?? ""
      for change in parameters["contentChanges"]?.items ?? [] { text = applied(change, to: text, uri) }
      update(uri, text)
    case "textDocument/didClose":
      guard let uri = parameters["textDocument"]?["uri"]?.string else { return }
      documents[uri] = nil
      runners[uri] = nil
      publish(uri, [])
    case "$/cancelRequest": Interrupt.request()
    default: break
    }
  }

  /// A change has a range, or replaces the whole text.
  private func applied(_ change: JSONValue, to text: String, _ uri: String) -> String {
    let new = change["text"]?.string ?? ""
    guard let range = change["range"] else { return new }
    let document = SourceDocument(uri: uri, text: text)
    let (start, end) = (document.offset(range["start"]), document.offset(range["end"]))
    let bytes = document.source.bytes
    return String(decoding: bytes[..<start] + Array(new.utf8) + bytes[max(start, end)...], as: UTF8.self)
  }

  private func update(_ uri: String, _ text: String) {
    let document = SourceDocument(uri: uri, text: text)
    documents[uri] = document
    let session = Session(builtins: .standard, output: SilentOutput(), folder: document.folder)
    publish(
      uri,
      session.check(document.tree, mode: .file).map { document.json($0) })
  }

  private func publish(_ uri: String, _ diagnostics: [JSONValue]) {
    connection.notify(
      "textDocument/publishDiagnostics", .fields(["uri": .string(uri), "diagnostics": .array(diagnostics)]))
  }

  // MARK: - Questions

  private func answer(_ method: String, _ parameters: JSONValue) -> JSONValue? {
    switch method {
    case "initialize": return capabilities
    case "shutdown":
      isShutDown = true
      return .null
    default: break
    }
    guard let uri = parameters["textDocument"]?["uri"]?.string, let document = documents[uri] else {
      return method.hasPrefix("textDocument/") ? .null : nil
    }
    let place = document.offset(parameters["position"])
    switch method {
    case "textDocument/hover": return document.hover(at: place)
    case "textDocument/completion": return completion(document, at: place)
    case "textDocument/signatureHelp": return document.signatureHelp(at: place)
    case "textDocument/definition": return document.definition(at: place)
    case "textDocument/references": return document.references(at: place)
    case "textDocument/documentSymbol": return document.symbols
    case "textDocument/formatting": return document.formatting
    case "textDocument/codeLens": return document.lenses
    default: return nil
    }
  }

  private func completion(_ document: SourceDocument, at place: Int) -> JSONValue {
    DocumentAssistant(document, place, values: runners[document.uri]?.values ?? [:]).json
  }

  private var capabilities: JSONValue {
    .fields([
      "capabilities": .fields([
        "positionEncoding": "utf-16",
        "textDocumentSync": .fields(["openClose": true, "change": 2]),
        "hoverProvider": true,
        "completionProvider": .fields(["triggerCharacters": [".", "\"", "("]]),
        "signatureHelpProvider": .fields(["triggerCharacters": ["(", ","]]),
        "definitionProvider": true,
        "referencesProvider": true,
        "documentSymbolProvider": true,
        "documentFormattingProvider": true,
        "codeLensProvider": .fields(["resolveProvider": false]),
        "executeCommandProvider": .fields(["commands": .array([.string(CellRunner.command)])]),
      ]),
      "serverInfo": .fields(["name": "tlx", "version": .string(Program.version)]),
    ])
  }

  // MARK: - Running cells

  /// `tlx.runCell` with the file and the number of the cell.
  private func execute(_ id: JSONValue, _ parameters: JSONValue) {
    let arguments = parameters["arguments"]?.items ?? []
    guard parameters["command"]?.string == CellRunner.command, arguments.count == 2,
      let uri = arguments[0].string, let document = documents[uri], let position = arguments[1].int,
      document.tree.cells.indices.contains(position)
    else {
      return connection.refuse(id, -32_602, "\(CellRunner.command) takes an open file and a cell's number")
    }
    let runner = runners[uri] ?? CellRunner(folder: document.folder)
    runners[uri] = runner
    runner.run(document, position) { [connection] result in
      connection.notify("window/logMessage", .fields(["type": 3, "message": result["shown"] ?? ""]))
      connection.answer(id, result)
    }
  }
}
