extension Heatmap {
  /// A smaller matrix whose values are the means of the cells below them; what is not finite does not count.
  func coarse(rows: Int, columns: Int) -> Heatmap {
    let (rows, columns) = (min(rows, self.rows), min(columns, self.columns))
    var means: [Double] = []
    means.reserveCapacity(rows * columns)
    for row in 0..<rows {
      let high = row * self.rows / rows
      let low = max(high + 1, (row + 1) * self.rows / rows)
      for column in 0..<columns {
        let left = column * self.columns / columns
        let right = max(left + 1, (column + 1) * self.columns / columns)
        var (sum, count) = (0.0, 0.0)
        for r in high..<low {
          for c in left..<right where value(r, c).isFinite {
            sum += value(r, c)
            count += 1
          }
        }
        means.append(count > 0 ? sum / count : .nan)
      }
    }
    return Heatmap(rows: rows, columns: columns, values: means)
  }
}
