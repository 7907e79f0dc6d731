extension ErrorCatalogue {
  static let data: [ErrorPage] = [
    ErrorPage(
      "E0600", "Unexpected error",
      """
      Something went wrong that TLX has no better explanation for: please report it with the program that \
      led to it.
      """,
      example: ""),
    ErrorPage(
      "E0601", "No such file",
      """
      The file or one of the folders on its path does not exist. Relative paths start from the script's \
      folder, or from the current one at the prompt.
      """,
      example: #"""
        csv("no-such-file.csv")
        """#),
    ErrorPage(
      "E0602", "File cannot be read or written",
      """
      The system refuses: the permission is missing, it is a folder, the disk is full. The message says \
      which. A file that cannot be written whole stays as it was.
      """,
      example: #"""
        csv("/")
        """#),
    ErrorPage(
      "E0603", "Malformed CSV",
      """
      The text is not the table that it should be: a quote that is never closed, a line with another number \
      of fields, text that is not UTF-8, a file without a line. The message names the line.
      """,
      example: #"""
        csv("ragged.csv")
        """#),
    ErrorPage(
      "E0604", "Malformed JSON",
      """
      A line (or file) is not valid JSON. The message names line and column and what was expected there. \
      Numbers beyond 64 bits and nesting deeper than 512 are refused too.
      """,
      example: #"""
        jsonl("broken.jsonl")
        """#),
    ErrorPage(
      "E0605", "Malformed NumPy file",
      """
      A `.npy` file (or a member of an `.npz`) is cut off, its header is damaged, or it holds something \
      that TLX cannot read (Python objects, structures, complex numbers).
      """,
      example: #"""
        npy("cut.npy")
        """#),
    ErrorPage(
      "E0606", "Malformed archive",
      """
      An `.npz` file is no zip archive, is cut off, or a member's checksum is wrong.
      """,
      example: #"""
        npz("cut.npz")
        """#),
    ErrorPage(
      "E0607", "Malformed safetensors file",
      """
      The header is cut off or no JSON, a dtype is not known, or the tensors overlap, leave gaps or reach \
      beyond the file. Nothing of a damaged file is loaded.
      """,
      example: #"""
        safetensors("cut.safetensors")
        """#),
    ErrorPage(
      "E0608", "Damaged compressed data",
      """
      A gzip file is cut off or its contents do not match its checksum.
      """,
      example: #"""
        csv("cut.csv.gz")
        """#),
    ErrorPage(
      "E0609", "Damaged IDX file",
      """
      One of the files of Fashion-MNIST is not what its header says.
      """,
      example: #"""
        dataset("fashion")
        """#),
    ErrorPage(
      "E0610", "No such data set or class",
      """
      There is no data set, part or class of that name. `datasets()` lists the sets.
      """,
      example: #"""
        dataset("mnits")
        """#),
    ErrorPage(
      "E0611", "Data set not installed or damaged",
      """
      The files of a data set are missing or are not what the manifest says. The message names where they \
      were looked for, the help what to install.
      """,
      example: #"""
        dataset("fashion")
        """#),
    ErrorPage(
      "E0612", "Impossible split",
      """
      A fraction is not between 0 and 1, a part would be empty or take all rows, or a batch has no row.
      """,
      example: #"""
        split(dataset("iris"), test=1.5)
        """#),
    ErrorPage(
      "E0613", "Class too small to split",
      """
      A stratified split needs at least one row of each class for each part.
      """,
      example: "split(dataset([[1.0], [2], [3]], y=[0, 0, 1]), test=0.4, stratify=true)"),
    ErrorPage(
      "E0614", "Rows and labels do not fit",
      """
      A data set needs numbers with a row for each example and as many class numbers, counted from 0; \
      standardizing needs as many columns as the mean was taken of.
      """,
      example: "dataset([[1.0], [2]], y=[0, 1, 1])"),
    ErrorPage(
      "E0615", "Format not known",
      """
      The file's name does not say a format that TLX can load, or the value cannot be saved in that format.
      """,
      example: #"""
        load("model.bin")
        """#),
    ErrorPage(
      "E0616", "No model in the file",
      """
      A safetensors file describes a model that its tensors do not fit, or that this version does not know.
      """,
      example: ""),
    ErrorPage(
      "E0617", "Checkpoint of another training",
      """
      The file that a training is to go on from was written by a training of another model, of other data or with other \
      options, or is no checkpoint. The message shows both.
      """,
      example: ""),
    ErrorPage(
      "E0620", "Not UTF-8 text",
      """
      A program or library file holds bytes that are not UTF-8 text: it is a compiled or compressed file, \
      or text in an older encoding, which `iconv -f latin1 -t utf-8` converts.
      """,
      example: ""),
    ErrorPage(
      "E0621", "File is there already",
      """
      `:save` does not overwrite a file. Choose another name, or remove the file first.
      """,
      example: ""),
    ErrorPage(
      "E0622", "Shell command failed",
      """
      The command after `!` left with another status than 0.
      """,
      example: ""),
    ErrorPage(
      "E0623", "Not allowed in the sandbox",
      """
      A program that runs with --sandbox may read its own folder, the bundled data sets and the folders given by \
      --allow. It may not write files, and the prompt runs no shell commands.
      """,
      example: ""),
    ErrorPage(
      "E0624", "Run differs from its record",
      """
      `tlx replay` ran a program again and compared it with the record that --manifest wrote: a file has changed, \
      or a cell showed something else. Numbers may differ in the last digits on another processor, and are then \
      reported as near.
      """,
      example: ""),
    ErrorPage(
      "E0625", "Not a record of a run",
      """
      `tlx replay` reads the JSON file that `tlx run --manifest run.json` writes.
      """,
      example: ""),
    ErrorPage(
      "E0626", "File is watched already",
      """
      Another `tlx watch` shows this file. The message says where its page is; two would run every cell twice.
      """,
      example: ""),
    ErrorPage(
      "E0631", "Turns of a log out of order",
      """
      The turns of a session must stand together and in the order of time: a session came back after another had \
      begun, or a time went backwards. Sort the log by session and time; `interleaved=true` takes sessions that alternate, \
      `time=nil` passes the times over.
      """,
      example: """
        chain_from(table([{session: 1, state: "a"}, {session: 2, state: "a"}, {session: 1, state: "b"}]))
        """),
  ]
}
