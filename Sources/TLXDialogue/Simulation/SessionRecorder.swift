import TLXNumerics

/// Plays one session after the other and writes their turns down.
struct SessionRecorder {
  let world: LogWorld
  let settings: LogSettings
  let readings: WeekReadings
  let cumulative: [Double]
  let rules: [Int: Int]

  /// What is known of the session that is being played.
  private var session = 0
  private var customer = 0
  private var person: Customer?
  private var turn = 0
  private var clock = 0

  init(
    world: LogWorld, settings: LogSettings, readings: WeekReadings, cumulative: [Double], rules: [Int: Int]
  ) {
    self.world = world
    self.settings = settings
    self.readings = readings
    self.cumulative = cumulative
    self.rules = rules
  }

  mutating func record(
    session: Int, at time: Int, key: RandomKey, customers: [Customer], into log: inout TurnLog
  ) {
    let stream = RandomStream(key: key)
    self.session = session
    customer = stream.nextInt(below: customers.count)
    let person = customers[customer]
    self.person = person
    turn = 0
    clock = time
    if stream.nextUniform() < settings.falseWake {
      wakeByMistake(stream, &log)
      return
    }
    var episode: UInt64 = 0
    while true {
      let goal =
        stream.nextUniform() < 0.5
        ? person.favourites[stream.nextInt(below: person.favourites.count)]
        : stream.nextIndex(cumulative: cumulative)
      let goesOn = episode < 3 && stream.nextUniform() < settings.unrelated
      pursue(goal, key.derived(from: [episode]), isLast: !goesOn, isUnrelated: episode > 0, &log)
      if !goesOn { return }
      episode += 1
    }
  }

  private mutating func wakeByMistake(_ stream: RandomStream, _ log: inout TurnLog) {
    let text = Vocabulary.television[stream.nextInt(below: Vocabulary.television.count)]
    var attempt = Attempt(text: text, kind: "wake")
    attempt.asrConfidence = 0.2 + 0.4 * stream.nextUniform()
    attempt.failurePoint = "false wake"
    attempt.bargeIn = stream.nextUniform() < 0.3
    let saysStop = stream.nextUniform() < 0.5
    write(attempt, outcome: saysStop ? "" : "failure", &log)
    if saysStop { signal("stop", outcome: "failure", stream, &log) }
  }

  /// Asks for a goal until it is served, or seems to be, or patience ends.
  private mutating func pursue(
    _ goal: Int, _ key: RandomKey, isLast: Bool, isUnrelated: Bool, _ log: inout TurnLog
  ) {
    var request = Request(
      goal: goal, words: world.words(for: goal, customer), template: 0,
      kind: isUnrelated ? "unrelated" : "new",
      number: 0)
    while true {
      let stream = RandomStream(key: key.derived(from: [UInt64(request.number)]))
      let attempt = attempt(&request, stream)
      let seemsServed = attempt.served || stream.nextUniform() < 0.06
      let persistence =
        settings.patience * (person?.patience ?? 1) * power(0.8, Double(request.number))
      let triesAgain = !seemsServed && request.number < 6 && stream.nextUniform() < persistence
      finish(attempt, seemsServed, triesAgain, isLast, stream, &log)
      if !triesAgain { return }
      clock += Int(1000 * exponential(1.95 + 0.6 * stream.nextNormal()))
      request.advance(
        templates: world.goals[goal].said.count, choice: stream.nextUniform(),
        place: stream.nextInt(below: 64))
    }
  }

  /// Says it once.
  private func attempt(_ request: inout Request, _ stream: RandomStream) -> Attempt {
    let goal = world.goals[request.goal]
    if request.number == 0 { request.template = firstTemplate(goal, stream) }
    let template = request.template
    let words = world.goals[request.words]
    let isShort = stream.nextUniform() < settings.slip && request.number == 0
    let meant = isShort ? words.short[template] : words.said[template]
    let care = request.kind == "articulate" ? 0.35 : request.kind == "repeat" ? 0.8 : 1
    let isMisheard = stream.nextUniform() < min(0.9, settings.asrError * (person?.speech ?? 1) * care)
    let others = words.misheard[template]
    // Both draws are taken whatever happens, so that what follows does not depend on it.
    let pick = stream.nextInt(below: max(1, others.count))
    let heard = isMisheard && !others.isEmpty ? others[pick] : meant
    var attempt = Attempt(text: world.texts[heard], kind: request.kind)
    attempt.meant = world.texts[meant]
    attempt.goal = request.goal
    attempt.number = request.number
    let isControl = stream.nextUniform() < settings.holdout
    let carriedOut = isControl ? heard : rules[heard] ?? heard
    if carriedOut != heard { attempt.rewritten = world.texts[carriedOut] }
    attempt.understood = reading(of: carriedOut)
    attempt.worked = stream.nextUniform() >= settings.outage
    attempt.served = attempt.understood == request.goal && attempt.worked && goal.isServable
    attempt.failurePoint = failurePoint(attempt, meant: meant, heard: heard)
    attempt.asrConfidence = confidence(isRight: heard == meant, stream)
    attempt.nluConfidence = confidence(isRight: attempt.understood == request.goal, stream)
    return attempt
  }

  private func reading(of text: Int) -> Int {
    person.map { readings.reading(of: text, by: $0) } ?? readings.usual[text]
  }

