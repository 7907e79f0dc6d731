/// Why a line of a log is no turn, and at which byte.
struct LineFault: Error {
  var offset: Int
  var message: String
}
