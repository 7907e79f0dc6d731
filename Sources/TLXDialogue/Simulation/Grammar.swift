/// The intents of the simulated assistant: how each is asked for, and which phrases fill it.
///
/// A template is `carrier = misheard carrier, …`, `{}` being the phrase. The last template of an intent is the most
/// explicit one, which people fall back to when they are not understood.
enum Grammar {
  struct Template: Sendable {
    var carrier: String
    var misheard: [String]

    init(_ text: String) {
      let parts = text.split(separator: "=").map { String($0).trimmingSpaces }
      carrier = parts[0]
      misheard = parts.count > 1 ? parts[1].split(separator: ",").map { String($0).trimmingSpaces } : []
    }

    /// The carrier with a phrase in it: `{}` is the phrase, `{+}` the phrase with the detail that tells it apart.
    static func fill(_ carrier: String, _ phrase: String, detail: String?) -> String {
      let explicit = detail.map { phrase + " " + $0 } ?? phrase
      return carrier.replacing("{+}", with: explicit).replacing("{}", with: phrase)
    }
  }

  struct Intent: Sendable {
    var domain: String
    var name: String
    var templates: [Template]
    var entries: [Vocabulary.Entry]

    init(_ domain: String, _ name: String, _ templates: [String], _ entries: [Vocabulary.Entry]) {
      self.domain = domain
      self.name = name
      self.templates = templates.map(Template.init)
      self.entries = entries
    }
  }

  static let intents: [Intent] = [
    Intent(
      "music", "play artist",
      [
        "play {} = lay {}, plate {}", "play some {} = place some {}", "put on {} = put an {}",
        "i want to hear {} = i want to here {}", "play music by {} = play music buy {}",
      ], Vocabulary.artists),
    Intent(
      "music", "play song",
      [
        "play {} = lay {}, plate {}", "put on {} = put an {}", "play the song {} = play the sun {}",
        "play the song {+} = play the sun {+}",
      ], Vocabulary.songs + Vocabulary.sharedTitles),
    Intent(
      "video", "watch film",
      [
        "play {} = lay {}, plate {}", "watch {} = wash {}", "play the movie {} = play the moving {}",
        "show me the film {} = show me the phil {}",
      ], Vocabulary.films + Vocabulary.sharedTitles),
    Intent(
      "books", "read book",
      [
        "play {} = lay {}, plate {}", "read {} = red {}", "play the book {} = play the boot {}",
        "read me the audiobook {} = read me the audio book {}",
      ], Vocabulary.books + Vocabulary.sharedTitles),
    Intent(
      "weather", "weather",
      [
        "what's the weather in {} = what's the feather in {}", "weather in {} = whether in {}",
        "how is the weather in {} = how is the water in {}",
        "what's the weather like in {+} = what's the feather like in {+}",
      ], Vocabulary.towns + Vocabulary.sharedTowns),
    Intent(
      "weather", "rain",
      [
        "will it rain in {} = will it reign in {}", "is it going to rain in {} = is it going to train in {}",
        "do i need an umbrella in {+} = do i need an umbrellas in {+}",
      ], Vocabulary.towns + Vocabulary.sharedTowns),
    Intent(
      "home", "turn on",
      [
        "turn on the {} = turn on a {}, turn an the {}", "switch on the {} = witch on the {}",
        "turn the {} on = turn the {} own", "please switch the {} on now = please which the {} on now",
      ], Vocabulary.devices),
    Intent(
      "home", "turn off",
      [
        "turn off the {} = turn of the {}, turn on the {}", "switch off the {} = switch of the {}",
        "turn the {} off = turn the {} of", "please switch the {} off now = please which the {} off now",
      ], Vocabulary.devices),
    Intent(
      "timers", "set timer",
      [
        "set a timer for {} = said a timer for {}", "timer for {} = time her for {}",
        "{} timer = {} time her", "start a countdown timer of {} = start a count town timer of {}",
      ], Vocabulary.durations),
    Intent(
      "timers", "set alarm",
      [
        "wake me up at {} = wake me up a {}", "set an alarm for {} = set and alarm for {}",
        "set my morning alarm to {} = set my morning arm to {}",
      ], Vocabulary.clockTimes),
    Intent(
      "shopping", "add to list",
      [
        "add {} to my shopping list = at {} to my shopping list, add {} to my chopping list",
        "put {} on the list = put {} in the list", "add {} = at {}",
        "add the item {} to my shopping list = add the i tem {} to my shopping list",
      ], Vocabulary.items),
    Intent(
      "shopping", "order",
      [
        "order {} = odor {}", "buy {} = by {}", "order more {} = older more {}",
        "place an order for {} = plays an order for {}",
      ], Vocabulary.items),
    Intent(
      "calls", "call",
      [
        "call {} = all {}, cool {}", "phone {} = foam {}", "give {} a call = give {} a cold",
        "call my contact {} = call my contract {}",
      ], Vocabulary.contacts),
    Intent(
      "sports", "score",
      [
        "did {} win = did {} wing", "how did {} do = how did {} due",
        "what was the score of {} = what was the store of {}",
      ], Vocabulary.teams),
  ]
}

extension String {
  fileprivate var trimmingSpaces: String {
    let rest = drop { $0 == " " }
    return String(rest.reversed().drop { $0 == " " }.reversed())
  }
}
