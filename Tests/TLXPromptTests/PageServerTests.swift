import NIOHTTP1
import Synchronization
import Testing

@testable import TLXPrompt

@Suite struct PageServerTests {
  private func request(_ method: HTTPMethod, _ uri: String, token: String = "abc") -> PageRequest? {
    PageRequest(HTTPRequestHead(version: .http1_1, method: method, uri: uri), token: token)
  }

  @Test func requestsNeedTheToken() {
    let found = request(.POST, "/abc/set?name=l%20r&value=1%2B2")
    #expect(found == PageRequest(method: .POST, path: "set", query: ["name": "l r", "value": "1+2"]))
    #expect(request(.POST, "/abc/set", token: "abd") == nil)
    #expect(request(.POST, "/abc/set", token: "ab") == nil)
  }

  @Test(arguments: ["", "/", "abc/", "/abc", "//abc/", "/?/abc/", "/abc%2F"])
  func addressesWithoutToken(_ uri: String) { #expect(request(.GET, uri) == nil) }

  @Test func hostsNameTheServer() {
    func isNamed(_ hosts: [String], at address: String) -> Bool {
      let answers = PageAnswers(page: { "" }, rows: { _ in nil }, receive: { _ in false })
      return PageSite(address: address, token: "abc", events: EventChannel(), answers: answers)
        .isNamed(by: hosts, port: 80)
    }
    for host in ["127.0.0.1:80", "localhost:80", "LocalHost:80"] { #expect(isNamed([host], at: "127.0.0.1")) }
    for hosts in [[], ["127.0.0.1"], ["127.0.0.1:81"], ["evil.test:80"], ["localhost:80", "localhost:80"]] {
      #expect(!isNamed(hosts, at: "127.0.0.1"))
    }
    #expect(isNamed(["[::1]:80"], at: "::1") && isNamed(["192.0.2.7:80"], at: "192.0.2.7"))
    #expect(isNamed(["anything"], at: "0.0.0.0") && !isNamed(["192.0.2.7:80"], at: "127.0.0.1"))
  }

  @Test func browsersGetWhatChanged() throws {
    let events = EventChannel()
    var sent = EventChannel.Sent()
    events.update {
      $0.cells = [("a", "<article id=\"a\">1</article>"), ("b", "<article id=\"b\">2</article>")]
    }
    let first = try #require(events.changes(after: &sent))
    #expect(first.contains("\"order\": [\"a\", \"b\"]") && first.contains(">2<"))
    #expect(events.changes(after: &sent) == nil)
    events.update { $0.cells[1].html = "<article id=\"b\">3</article>" }
    let second = try #require(events.changes(after: &sent))
    #expect(second.contains(">3<") && !second.contains(">1<"))
  }

  @Test func watchersAreToldUntilTheyLeave() {
    let events = EventChannel()
    let calls = Mutex(0)
    let number = events.subscribe { calls.withLock { $0 += 1 } }
    events.update { $0.problem = "gone" }
    #expect(calls.withLock { $0 } == 1)
    events.unsubscribe(number)
    events.update { $0.problem = "" }
    #expect(calls.withLock { $0 } == 1)
  }
}
