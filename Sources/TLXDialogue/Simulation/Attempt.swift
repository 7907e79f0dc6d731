/// One request as it was said, heard, understood and answered.
struct Attempt {
  var text: String
  var kind: String
  var meant = ""
  var rewritten = ""
  /// -1 where nothing was wanted.
  var goal = -1
  /// -1 where nothing was understood.
  var understood = -1
  var number = 0
  var worked = false
  var served = false
  var bargeIn = false
  var feedback = ""
  var failurePoint = "correct"
  var asrConfidence = 0.0
  var nluConfidence = 0.0

  init(text: String, kind: String) {
    self.text = text
    self.kind = kind
  }

  /// What the assistant knows of its own answer: `done`, `unknown` or `error`.
  func status(_ world: LogWorld) -> String {
    if kind == "signal" { return "done" }
    guard understood >= 0 else { return "unknown" }
    return worked && world.goals[understood].isServable ? "done" : "error"
  }
}

/// What somebody is about to say.
struct Request {
  var goal: Int
  /// The goal whose words are used: another one for people who call it so, until they put it differently.
  var words: Int
  var template: Int
  var kind: String
  var number: Int

  /// The next attempt after a failure: the same again, more clearly, in other words, or with more detail.
  mutating func advance(templates: Int, choice: Double, place: Int) {
    number += 1
    switch choice {
    case ..<0.2: kind = "repeat"
    case ..<0.45: kind = "articulate"
    case ..<0.8 where templates > 1:
      kind = "paraphrase"
      words = goal
      template = (template + 1 + place % (templates - 1)) % templates
    default:
      kind = "detail"
      words = goal
      template = templates - 1
    }
  }
}
