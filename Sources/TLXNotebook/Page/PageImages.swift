import TLXFigures
import TLXLearning

/// Images that prose names: files beside the notebook become part of the page; what lies elsewhere is left out, since a
/// page asks nothing of the network.
public struct PageImages {
  private let folder: String
  private static let kinds = [
    "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif", "webp": "image/webp",
    "svg": "image/svg+xml",
  ]

  public init(folder: String) { self.folder = folder }

  /// A `data:` address; nil for what is not a small image in the folder or below it.
  public func address(_ name: String) -> String? {
    guard !name.contains(":"), !name.hasPrefix("/"), !name.split(separator: "/").contains("..") else {
      return nil
    }
    let file = FileName(name, in: folder)
    guard let kind = Self.kinds[file.format], let contents = try? FileContents(of: file) else { return nil }
    let bytes = contents.withBytes { $0.count <= 4 << 20 ? Array($0) : [] }
    return bytes.isEmpty ? nil : "data:\(kind);base64,\(Base64.text(bytes))"
  }
}
