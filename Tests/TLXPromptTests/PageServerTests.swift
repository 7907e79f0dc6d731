import Testing

@testable import TLXPrompt

@Suite struct PageServerTests {
  @Test func requestsNeedTheToken() {
    let head = "POST /abc/set?name=l%20r&value=1%2B2 HTTP/1.1\r\nHost: 127.0.0.1:80\r\nOrigin: x"
    let parsed = PageServer.parse(head, token: "abc")
    #expect(parsed?.request == .init(method: "POST", path: "set", query: ["name": "l r", "value": "1+2"]))
    #expect(parsed?.host == "127.0.0.1:80")
    #expect(PageServer.parse(head, token: "abd") == nil)
    #expect(PageServer.parse(head, token: "ab") == nil)
  }

  @Test(arguments: [
    "", "GET", "GET /abc/", "GET / HTTP/1.1\r\nHost: a", "GET abc/ HTTP/1.1\r\nHost: a", "GET /abc/ HTTP/1.1",
    "GET /abc/ HTTP/1.1\r\nHost: a\r\nHost: b", "GET /abc HTTP/1.1\r\nHost: a", "GET /abc/ HTTP/3\r\nHost: a",
  ])
  func malformedRequests(_ head: String) {
    #expect(PageServer.parse(head, token: "abc") == nil)
  }

  @Test func browsersGetWhatChanged() {
    var sent = EventChannel.Sent()
    var state = EventChannel.State()
    state.version = 1
    state.cells = [("a", "<article id=\"a\">1</article>"), ("b", "<article id=\"b\">2</article>")]
    let first = EventChannel.message(state, after: &sent)
    #expect(first.contains("\"order\": [\"a\", \"b\"]") && first.contains(">2<"))
    state.version = 2
    state.cells[1].html = "<article id=\"b\">3</article>"
    let second = EventChannel.message(state, after: &sent)
    #expect(second.contains(">3<") && !second.contains(">1<"))
  }
}
