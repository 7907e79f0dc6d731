import TLXNumerics

/// What can be wrong with the order of turns; `session` names the session as the log writes it.
enum OrderFault: Error {
  case sessionReturns
  case timeGoesBack(from: Double, to: Double)

  func failure(place: String, session: String) -> NumericsError {
    switch self {
    case .sessionReturns:
      NumericsError(
        "E0631", "\(place): session \(session) comes back after another session began",
        help: "sort the log by session and time, or say interleaved=true")
    case .timeGoesBack(let from, let to):
      NumericsError(
        "E0631",
        "\(place): time goes backwards in session \(session), from \(plain(from)) to \(plain(to))",
        help: "sort the log by session and time, or leave the times out with time=nil")
    }
  }

  private func plain(_ time: Double) -> String {
    Int(exactly: time).map { String($0) } ?? String(time)
  }
}
