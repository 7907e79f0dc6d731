/// What a page needs to give figures the colours of its theme.
public enum FigureStyle {
  /// The colours of series on light paper.
  public static let light = SVGDocument.seriesStyle { $0.hex }
  /// On dark paper. `scope` is put before every selector.
  public static func dark(scope: String) -> String {
    Palette.lightSeries.enumerated().map { number, color in
      "\(scope) .g-f\(number){fill:\(color.hex)}\(scope) .g-l\(number){stroke:\(color.hex)}"
    }.joined()
  }
}
