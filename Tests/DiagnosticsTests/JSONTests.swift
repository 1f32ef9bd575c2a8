import Diagnostics
import Testing
import ToolkitTestSupport

@Suite struct JSONTests {
  private func parse(_ text: String) throws(JSONError) -> JSONValue {
    try JSONValue.parse(SourceText(name: "a.json", text: text))
  }

  @Test func numbersAndOrderAreKept() throws {
    let text =
      #"{"z": [0.10, -12345678901234567890, 1E+5], "a": {"p/q": "1/3"}, "t": true, "n": null}"#
    let value = try parse(text)
    #expect(value.text() == text)
    #expect(value["z"]?.arrayValue?.first == .number("0.10"))
    #expect(value["a"]?["p/q"]?.stringValue == "1/3")
    #expect(value.objectValue?.keys == ["z", "a", "t", "n"])
  }

  @Test func stringsAreEscapedBothWays() throws {
    let value = try parse(#""\u0041\ud83d\ude00\n\"\\\/\u0000é""#)
    #expect(value == .string("A😀\n\"\\/\u{0}é"))
    #expect(try parse(value.text()) == value)
  }

  @Test(arguments: [
    "", " ", "{", "[", "[1,]", "{\"a\" 1}", "{\"a\": 1,}", "{a: 1}", "01", "1.", ".5", "+1", "-",
    "1e", "0x1", "NaN", "tru", "truex", "\"a", "\"\t\"", "\"\\x\"", "\"\\ud800\"",
    "\"\\ud800\\u0041\"",
    "\"\\udc00\"", "\"\\u12\"", "1 2", "[1] x", "{\"a\": 1, \"a\": 2}", "'a'", "[1 2]", "{\"a\"}",
  ])
  func whatIsNotJSONIsRefused(text: String) {
    #expect(throws: JSONError.self) { try parse(text) }
  }

  @Test func deepNestingIsRefused() throws {
    let limit = JSONValue.depthLimit
    let fits = String(repeating: "[", count: limit) + String(repeating: "]", count: limit)
    #expect(try parse(fits).text() == fits)
    let error = #expect(throws: JSONError.self) {
      try parse(String(repeating: "[", count: 100_000))
    }
    #expect(error?.problem == .tooDeep(limit: limit))
    #expect(throws: JSONError.self) { try parse(String(repeating: "{\"a\":", count: 100_000)) }
  }

  @Test func damagedTextNeverCrashes() {
    let text = Array(#"{"dW": [[1, -2.5e3], ["1/3", "\u00e9\n"]], "ok": [true, false, null]}"#.utf8)
    withEvery("seed", in: 0..<2000) { seed in
      var generator = SeededGenerator(seed: seed)
      var bytes = text
      for _ in 0..<Int.random(in: 1...3, using: &generator) {
        let place = Int.random(in: 0..<bytes.count, using: &generator)
        bytes[place] = UInt8.random(in: 0...127, using: &generator)
      }
      let source = SourceText(name: "a.json", bytes: bytes)
      do throws(JSONError) {
        let value = try JSONValue.parse(source)
        #expect(
          try JSONValue.parse(SourceText(name: "b", text: value.text())) == value, Trace.comment)
      } catch {
        #expect(error.range.end <= source.utf8.count, Trace.comment)
        #expect(!DiagnosticRenderer(source: source).render(error.diagnostic).isEmpty)
      }
    }
  }

  @Test func indentedTextKeepsTensorsOnOneLine() {
    let value: JSONValue = .object([
      "claims": .array([
        .object(["name": .string("dW"), "entry": .array([.integer(1), .integer(0)])])
      ]),
      "empty": .object([:]),
    ])
    #expect(
      value.text(.indented) == """
        {
          "claims": [
            {
              "name": "dW",
              "entry": [1, 0]
            }
          ],
          "empty": {}
        }
        """)
  }

  @Test func objectsForgetRemovedKeys() {
    var object: JSONObject = ["a": .null, "b": .bool(true), "c": .integer(3)]
    object["b"] = nil
    object["a"] = .bool(false)
    #expect(JSONValue.object(object).text() == #"{"a": false, "c": 3}"#)
  }
}
