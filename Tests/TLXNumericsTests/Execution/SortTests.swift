import Testing

@testable import TLXNumerics

/// Sorts of lanes long enough for several digits, parts and threads.
@Suite struct SortTests {
  private func values(_ count: Int) throws -> [Double] {
    let numbers = try RandomStream(key: RandomKey(seed: 5)).normal([count]).doubles()
    return numbers.enumerated().map { index, x in
      switch index % 97 {
      case 0: .nan
      case 1: .infinity
      case 2: -.infinity
      case 3: -0.0
      case 4: 0
      case 5: 1.5
      default: x
      }
    }
  }

  /// NaN last, whatever the order.
  private func comesBefore(_ a: Double, _ b: Double, descending: Bool) -> Bool {
    if a.isNaN || b.isNaN { return !a.isNaN && b.isNaN }
    return descending ? a > b : a < b
  }

  @Test(arguments: [1, 2, 48, 49, 1000, 5000, 200_001], [DType.f32, .f64, .i64])
  func longLanes(_ count: Int, _ dtype: DType) throws {
    var numbers = try values(count)
    if dtype == .i64 { numbers = numbers.map { $0.isFinite ? ($0 * 1e6).rounded() : $0 > 0 ? 1e15 : -1e15 } }
    if dtype == .f32 { numbers = numbers.map { Double(Float($0)) } }
    let x = try Tensor(numbers).cast(to: dtype)
    for descending in [false, true] {
      let order = numbers.indices.sorted {
        comesBefore(numbers[$0], numbers[$1], descending: descending)
          || (!comesBefore(numbers[$1], numbers[$0], descending: descending) && $0 < $1)
      }
      #expect(try x.argsort(descending: descending).elements(of: Int.self) == order)
      let found = try x.sort(descending: descending).doubles()
      let same = zip(found, order).allSatisfy { $0 == numbers[$1] || ($0.isNaN && numbers[$1].isNaN) }
      #expect(same && found.count == count)
    }
  }

  /// Lanes that do not lie in one piece.
  @Test func lanesAcrossMemory() throws {
    let x = try Tensor(values(3 * 5000 * 2)).reshape([3, 5000, 2])
    let turned = try x.permute([0, 2, 1]).sort(axis: 2).permute([0, 2, 1]).doubles()
    let found = try x.sort(axis: 1).doubles()
    #expect(zip(found, turned).allSatisfy { $0 == $1 || ($0.isNaN && $1.isNaN) })
    let flags = try x.greater(0)
    #expect(try flags.sort(axis: 1).cast(to: .i64).doubles() == flags.cast(to: .i64).sort(axis: 1).doubles())
    let down = try flags.sort(axis: 1, descending: true).cast(to: .i64).doubles()
    #expect(try down == flags.cast(to: .i64).sort(axis: 1, descending: true).doubles())
  }

  @Test func resultsDoNotDependOnThreads() throws {
    let x = try Tensor(values(300_000)).cast(to: .f32)
    let threads = Parallel.threadCount
    defer { Parallel.threadCount = threads }
    var orders: [[Int]] = []
    for count in [1, 3] {
      Parallel.threadCount = count
      orders.append(try x.argsort().elements(of: Int.self))
    }
    #expect(orders[0] == orders[1])
  }
}
