import Glibc
import TLXLearning
import TLXNotebook
import TLXNumerics
import TLXSource

/// What the foot of a page says.
enum PageManifest {
  static func of(_ run: NotebookRun, _ source: SourceText, file: String, seconds: Double)
    -> NotebookPage.Manifest
  {
    var files = [(path: TextFile.split(file).name, checksum: SHA256.text(of: source.bytes))]
    for version in run.results.flatMap(\.files) where !version.checksum.isEmpty {
      if !files.contains(where: { $0.path == version.path }) {
        files.append((version.path, version.checksum))
      }
    }
    var now = time(nil)
    var parts = tm()
    gmtime_r(&now, &parts)
    var buffer = [CChar](repeating: 0, count: 64)
    strftime(&buffer, buffer.count, "%Y-%m-%d %H:%M UTC", &parts)
    let date = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return NotebookPage.Manifest(
      entries: [
        ("TLX", Program.version), ("made", date), ("seed", "\(run.seed)"),
        ("threads", "\(Parallel.threadCount)"),
        ("took", NotebookPage.duration(seconds)),
      ], files: files)
  }
}
