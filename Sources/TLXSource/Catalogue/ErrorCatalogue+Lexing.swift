extension ErrorCatalogue {
  static let lexing: [ErrorPage] = []
}
