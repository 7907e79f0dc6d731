import Testing

@testable import TLXNumerics

@Suite struct EnvironmentSettingsTests {
  @Test func amountsAndNumbersCanBeRead() throws {
    for (memory, threads) in [("4G", "2"), ("1.5g", "1"), ("500MB", "64"), ("1000000", "3"), ("", "")] {
      try EnvironmentSettings.check { ["TLX_MEMORY": memory, "TLX_THREADS": threads][$0] }
    }
    try EnvironmentSettings.check { _ in nil }
  }

  @Test(
    arguments: [
      ("TLX_MEMORY", ["lots", "-4G", "0", "0.1", "G", "4X", "nan", "1e30", " 4G"]),
      ("TLX_THREADS", ["0", "-1", "two", "1.5", "2 ", "99999999999999999999"]),
    ])
  func whatCannotBeReadIsAnError(name: String, values: [String]) {
    for value in values {
      let error = #expect(throws: NumericsError.self, "\(value)") {
        try EnvironmentSettings.check { $0 == name ? value : nil }
      }
      #expect(error?.code == "E0710" && error?.message == "\(name)=\(value) cannot be read")
    }
  }
}
