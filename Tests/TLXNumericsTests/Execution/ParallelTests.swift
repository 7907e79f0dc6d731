import Glibc
import Synchronization
import Testing

@testable import TLXNumerics

@Suite(.serialized) struct ParallelTests {
  @Test func coversEveryItemOnce() throws {
    for count in [0, 1, 2, 7, 100, 1001] {
      for grain in [1, 3, 1000] {
        let seen = UnsafeMutablePointer<Int>.allocate(capacity: max(1, count))
        defer { seen.deallocate() }
        seen.initialize(repeating: 0, count: max(1, count))
        try Parallel.forEach(count: count, grain: grain) { range in for item in range { seen[item] += 1 } }
        #expect((0..<count).allSatisfy { seen[$0] == 1 })
      }
    }
  }

  /// Many short loops one after the other: wake-ups, late workers and hand-overs.
  @Test func survivesManyLoops() throws {
    let total = Atomic<Int>(0)
    for _ in 0..<20_000 {
      try Parallel.forEach(count: 4, grain: 1) { range in total.add(range.count, ordering: .relaxed) }
    }
    #expect(total.load(ordering: .relaxed) == 80_000)
  }

  @Test func loopsInLoopsRunInline() throws {
    let total = Atomic<Int>(0)
    try Parallel.forEach(count: 8, grain: 1) { _ in
      try Parallel.forEach(count: 10, grain: 1) { range in total.add(range.count, ordering: .relaxed) }
    }
    #expect(total.load(ordering: .relaxed) == 80)
  }

  @Test func throwsTheFirstError() {
    #expect(throws: NumericsError.self) {
      try Parallel.forEach(count: 100, grain: 1) { range in
        if range.contains(50) { throw NumericsError("E0505", "wrong") }
      }
    }
  }
}

@Suite struct LimitTests {
  @Test func refusesWhatMemoryCannotHold() throws {
    #expect(MemoryLimit.parse("4G") == 4 << 30)
    #expect(MemoryLimit.parse("1.5m") == 3 << 19)
    #expect(MemoryLimit.parse("x") == nil)
    #expect(throws: NumericsError.self) { try Storage(byteCount: 1 << 60) }
    #expect(throws: NumericsError.self) { try Storage(shape: [1 << 40, 1 << 40], dtype: .f64) }
  }

  @Test func namesTheValuesThatOverflow() throws {
    let big = try Tensor([1, .max, 3])
    let cases: [(String, () throws -> Tensor)] = [
      ("+", { try big + Tensor([0, 1, 0]) }), ("*", { try big * Tensor([1, 2, 1]) }),
      ("-", { try -big - Tensor([1, 2, 3]) }), ("sum", { try big.sum() }),
      ("^", { try big.power(Tensor([1, 3, 1])) }),
      ("matrix", { try big.reshape([1, 3]).matmul(Tensor([2, 2, 2], shape: [3, 1])) }),
    ]
    for (word, make) in cases {
      do {
        try make().realize()
        Issue.record("\(word) did not overflow")
      } catch let error as NumericsError {
        #expect(error.code == "E0502" && error.message.contains(word), "\(error.message)")
      }
    }
    do {
      try Tensor([7, 8]).modulo(Tensor([2, 0])).realize()
      Issue.record("8 % 0")
    } catch let error as NumericsError {
      #expect(error.code == "E0507" && error.message.contains("8 % 0"), "\(error.message)")
    }
  }
}
