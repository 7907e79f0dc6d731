import TLXSource

/// A program in its usual form.
public func format(_ tree: SyntaxTree) -> String { tree.source.text }
