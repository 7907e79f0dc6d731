/// The turns of a log, column by column: what a voice assistant can know, and the hidden truth beside it.
public struct TurnLog: Sendable {
  // What the assistant knows.
  public internal(set) var session: [Int] = []
  public internal(set) var turn: [Int] = []
  public internal(set) var customer: [Int] = []
  public internal(set) var device: [String] = []
  /// Milliseconds since 1970, when the request came; when the response began and ended.
  public internal(set) var time: [Int] = []
  public internal(set) var responseStart: [Int] = []
  public internal(set) var responseEnd: [Int] = []
  /// The recognised text.
  public internal(set) var said: [String] = []
  public internal(set) var asrConfidence: [Double] = []
  public internal(set) var domain: [String] = []
  public internal(set) var intent: [String] = []
  public internal(set) var nluConfidence: [Double] = []
  /// `done`, `unknown` or `error`.
  public internal(set) var status: [String] = []
  public internal(set) var bargeIn: [Bool] = []
  /// `yes`, `no`, or nothing.
  public internal(set) var feedback: [String] = []
  /// What the log infers where a walk ends: `success`, `failure`; nothing where another request followed at once.
  public internal(set) var outcome: [String] = []
  /// The text that a rule put in the place of what was said, or nothing.
  public internal(set) var rewritten: [String] = []

  // The hidden truth.
  public internal(set) var meant: [String] = []
  public internal(set) var goal: [String] = []
  /// What the assistant took it for.
  public internal(set) var understood: [String] = []
  public internal(set) var isServable: [Bool] = []
  /// Whether carrying it out worked, whatever was understood.
  public internal(set) var worked: [Bool] = []
  public internal(set) var served: [Bool] = []
  /// 0 for the first request of a goal, 1 for the first rephrase, …; -1 for a word that is no request.
  public internal(set) var attempt: [Int] = []
  /// `new`, `repeat`, `articulate`, `paraphrase`, `detail`, `unrelated`, `signal`, `wake`.
  public internal(set) var kind: [String] = []
  /// `correct`, `false wake`, `asr`, `nlu`, `er`, `result`.
  public internal(set) var failurePoint: [String] = []

  public init() {}

  public var count: Int { session.count }
}
