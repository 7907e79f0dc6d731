import TLXFigures
import TLXRuntime

/// A figure as a value of the language; showing it draws it.
public final class FigureObject: LanguageObject {
  public let figure: Figure

  public init(_ figure: Figure) { self.figure = figure }

  public var kindName: String { "figure" }
  public var fieldNames: [String] { ["title"] }
  public func field(_ name: String) throws -> Value? { name == "title" ? .string(figure.title) : nil }

  public func summary(width: Int) -> String {
    figure.terminalText(TerminalStyle(width: width, hasColor: false))
  }
}
