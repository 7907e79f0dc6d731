import TLXDialogue
import TLXNumerics
import TLXRuntime

extension Table {
  /// The turns of a simulated log: what an assistant knows, then the hidden truth.
  init(_ log: TurnLog) throws {
    func texts(_ items: [String]) -> Value { .list(items.map { .string($0) }) }
    let columns: [(String, Value)] = [
      ("session", .tensor(try Tensor(log.session))), ("turn", .tensor(try Tensor(log.turn))),
      ("customer", .tensor(try Tensor(log.customer))), ("device", texts(log.device)),
      ("time", .tensor(try Tensor(log.time))), ("response_start", .tensor(try Tensor(log.responseStart))),
      ("response_end", .tensor(try Tensor(log.responseEnd))), ("said", texts(log.said)),
      ("asr_confidence", .tensor(try Tensor(log.asrConfidence))), ("domain", texts(log.domain)),
      ("intent", texts(log.intent)), ("nlu_confidence", .tensor(try Tensor(log.nluConfidence))),
      ("status", texts(log.status)), ("barge_in", .tensor(try Tensor(log.bargeIn))),
      ("feedback", texts(log.feedback)), ("outcome", texts(log.outcome)), ("rewritten", texts(log.rewritten)),
      ("meant", texts(log.meant)), ("goal", texts(log.goal)), ("understood", texts(log.understood)),
      ("servable", .tensor(try Tensor(log.isServable))), ("worked", .tensor(try Tensor(log.worked))),
      ("served", .tensor(try Tensor(log.served))), ("attempt", .tensor(try Tensor(log.attempt))),
      ("kind", texts(log.kind)), ("failure_point", texts(log.failurePoint)),
    ]
    self.init(names: columns.map(\.0), columns: columns.map(\.1), rowCount: log.count)
  }
}
