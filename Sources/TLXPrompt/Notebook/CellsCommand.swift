import ArgumentParser

struct CellsCommand: ProgramCommand {
  static let configuration = CommandConfiguration(
    commandName: "cells", abstract: "List the cells of a file and what each needs.")

  @Flag(help: "Write one JSON object for each cell.")
  var json = false

  @Argument(help: "The file.", completion: .file(extensions: ["tlx"]))
  var file: String

  func perform() throws -> ExitStatus {
    let listing = CellListing(try NotebookFile(path: file).source())
    for line in listing.lines(json: json) { Terminal.write(line + "\n") }
    ErrorReport.write(listing.errors)
    return listing.errors.isEmpty ? .success : .invalidSource
  }
}
