import Synchronization
import TLXNumerics

/// The labels of a chain's states, in order: `"0"`, `"1"`, … if nobody named them.
public final class StateNames: Sendable {
  private let texts: [String]?
  public let count: Int
  private let positions = Mutex<[String: Int]?>(nil)

  /// Whether the states have labels; else their numbers stand for them.
  public var hasLabels: Bool { texts != nil }

  /// The numbers from 0, which take no memory.
  public init(count: Int) {
    self.texts = nil
    self.count = count
  }

  /// - Throws: E0405 naming the first label that occurs twice.
  public init(_ texts: [String]) throws {
    self.texts = texts
    self.count = texts.count
    var seen: [String: Int] = Dictionary(minimumCapacity: texts.count)
    for (position, text) in texts.enumerated() {
      if let first = seen.updateValue(position, forKey: text) {
        throw NumericsError(
          "E0405", "states \(first) and \(position) are both called “\(text)”",
          help: "every state needs a label of its own")
      }
    }
    positions.withLock { $0 = seen }
  }

  public subscript(position: Int) -> String { texts?[position] ?? String(position) }

  /// All of them. For numbered states of a large chain this makes many strings.
  public var all: [String] { texts ?? (0..<count).map { String($0) } }

  public var areNumbers: Bool { texts == nil }

  /// The state of this label, if there is one.
  public func position(of label: String) -> Int? {
    if texts == nil {
      guard let number = Int(label), number >= 0, number < count, String(number) == label else { return nil }
      return number
    }
    return positions.withLock { $0?[label] }
  }
}
