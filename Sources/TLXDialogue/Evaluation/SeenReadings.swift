import TLXNumerics

/// What the assistant took each text for in the turns of a log.
struct SeenReadings {
  private var turns: [String: [(customer: Int, understood: String)]] = [:]
  private let stream: RandomStream

  init(_ log: RewriteEvaluation.Turns, stream: RandomStream) {
    self.stream = stream
    for row in log.said.indices where log.attempt[row] >= 0 && !log.goal[row].isEmpty {
      let text = log.rewritten[row].isEmpty ? log.said[row] : log.rewritten[row]
      turns[text, default: []].append((log.customer[row], log.understood[row]))
    }
  }

  /// The reading that the customer himself got, else that of a random turn; nil for a text that nobody said.
  func reading(of text: String, by customer: Int) -> String? {
    guard let seen = turns[text] else { return nil }
    // Drawn whether it is needed or not, so that what follows does not depend on it.
    let pick = stream.nextInt(below: seen.count)
    return seen.first { $0.customer == customer }?.understood ?? seen[pick].understood
  }
}
