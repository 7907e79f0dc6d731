import TLXSource

/// What became of a cell.
public struct CellResult {
  public enum State {
    case ran
    /// Nothing ran: it was known. `saved` is how many seconds that took when it ran.
    case cached(saved: Double)
    case failed([Diagnostic])
    /// A cell that it needs failed, or waits.
    case blocked(by: [Int])
    /// It is flagged `[manual]` and was not asked for.
    case waiting
    /// It was not asked for and not needed.
    case passed
    /// It is running, or its turn has not come.
    case pending
  }

  public var position: Int
  public var state: State
  public var outputs: [CellOutput]
  public var seconds: Double
  /// Why its result cannot be kept.
  public var note: String?
  /// What it read.
  public var files: [FileVersion]
  /// Names its code and all that it depends on; empty where nothing ran.
  public var key: String
  /// The key with what the cell turned out to read: names what it shows. Empty where nothing ran.
  public var identity: String

  init(
    _ position: Int, _ state: State, outputs: [CellOutput] = [], seconds: Double = 0, note: String? = nil,
    files: [FileVersion] = [], key: String = "", identity: String = ""
  ) {
    self.position = position
    self.state = state
    self.outputs = outputs
    self.seconds = seconds
    self.note = note
    self.files = files
    self.key = key
    self.identity = identity
  }

  public var diagnostics: [Diagnostic] { if case .failed(let all) = state { all } else { [] } }

  /// Whether it has a result: it ran, or was known.
  public var isDone: Bool {
    switch state {
    case .ran, .cached: true
    default: false
    }
  }
}
