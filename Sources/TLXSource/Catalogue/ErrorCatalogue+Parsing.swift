extension ErrorCatalogue {
  static let parsing: [ErrorPage] = []
}
