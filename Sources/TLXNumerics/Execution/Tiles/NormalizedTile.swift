/// What `normalize` reads: a tile each, or of mean and deviation one vector of one number.
struct NormalizedTile {
  let x: UnsafeRawPointer
  let mean: UnsafeRawPointer
  let deviation: UnsafeRawPointer
  let weight: UnsafeRawPointer
  let bias: UnsafeRawPointer
  let isRow: Bool
}

extension FloatTile {
  /// ((x − mean) ÷ deviation) × weight + bias
  @inline(never)
  static func normalize(_ d: UnsafeMutableRawPointer, _ tile: NormalizedTile, _ n: Int) {
    var i = 0
    if tile.isRow {
      let (mean, deviation) = (load(tile.mean, 0), load(tile.deviation, 0))
      while i &+ 16 <= n {
        let scaled = (load(tile.x, i) - mean) / deviation * load(tile.weight, i)
        store(scaled + load(tile.bias, i), d, i)
        i &+= 16
      }
      if i < n {
        let rest = n &- i
        let scaled = (loadRest(tile.x, i, rest) - mean) / deviation * loadRest(tile.weight, i, rest)
        storeRest(scaled + loadRest(tile.bias, i, rest), d, i, rest)
      }
      return
    }
    while i &+ 16 <= n {
      let scaled = (load(tile.x, i) - load(tile.mean, i)) / load(tile.deviation, i) * load(tile.weight, i)
      store(scaled + load(tile.bias, i), d, i)
      i &+= 16
    }
    if i < n {
      let rest = n &- i
      let scaled =
        (loadRest(tile.x, i, rest) - loadRest(tile.mean, i, rest)) / loadRest(tile.deviation, i, rest)
        * loadRest(tile.weight, i, rest)
      storeRest(scaled + loadRest(tile.bias, i, rest), d, i, rest)
    }
  }
}

extension DoubleTile {
  /// ((x − mean) ÷ deviation) × weight + bias
  @inline(never)
  static func normalize(_ d: UnsafeMutableRawPointer, _ tile: NormalizedTile, _ n: Int) {
    var i = 0
    if tile.isRow {
      let (mean, deviation) = (load(tile.mean, 0), load(tile.deviation, 0))
      while i &+ 8 <= n {
        let scaled = (load(tile.x, i) - mean) / deviation * load(tile.weight, i)
        store(scaled + load(tile.bias, i), d, i)
        i &+= 8
      }
      if i < n {
        let rest = n &- i
        let scaled = (loadRest(tile.x, i, rest) - mean) / deviation * loadRest(tile.weight, i, rest)
        storeRest(scaled + loadRest(tile.bias, i, rest), d, i, rest)
      }
      return
    }
    while i &+ 8 <= n {
      let scaled = (load(tile.x, i) - load(tile.mean, i)) / load(tile.deviation, i) * load(tile.weight, i)
      store(scaled + load(tile.bias, i), d, i)
      i &+= 8
    }
    if i < n {
      let rest = n &- i
      let scaled =
        (loadRest(tile.x, i, rest) - loadRest(tile.mean, i, rest)) / loadRest(tile.deviation, i, rest)
        * loadRest(tile.weight, i, rest)
      storeRest(scaled + loadRest(tile.bias, i, rest), d, i, rest)
    }
  }
}
