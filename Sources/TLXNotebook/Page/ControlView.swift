/// A control as it stands on a page.
struct ControlView {
  private let control: InputControl
  private let setting: InputControl.Setting?

  init(_ control: InputControl, setting: InputControl.Setting?) {
    self.control = control
    self.setting = setting ?? control.start
  }

  func html(_ disabled: String) -> String {
    let name = HTML.escaped(control.name)
    switch control.kind {
    case .slider(let low, let high, let isLogarithmic, let step):
      let value =
        if case .number(let number)? = setting { number } else {
          ControlView.middle(low, high, isLogarithmic)
        }
      // The browser moves in a thousand steps; the page's script knows what they mean.
      let share = isLogarithmic ? ControlView.share(of: value, low, high) : (value - low) / (high - low)
      let stepText = step.map { " data-step=\"\($0)\"" } ?? ""
      return """
        <label>\(name)<input type="range" min="0" max="1000" value="\(Int((share * 1000).rounded()))" data-name="\(name)" \
        data-low="\(low)" data-high="\(high)" data-log="\(isLogarithmic)"\(stepText)\(disabled)>\
        <output>\(ControlView.text(value))</output></label>
        """
    case .menu(let choices):
      let chosen = if case .text(let text)? = setting { text } else { choices.first ?? "" }
      let options = choices.map {
        "<option\($0 == chosen ? " selected" : "")>\(HTML.escaped($0))</option>"
      }.joined()
      return "<label>\(name)<select data-name=\"\(name)\"\(disabled)>\(options)</select></label>"
    }
  }

  private static func text(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e9 ? String(Int(value)) : "\(value)"
  }

  /// By halving: the place of a value on a scale whose equal steps multiply.
  private static func share(of value: Double, _ low: Double, _ high: Double) -> Double {
    var (start, end, from, to) = (0.0, 1.0, low, high)
    for _ in 0..<40 {
      let middle = (from * to).squareRoot()
      if value < middle {
        (end, to) = ((start + end) / 2, middle)
      } else {
        (start, from) = ((start + end) / 2, middle)
      }
    }
    return (start + end) / 2
  }

  private static func middle(_ low: Double, _ high: Double, _ isLogarithmic: Bool) -> Double {
    isLogarithmic ? (low * high).squareRoot() : (low + high) / 2
  }
}
