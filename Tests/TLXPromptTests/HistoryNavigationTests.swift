import Testing

@testable import TLXPrompt

@Test("Up and Down go through the inputs that begin as what was typed, and come back to it")
func historyNavigation() {
  var navigation = HistoryNavigation()
  for text in ["let a = 1", "a + 1", "let b = 2", "let b = 2"] { navigation.remember(text) }
  navigation.begin()
  #expect(navigation.older(than: "", at: 0) == "let b = 2")
  #expect(navigation.older(than: "let b = 2", at: 9) == "a + 1")
  #expect(navigation.newer(than: "a + 1") == "let b = 2")
  #expect(navigation.newer(than: "let b = 2") == "")
  #expect(navigation.newer(than: "") == nil)
  navigation.begin()
  #expect(navigation.older(than: "let x", at: 4) == "let b = 2")
  #expect(navigation.older(than: "let b = 2", at: 9) == "let a = 1")
  #expect(navigation.older(than: "let a = 1", at: 9) == nil)
  // A changed input keeps its place.
  #expect(navigation.newer(than: "let a = 3") == "let b = 2")
  #expect(navigation.newer(than: "let b = 2") == "let x")
  #expect(navigation.older(than: "none", at: 4) == nil)
}
