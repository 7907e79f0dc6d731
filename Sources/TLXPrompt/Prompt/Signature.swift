/// The parameters of a function as its signature text lists them: `f(x, ..rest, *, lr=0.1)`.
struct Signature: Equatable {
  struct Parameter: Equatable {
    var name: String
    /// As written, with its default: `lr=0.1`.
    var text: String
    var isOption: Bool
    var isRest: Bool
  }

  var name: String
  var parameters: [Parameter]

  init?(_ text: String) {
    guard let open = text.firstIndex(of: "("), text.hasSuffix(")") else { return nil }
    name = String(text[..<open])
    parameters = []
    var isOption = false
    for part in Signature.parts(text[text.index(after: open)...].dropLast()) {
      if part == "*" {
        isOption = true
        continue
      }
      let isRest = part.hasPrefix("..")
      let bare = part.drop { $0 == "." }
      // A user's function may annotate: `x: f64[n]=1`.
      let name = bare.prefix { $0 != "=" && $0 != ":" && $0 != " " }
      parameters.append(Parameter(name: String(name), text: part, isOption: isOption, isRest: isRest))
    }
  }

  /// The pieces between the commas that are in no bracket or string.
  private static func parts(_ text: Substring) -> [String] {
    var result: [String] = []
    var part = ""
    var depth = 0
    var isInString = false
    for character in text {
      switch character {
      case "\"": isInString.toggle()
      case "(", "[", "{": depth += 1
      case ")", "]", "}": depth -= 1
      case "," where depth == 0 && !isInString:
        result.append(trimmed(part))
        part = ""
        continue
      default: break
      }
      part.append(character)
    }
    if !trimmed(part).isEmpty { result.append(trimmed(part)) }
    return result
  }

  private static func trimmed(_ text: String) -> String {
    let start = text.drop { $0 == " " }
    return String(start.reversed().drop { $0 == " " }.reversed())
  }

  /// What a call could still be given after what has been typed: `, y, *, lr=0.1)`.
  func remainder(at site: CursorContext.CallSite) -> String {
    var left: [String] = []
    var position = site.isPiped ? -1 : 0
    var sawOption = site.keyword != nil || !site.keywords.isEmpty
    for parameter in parameters {
      defer { if !parameter.isOption { position += 1 } }
      if site.keyword == parameter.name || site.keywords.contains(parameter.name) { continue }
      if parameter.isRest {
        left.append(parameter.text)
      } else if parameter.isOption {
        if !sawOption { left.append("*") }
        sawOption = true
        left.append(parameter.text)
      } else {
        let given = site.positional + (site.hasText && site.keyword == nil ? 1 : 0)
        if position >= given { left.append(parameter.text) }
      }
    }
    let text = left.joined(separator: ", ") + ")"
    guard site.hasText || site.keyword != nil else { return text }
    return left.isEmpty ? text : ", " + text
  }
}
