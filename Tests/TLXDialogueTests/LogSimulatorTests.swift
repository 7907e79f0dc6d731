import TLXDialogue
import TLXNumerics
import Testing

private func log(
  seed: UInt64 = 1, rules: [(from: String, to: String)] = [], _ change: (inout LogSettings) -> Void = { _ in }
) throws -> TurnLog {
  var settings = LogSettings()
  settings.sessions = 6000
  change(&settings)
  return try LogSimulator(settings, world: RandomKey(seed: 3), key: RandomKey(seed: seed), rules: rules).run()
}

private func share(_ flags: some Sequence<Bool>) -> Double {
  let flags = Array(flags)
  return Double(flags.count { $0 }) / Double(max(1, flags.count))
}

@Suite struct LogSimulatorTests {
  @Test func sameKeySameLog() throws {
    let (first, second, other) = (try log(), try log(), try log(seed: 2))
    #expect(first.said == second.said && first.time == second.time && first.outcome == second.outcome)
    #expect(first.said != other.said)
  }

  @Test func isCalibrated() throws {
    for seed in [1, 2, 3] as [UInt64] {
      let log = try log(seed: seed)
      let first = (0..<log.count).filter { log.attempt[$0] == 0 && log.goal[$0] != "" }
      let defects = share(first.map { !log.served[$0] })
      #expect((0.15...0.36).contains(defects), "\(defects)")
      let failed = first.filter { !log.served[$0] }
      let rephrased = share(
        failed.map { row in
          (row + 1..<min(row + 3, log.count)).contains {
            log.session[$0] == log.session[row] && log.attempt[$0] == 1
          }
        })
      #expect((0.5...0.7).contains(rephrased), "\(rephrased)")
      let labelled = (0..<log.count).filter { log.outcome[$0] != "" && log.kind[$0] != "signal" }
      let noise = share(labelled.map { (log.outcome[$0] == "success") != log.served[$0] })
      #expect((0.03...0.11).contains(noise), "\(noise)")
    }
  }

  /// The same words are meant and read differently by people, and only where the settings say so.
  @Test func wordsMeanDifferentThings() throws {
    func spread(_ ambiguity: Double, _ personal: Double) throws -> (meanings: Double, readings: Double) {
      let log = try log {
        $0.ambiguity = ambiguity
        $0.personal = personal
        $0.weeks = 1
      }
      let first = (0..<log.count).filter { log.attempt[$0] == 0 && !log.goal[$0].isEmpty }
      let texts = Dictionary(grouping: first) { log.said[$0] }.values.filter { $0.count >= 10 }
      func several(_ value: (Int) -> String) -> Double { share(texts.map { Set($0.map(value)).count > 1 }) }
      return (several { log.goal[$0] }, several { log.understood[$0] })
    }
    let (plain, mixed) = (try spread(0, 0), try spread(0.2, 0.2))
    #expect(plain.readings == 0)
    #expect(mixed.readings > 0.2 && mixed.meanings > plain.meanings + 0.2, "\(plain) \(mixed)")
  }

  /// Turns of a session stand together and in the order of time; the last has an outcome.
  @Test func sessionsAreWhole() throws {
    let log = try log()
    #expect(Set(log.session).count == 6000)
    for row in 1..<log.count {
      if log.session[row] == log.session[row - 1] {
        #expect(log.turn[row] == log.turn[row - 1] + 1)
        #expect(log.time[row] > log.time[row - 1])
      } else {
        #expect(log.session[row] == log.session[row - 1] + 1)
        #expect(log.outcome[row - 1] != "")
      }
    }
  }

  /// What is served is what was meant, heard, understood, and worked.
  @Test func truthIsConsistent() throws {
    let log = try log()
    for row in 0..<log.count where log.goal[row] != "" {
      let isServed = log.understood[row] == log.goal[row] && log.worked[row] && log.isServable[row]
      #expect(isServed == log.served[row])
      if log.served[row] { #expect(log.failurePoint[row] == "correct") }
      if log.failurePoint[row] == "asr" { #expect(log.meant[row] != log.said[row]) }
    }
  }

  /// Rules change what is carried out, and nothing else of a first request.
  @Test func rulesKeepTheNoise() throws {
    let plain = try log()
    let counts = Dictionary(grouping: plain.said.indices.filter { plain.attempt[$0] == 0 }) { plain.said[$0] }
    let common = counts.filter { $0.value.count > 20 }.keys.sorted()
    let from = try #require(common.first)
    let to = try #require(common.last)
    let ruled = try log(rules: [(from, to)])
    func firsts(_ log: TurnLog) -> [Int] { (0..<log.count).filter { log.turn[$0] == 0 } }
    for (a, b) in zip(firsts(plain), firsts(ruled)) {
      #expect(plain.said[a] == ruled.said[b] && plain.goal[a] == ruled.goal[b])
      #expect(plain.worked[a] == ruled.worked[b])
      #expect(ruled.rewritten[b] == (ruled.said[b] == from ? to : ""))
    }
    let held = try log(rules: [(from, to)]) { $0.holdout = 1 }
    #expect(held.rewritten.allSatisfy { $0 == "" })
  }

  @Test func settingsAreChecked() {
    for change in [
      { $0.sessions = 0 }, { $0.goals = 100_000 }, { $0.asrError = 1.5 }, { $0.drift = .nan },
      { $0.zipf = -1 },
    ] as [(inout LogSettings) -> Void] {
      #expect(throws: NumericsError.self) { try log(seed: 1, change) }
    }
  }
}
