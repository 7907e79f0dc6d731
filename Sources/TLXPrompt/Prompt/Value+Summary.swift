import TLXBuiltins
import TLXRuntime

extension Value {
  /// One line for lists of names: kind and size, or the value itself where it is short.
  var summary: String {
    switch self {
    case .tensor(let tensor):
      tensor.typeDescription
    case .list(let items): items.count == 1 ? "list of 1 item" : "list of \(items.count) items"
    case .record(let record): "{" + record.names.joined(separator: ", ") + "}"
    case .table(let table): "table of \(table.rowCount) rows: " + table.names.joined(separator: ", ")
    case .function(let function): function.signature
    case .object(let object):
      object.summary(width: 60).split(separator: "\n").first.map(String.init) ?? object.kindName
    case .null, .bool, .int, .float, .string, .range: Display.canonical(self)
    }
  }

  var isCallable: Bool {
    if case .function = self { return true }
    return false
  }

  /// What may follow a dot, without computing anything.
  var fieldCandidates: [Completion.Candidate] {
    switch self {
    case .tensor:
      [
        Completion.Candidate("T", "transposed"), Completion.Candidate("dtype", "what its numbers are"),
        Completion.Candidate("ndim", "number of axes"), Completion.Candidate("shape", "size of each axis"),
        Completion.Candidate("size", "number of elements"),
      ]
    case .record(let record):
      zip(record.names, record.values).map { name, value in
        Completion.Candidate(name, value.summary, suffix: value.isCallable ? "(" : "")
      }
    case .table(let table): zip(table.names, table.columns).map { Completion.Candidate($0, $1.summary) }
    case .object(let object):
      object.fieldNames.map {
        Completion.Candidate($0, FieldSummary.of($0, in: object.kindName) ?? "")
      }
    case .range:
      [
        Completion.Candidate("start", "the first number"), Completion.Candidate("stop", "the end, left out"),
        Completion.Candidate("step", "from one to the next"),
      ]
    case .null, .bool, .int, .float, .string, .list, .function: []
    }
  }
}
