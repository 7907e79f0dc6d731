import TLXLearning
import TLXRuntime

/// Writes a text aside and renames it over `path`, relative to the script's folder.
func writeText(_ text: String, to path: String, _ arguments: Arguments) throws {
  try AtomicFile.write(FileName(path, in: arguments.context.folder)) { try $0.write(text) }
}
