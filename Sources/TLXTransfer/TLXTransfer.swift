// Filled in by its own files.