  /// Short forms first; terse people keep to the shortest.
  private func firstTemplate(_ goal: LogWorld.Goal, _ stream: RandomStream) -> Int {
    let draw = stream.nextUniform()
    let share = 0.4 + 0.3 * (person?.terseness ?? 0)
    var left = draw
    for template in goal.said.indices {
      if left < share { return template }
      left = (left - share) / (1 - share)
    }
    return 0
  }

  /// The first stage whose error was not made good by a later one.
  private func failurePoint(_ attempt: Attempt, meant: Int, heard: Int) -> String {
    if attempt.understood == attempt.goal { return attempt.worked ? "correct" : "result" }
    if heard != meant && reading(of: meant) == attempt.goal { return "asr" }
    guard attempt.understood >= 0,
      world.goals[attempt.understood].intent == world.goals[attempt.goal].intent
    else { return "nlu" }
    return "er"
  }

  /// Calibrated roughly: errors are less sure of themselves, but not always.
  private func confidence(isRight: Bool, _ stream: RandomStream) -> Double {
    let logit = (isRight ? 2 : 0.4) + stream.nextNormal()
    return 1 / (1 + exponential(-logit))
  }
}

// MARK: - What the log shows
extension SessionRecorder {
  /// Writes a request and what the customer makes of the response.
  private mutating func finish(
    _ said: Attempt, _ seemsServed: Bool, _ triesAgain: Bool, _ isLast: Bool, _ stream: RandomStream,
    _ log: inout TurnLog
  ) {
    var attempt = said
    let interrupts = stream.nextUniform()
    attempt.bargeIn = interrupts < (seemsServed ? 0.03 : attempt.status(world) == "done" ? 0.5 : 0.15)
    let answers = stream.nextUniform() < (seemsServed ? 0.05 : 0.06)
    let lies = stream.nextUniform() < settings.lies
    if answers && !triesAgain { attempt.feedback = seemsServed != lies ? "yes" : "no" }
    let saysStop = stream.nextUniform() < (seemsServed ? 0 : triesAgain ? 0.12 : 0.3)
    let flips = stream.nextUniform() < settings.labelNoise
    var outcome = ""
    if !triesAgain && (isLast || attempt.feedback != "") {
      outcome = inferred(attempt, saysStop: saysStop, flips: flips)
    }
    write(attempt, outcome: saysStop ? "" : outcome, &log)
    if saysStop { signal("stop", outcome: outcome, stream, &log) }
    if !triesAgain { clock += 12_000 + Int(25_000 * stream.nextUniform()) }
  }

  /// The rules that a log can apply: an explicit answer counts, then what the customer did.
  private func inferred(_ attempt: Attempt, saysStop: Bool, flips: Bool) -> String {
    var isGood = !attempt.bargeIn && !saysStop && attempt.status(world) == "done"
    if attempt.feedback != "" { isGood = attempt.feedback == "yes" }
    return isGood != flips ? "success" : "failure"
  }

  private mutating func signal(
    _ word: String, outcome: String, _ stream: RandomStream, _ log: inout TurnLog
  ) {
    var attempt = Attempt(text: word, kind: "signal")
    attempt.meant = word
    attempt.number = -1
    attempt.worked = true
    attempt.failurePoint = "correct"
    attempt.asrConfidence = confidence(isRight: true, stream)
    clock += 600 + Int(1800 * stream.nextUniform())
    write(attempt, outcome: outcome, &log)
  }

  private mutating func write(_ attempt: Attempt, outcome: String, _ log: inout TurnLog) {
    let understood = attempt.understood >= 0 ? world.goals[attempt.understood] : nil
    let intent = understood.map { Grammar.intents[$0.intent] }
    let began = clock + 700 + Int(600 * attempt.asrConfidence)
    log.session.append(session)
    log.turn.append(turn)
    log.customer.append(customer)
    log.device.append(person?.hasScreen == true ? "screen" : "speaker")
    log.time.append(clock)
    log.responseStart.append(began)
    log.responseEnd.append(began + (attempt.bargeIn ? 900 : 2600))
    log.said.append(attempt.text)
    log.asrConfidence.append(attempt.asrConfidence)
    log.domain.append(intent?.domain ?? "")
    log.intent.append(attempt.kind == "signal" ? attempt.text : intent?.name ?? "")
    log.nluConfidence.append(attempt.nluConfidence)
    log.status.append(attempt.status(world))
    log.bargeIn.append(attempt.bargeIn)
    log.feedback.append(attempt.feedback)
    log.outcome.append(outcome)
    log.rewritten.append(attempt.rewritten)
    writeTruth(attempt, understood?.name ?? "", &log)
    turn += 1
  }

  private func writeTruth(_ attempt: Attempt, _ understood: String, _ log: inout TurnLog) {
    let goal = attempt.goal >= 0 ? world.goals[attempt.goal] : nil
    log.meant.append(attempt.meant)
    log.goal.append(goal?.name ?? "")
    log.understood.append(understood)
    log.isServable.append(goal?.isServable ?? false)
    log.worked.append(attempt.worked)
    log.served.append(attempt.served)
    log.attempt.append(attempt.number)
    log.kind.append(attempt.kind)
    log.failurePoint.append(attempt.failurePoint)
  }
}
