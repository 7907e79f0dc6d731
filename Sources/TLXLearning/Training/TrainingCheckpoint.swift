import TLXNumerics

#if canImport(Glibc)
  import Glibc
#endif

/// A training as of the end of an epoch, whole enough that going on from it gives the same numbers, bit by bit, as never
/// having stopped. Its file is a safetensors file that also loads as the model of that epoch.
struct TrainingCheckpoint {
  /// What names of tensors that are no parameters start with.
  static let prefix = "training."
  private static let key = "tlx.training"

  struct Best {
    var epoch: Int
    var loss: Double
    var parameters: [Tensor]
  }

  /// What must be the same in the run that goes on: `TrainingCheckpoint.run`.
  var run: String
  var step: Int
  /// The state of the random stream.
  var stream: String
  var log: [EpochReport]
  var parameters: [Tensor]
  var slots: [Tensor]
  var best: Best?

  /// What a run is told apart by: architecture, rows, loss, optimizer and how batches are made; not the number of epochs.
  static func run(_ model: Model, rows: Int, _ options: TrainingOptions) -> String {
    let sizes = model.parameters.map(\.typeDescription).joined(separator: " ")
    let clip = options.clip.map { ", clip=\($0)" } ?? ""
    return "\(model.architecture) (\(sizes)); \(rows) rows; loss=\(options.loss.description); "
      + "optimizer=\(options.optimizer.description); batch=\(options.batch), shuffle=\(options.shuffles)\(clip)"
  }

  // MARK: Writing

  /// Writes aside and renames, so that the file is always a whole checkpoint.
  func write(_ model: Model, to file: FileName) throws {
    guard file.format == "safetensors" else {
      throw NumericsError(
        "E0615", "a checkpoint is a .safetensors file, and this is \(file.shown)",
        help: "write checkpoint=\"run.safetensors\"")
    }
    var contents = ModelFile.contents(of: model)
    for (index, slot) in slots.enumerated() {
      contents.tensors.append((name: "\(Self.prefix)slot.\(index)", tensor: slot))
    }
    for (index, tensor) in (best?.parameters ?? []).enumerated() {
      contents.tensors.append((name: "\(Self.prefix)best.\(index)", tensor: tensor))
    }
    contents.metadata.append((name: Self.key, text: document.text))
    try Safetensors.write(contents, to: file)
  }

  private var document: JSONValue {
    .object([
      .init("run", .string(run)), .init("step", .int(step)), .init("stream", .string(stream)),
      .init("log", .array(log.map(\.document))), .init("best_epoch", .int(best?.epoch ?? 0)),
      .init("best_loss", .float(best?.loss ?? 0)),
    ])
  }

  // MARK: Reading

  /// What the file holds; nil where it does not exist. Throws E0617 for the training of something else.
  static func read(_ file: FileName, model: Model, slots: Int, run: String) throws -> TrainingCheckpoint? {
    guard access(file.path, F_OK) == 0 else { return nil }
    let contents = try Safetensors.read(file)
    guard let text = contents.note(key) else { throw unfit(file, "it is no checkpoint of a training") }
    let bytes = Array(text.utf8)
    guard let document = try? bytes.withUnsafeBufferPointer({ try JSONParser.parse($0) }),
      case .string(let found)? = document["run"], case .int(let step)? = document["step"],
      case .string(let stream)? = document["stream"], case .array(let lines)? = document["log"],
      case .int(let bestEpoch)? = document["best_epoch"]
    else { throw unfit(file, "its description is not readable") }
    guard found == run else {
      throw unfit(file, "it is of another training", help: "there: \(found); here: \(run)")
    }
    func tensor(_ name: String) throws -> Tensor {
      guard let tensor = contents[name] else { throw unfit(file, "it lacks \(name)") }
      return tensor
    }
    let log = lines.compactMap(EpochReport.init(document:))
    guard log.count == lines.count else { throw unfit(file, "its log is not readable") }
    var best: Best?
    if bestEpoch > 0, let loss = document["best_loss"]?.double {
      best = Best(
        epoch: bestEpoch, loss: loss,
        parameters: try model.parameters.indices.map { try tensor("\(prefix)best.\($0)") })
    }
    return TrainingCheckpoint(
      run: run, step: step, stream: stream, log: log, parameters: try model.parameterNames.map(tensor),
      slots: try (0..<slots).map { try tensor("\(prefix)slot.\($0)") }, best: best)
  }

  static func unfit(_ file: FileName, _ what: String, help: String? = nil) -> NumericsError {
    NumericsError(
      "E0617", "cannot go on from \(file.shown): \(what)",
      help: help ?? "remove the file, or give another name, to start anew")
  }
}

extension EpochReport {
  fileprivate var document: JSONValue {
    func number(_ value: Double?) -> JSONValue { value.map { .float($0) } ?? .null }
    return .array([
      .int(epoch), .float(loss), number(monitoredLoss), number(monitoredAccuracy), .float(seconds),
    ])
  }

  fileprivate init?(document: JSONValue) {
    guard case .array(let items) = document, items.count == 5, case .int(let epoch) = items[0],
      let loss = items[1].double, let seconds = items[4].double
    else { return nil }
    self.init(
      epoch: epoch, loss: loss, monitoredLoss: items[2].double, monitoredAccuracy: items[3].double,
      seconds: seconds)
  }
}

extension JSONValue {
  /// A number, whole or not.
  fileprivate var double: Double? {
    switch self {
    case .int(let number): Double(number)
    case .float(let number): number
    default: nil
    }
  }
}
