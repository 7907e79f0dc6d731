import TLXFigures
import TLXRuntime

/// An object that knows how it is drawn: what `bars`, `heatmap`, `plot` make of it, if anything.
protocol DrawnObject: LanguageObject {
  var bars: Figure? { get throws }
  var heatmap: Figure? { get throws }
  var plot: Figure? { get throws }
}

extension DrawnObject {
  var bars: Figure? { get throws { nil } }
  var heatmap: Figure? { get throws { nil } }
  var plot: Figure? { get throws { nil } }
}

extension Arguments {
  /// The figure that the object in `data` makes of itself, with the title that was asked for.
  func ownFigure(_ draw: (any DrawnObject) throws -> Figure?) throws -> Value? {
    guard case .object(let object as any DrawnObject) = value("data"), var figure = try draw(object) else {
      return nil
    }
    let title = try string("title")
    if !title.isEmpty { figure.title = title }
    return .object(FigureObject(figure))
  }
}

/// A figure as a value of the language; showing it draws it.
public final class FigureObject: LanguageObject {
  public let figure: Figure

  public init(_ figure: Figure) { self.figure = figure }

  public var kindName: String { "figure" }
  public var fieldNames: [String] { ["title"] }
  public func field(_ name: String) throws -> Value? { name == "title" ? .string(figure.title) : nil }

  public func summary(width: Int) -> String {
    figure.terminalText(TerminalStyle(width: width))
  }

  public var picture: (any Picture)? { FigurePicture(figure: figure) }

  public func stored() throws -> StoredObject? {
    StoredObject(kind: "figure", contents: try figure.storedValue())
  }

  static let reader: ObjectReader = { value, _ in FigureObject(try Figure(stored: value)) }
}

/// A figure as a page shows it.
struct FigurePicture: Picture {
  let figure: Figure

  var svg: String { figure.pageHTML }
  var standaloneSVG: String { figure.svgText() }
  var summary: String { figure.summary }
}
