import TLXRuntime
import TLXSource
import Testing

@testable import TLXBuiltins

/// Completion has a line beside each field of an object.
@Suite struct FieldSummaryTests {
  private static func object(_ code: String) throws -> (any LanguageObject)? {
    let session = Session(builtins: .standard, output: Transcript(), folder: "/nowhere", seed: 1)
    guard case .object(let object)? = try session.run(SourceText(name: "f", text: code), mode: .prompt) else {
      return nil
    }
    return object
  }

  @Test(arguments: [
    "markov([[0.5, 0.5], [0, 1]])", "ctmc([[-1, 1], [0, 0]])", "hmm([1], [[1]], [[0.5, 0.5]])",
    "mlp([4, 8, 3])",
    "dataset(\"iris\")", "markov([[0.5, 0.5], [0, 1]]).sparse", "plot([1, 2])",
    "flips([0, 1, 1], [0, 1, 0], [0, 1, 1])", "embeddings([[0.0, 1]], space=\"a\", labels=[0])",
  ])
  func everyFieldIsTold(_ code: String) throws {
    let object = try #require(try Self.object(code))
    #expect(!object.fieldNames.isEmpty)
    for field in object.fieldNames {
      #expect(FieldSummary.of(field, in: object.kindName) != nil, "\(object.kindName).\(field)")
      if FieldSummary.isAtHand(field, in: object.kindName) {
        #expect(try object.field(field) != nil, "\(object.kindName).\(field)")
      }
    }
  }

  @Test func statesHaveNone() { #expect(FieldSummary.of("sunny", in: "absorption") == nil) }
}
