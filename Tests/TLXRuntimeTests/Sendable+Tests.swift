import TLXRuntime

// Test data travels to the test that reads it and is changed by nobody.
extension Value: @unchecked Sendable {}
extension SubscriptValue: @unchecked Sendable {}
