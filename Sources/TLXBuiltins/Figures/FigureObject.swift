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

  public var picture: (any Picture)? { FigurePicture(figure: figure) }

  public func stored() throws -> StoredObject? {
    StoredObject(kind: "figure", contents: try figure.storedValue())
  }

  static let reader: ObjectReader = { FigureObject(try Figure(stored: $0)) }
}

/// A figure as a page shows it.
struct FigurePicture: Picture {
  let figure: Figure

  var svg: String { figure.svgText(isStandalone: false) }
  var standaloneSVG: String { figure.svgText() }
  var summary: String { figure.summary }
}
