import TLXNumerics

/// How a model is fitted.
public struct TrainingOptions: Sendable {
  public var loss: any Loss
  public var optimizer: any Optimizer
  /// Passes over the data; at least one.
  public var epochs: Int
  /// Rows a step; the last batch of an epoch may be smaller.
  public var batch: Int
  public var shuffles: Bool
  /// Rows that are measured after each epoch and never trained on.
  public var monitor: (x: Tensor, y: Tensor)?
  /// Stop after this many epochs without a better monitored loss.
  public var patience: Int?
  /// The largest norm of all gradients together; longer ones are scaled down to it.
  public var clip: Double?
  /// Where the training is kept after each epoch.
  public var checkpoint: FileName?
  /// Whether to go on from what the checkpoint's file holds, if it is there.
  public var resumes: Bool

  public init(
    loss: any Loss, optimizer: any Optimizer, epochs: Int, batch: Int, shuffles: Bool = true,
    monitor: (x: Tensor, y: Tensor)? = nil, patience: Int? = nil, clip: Double? = nil,
    checkpoint: FileName? = nil, resumes: Bool = false
  ) {
    self.loss = loss
    self.optimizer = optimizer
    self.epochs = epochs
    self.batch = batch
    self.shuffles = shuffles
    self.monitor = monitor
    self.patience = patience
    self.clip = clip
    self.checkpoint = checkpoint
    self.resumes = resumes
  }
}

/// What one pass over the data gave.
public struct EpochReport: Sendable {
  public var epoch: Int
  /// The mean over the epoch's rows, each measured just before its own step.
  public var loss: Double
  public var monitoredLoss: Double?
  public var monitoredAccuracy: Double?
  /// Since training began.
  public var seconds: Double
}

public struct TrainingResult: Sendable {
  public enum Ending: String, Sendable {
    case finished
    /// The monitored loss no longer fell.
    case patience
    case interrupted
    /// The loss was no longer a number.
    case diverged
  }

  /// The last model, or with a monitor and patience the one whose monitored loss was least.
  public var model: Model
  public var log: [EpochReport]
  public var seconds: Double
  public var ending: Ending
}

/// Training that had to stop: why, and what it had by then.
public struct TrainingFailure: Error {
  public var error: NumericsError
  /// The model as of the last whole epoch.
  public var kept: TrainingResult
}

/// Progress of a running fit: epoch and step from 1.
public struct TrainingProgress: Sendable {
  public var epoch: Int
  public var epochs: Int
  public var step: Int
  public var steps: Int
  public var lastReport: EpochReport?
}
