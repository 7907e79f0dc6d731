import TLXRuntime

/// One thing that a cell showed.
public enum CellOutput {
  /// What it printed, with its newlines.
  case text(String)
  /// A value; `digits` as `show` was given them.
  case value(Value, digits: Int?)
  /// A value that cannot be kept, as text.
  case drawn(String, kind: String)
  /// The first rows of a table that is too large to keep, how many it has, and how a terminal shows it.
  case head(Table, rowCount: Int, digits: Int?, text: String)
  /// A picture whose data are too large to keep, and how a terminal shows it.
  case picture(KeptPicture, text: String)
}

/// A picture as it was drawn.
public struct KeptPicture: Picture {
  public var svg: String
  public var standaloneSVG: String
  public var summary: String

  init(_ picture: any Picture) {
    (svg, standaloneSVG, summary) = (picture.svg, picture.standaloneSVG, picture.summary)
  }

  init(svg: String, standaloneSVG: String, summary: String) {
    (self.svg, self.standaloneSVG, self.summary) = (svg, standaloneSVG, summary)
  }
}

/// Keeps what a cell shows, up to a limit: a loop that prints without end must not fill the memory.
public final class CellOutputRecorder: Output {
  public private(set) var outputs: [CellOutput] = []
  public let width = 100
  /// Called with lines of progress.
  public var onProgress: ((String?) -> Void)?
  /// Called with pictures of what goes on; they are drawn only if it does so.
  public var onSketch: (((() throws -> any Picture)?) -> Void)?
  /// Called when something is shown, for pages that are looked at while a cell runs.
  public var onOutput: (() -> Void)?
  private var byteCount = 0
  private var leftOut = 0
  private static let byteLimit = 1 << 20
  private static let itemLimit = 1_000

  public init() {}

  public func write(_ text: String) {
    guard byteCount + text.utf8.count <= Self.byteLimit, outputs.count <= Self.itemLimit else {
      leftOut += text.utf8.count
      return
    }
    byteCount += text.utf8.count
    if case .text(let earlier)? = outputs.last {
      outputs[outputs.count - 1] = .text(earlier + text)
    } else {
      outputs.append(.text(text))
    }
    onOutput?()
  }

  public func show(_ value: Value, digits: Int?) {
    guard outputs.count <= Self.itemLimit else {
      leftOut += 1
      return
    }
    outputs.append(.value(value, digits: digits))
    onOutput?()
  }

  public func progress(_ line: String?) { onProgress?(line) }

  public func sketch(_ draw: (() throws -> any Picture)?) { onSketch?(draw) }

  /// What has been shown since the last call.
  public func take() -> [CellOutput] {
    defer { (outputs, byteCount, leftOut) = ([], 0, 0) }
    if leftOut > 0 { outputs.append(.text("\n… output beyond \(Self.byteLimit >> 20) MB was left out\n")) }
    return outputs
  }
}
