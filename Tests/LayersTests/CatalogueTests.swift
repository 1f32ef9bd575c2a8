import Foundation
import Layers
import Scalars
import TensorExpressions
import Testing
import ToolkitTestSupport

@Suite struct CatalogueTests {
  let space = ExpressionSpace()
  let catalogue = FunctionCatalogue.standard

  /// The table of `Documentation/Language.md`, by hand: a function that the language promises is never missing.
  private static let promised = """
    exp log log1p expm1 sqrt rsqrt abs sign sin cos tan asin acos atan sinh cosh tanh sigmoid softplus erf relu
    leaky_relu elu selu gelu silu hardtanh clip maximum minimum step where sum mean max min prod var std logsumexp
    norm1 norm2 norm_fro outer dot inner kron tensordot einsum trace tr inv det logdet solve diag eye zeros ones tril
    triu reshape permute flatten rearrange concat stack pad flip roll broadcast_to unfold conv1d conv2d conv3d
    conv_transpose1d conv_transpose2d conv_transpose3d conv1d_transpose conv2d_transpose conv3d_transpose max_pool1d
    max_pool2d avg_pool1d avg_pool2d global_avg_pool linear batch_norm layer_norm instance_norm group_norm softmax
    log_softmax cross_entropy mse_loss bce attention lstm gru rnn dropout_mask
    """.split(whereSeparator: \.isWhitespace).map(String.init)

  @Test func holdsEveryFunctionOfTheLanguage() {
    for name in Self.promised { #expect(catalogue.function(name) != nil, "\(name) is missing") }
    #expect(catalogue.function("no_such") == nil)
    #expect(catalogue.function("T") == nil)
  }

  @Test func everyFunctionHasSamplesThatCallIt() {
    for function in catalogue.functions {
      #expect(!function.samples.isEmpty, "\(function.name) has no samples")
      for sample in function.samples {
        #expect(
          function.isProperty
            ? sample.contains(".\(function.name)") : sample.contains("\(function.name)("),
          "a sample of \(function.name) does not call it")
      }
    }
  }

  /// Every `static let … CatalogueFunction` or maker of one in the sources has its line in the catalogue.
  @Test func definitionsAndLinesAgree() throws {
    let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent(
        "Sources/Layers")
    let files = try #require(FileManager.default.enumerator(atPath: sources.path))
      .compactMap { $0 as? String }.filter { $0.hasSuffix(".swift") }
    var defined: Set<String> = []
    var listed: Set<String> = []
    for file in files {
      let text = try String(contentsOf: sources.appendingPathComponent(file), encoding: .utf8)
      if file.hasSuffix("FunctionCatalogue+Standard.swift") {
        listed = Set(text.matches(of: /\.([a-zA-Z0-9]+)(?=[,\s])/).map { String($0.output.1) })
        continue
      }
      guard let start = text.range(of: "extension CatalogueFunction") else { continue }
      for match in text[start.lowerBound...].matches(of: /\n  static let ([a-zA-Z0-9]+) =/) {
        defined.insert(String(match.output.1))
      }
    }
    defined.remove("synonyms")
    defined.remove("epsilon")
    #expect(defined.subtracting(listed).isEmpty, "without a line in the catalogue")
    #expect(defined.count > 70)
  }

  @Test func everyElementwiseRowIsReachable() {
    let operators: Set = ["reciprocal", "pow", "pi", "equal", "minus_infinity"]
    for row in Elementwise.table where !operators.contains(row.name) {
      #expect(catalogue.function(row.name) != nil, "\(row.name) has no function")
    }
  }

  @Test func bindsByPlaceAndByKeyword() throws {
    let x = Argument.tensor(space.input("x", [2, 3, 7]))
    let w = Argument.tensor(space.input("w", [4, 3, 3]))
    let byPlace = try catalogue.call("conv1d", [x, w, 0, 2, 1], in: space)
    let byKeyword = try catalogue.call(
      "conv1d", [x], keywords: [("padding", 1), ("w", w), ("stride", 2)], in: space)
    #expect(byPlace == byKeyword)
    let reduced = try catalogue.call(
      "sum", [x], keywords: [("dim", -1), ("keepdim", true)], in: space)
    #expect(reduced.shape == [2, 3, 1])
    #expect(try catalogue.call("reshape", [x, 6, -1], in: space).shape == [6, 7])
    #expect(try catalogue.call("reshape", [x, [6, -1]], in: space).shape == [6, 7])
    #expect(try catalogue.call("permute", [x, 2, 0, 1], in: space).shape == [7, 2, 3])
    let rearranged = try catalogue.call(
      "rearrange", [x, "a b (c d) -> (a d) b c"], keywords: [("c", 7)], in: space)
    #expect(rearranged.shape == [2, 3, 7])
    #expect(
      try catalogue.property("T", of: space.input("m", ["I", "O"])).shape == ["O", "I"])
  }

  @Test func refusesWhatCannotBeBound() {
    let x = Argument.tensor(space.input("x", [2, 3]))
    func error(
      _ name: String, _ positional: [Argument], _ keywords: [(name: String, value: Argument)] = []
    ) -> LayerError? {
      do {
        _ = try catalogue.call(name, positional, keywords: keywords, in: space)
        return nil
      } catch { return error }
    }
    #expect(error("softmaxx", [x]) == .argument(.unknownFunction("softmaxx")))
    #expect(error("softmax", []) == .argument(.missing(function: "softmax", parameter: "x")))
    #expect(
      error("softmax", [x, 1, 2]) == .argument(.tooMany(function: "softmax", limit: 2, found: 3)))
    #expect(
      error("softmax", [x, 1], [("axis", 0)])
        == .argument(.repeated(function: "softmax", parameter: "axis")))
    #expect(
      error("softmax", [x], [("axes", 0)])
        == .argument(
          .unknownKeyword(function: "softmax", keyword: "axes", known: ["x", "axis"])))
    #expect(
      error("softmax", [x], [("axis", "last")])
        == .shape(.argument(function: "softmax", name: "axis", rule: "is an integer")))
    #expect(error("softmax", [x, 2]) == .shape(.axis(2, shape: [2, 3])))
    #expect(error("T", [x]) == .argument(.unknownFunction("T")))
    #expect(error("sum", [.flag(true)]) != nil)
    for arguments: [Argument] in [[-1], [[]], ["3"], [2, -1]] {
      #expect(error("eye", arguments) != nil)
    }
    #expect(error("reshape", [x, -2, -3]) != nil)
    #expect(error("roll", [x, .size(Size(-Int.max)), 1]) == nil)
    #expect(error("roll", [x, .size(Size(Int.min)), 1]) != nil)
    #expect(error("conv1d", [x, x]) != nil)
    #expect(error("concat", [[]]) != nil)
  }

  @Test func numbersAndListsAreTensorsWhereOneIsTaken() throws {
    let x = Argument.tensor(space.input("x", [2, 3]))
    let clipped = try catalogue.call(
      "clip", [x, .number(Coefficient(Rational(-1, 2))), .size("n")], in: space)
    #expect(clipped.shape == [2, 3])
    let padded = try catalogue.call("pad", [[1, 2, 3], [7, 6]], in: space)
    #expect(padded.shape == [16])
    #expect(
      try NaiveEvaluator.drawn(padded).value.values
        == Array(repeating: 0, count: 7) + [1, 2, 3] + Array(repeating: 0, count: 6))
    #expect(
      try catalogue.call("zeros", ["n", 3].map { $0 == "n" ? .size("n") : $0 }, in: space).shape
        == ["n", 3])
  }

  @Test func signaturesReadAsWritten() throws {
    #expect(
      try #require(catalogue.function("max_pool1d")).signature
        == "max_pool1d(x, kernel, stride=None, padding=0, dilation=1, layout=\"NCHW\", "
        + "ceil_mode=False, return_indices=False)"
    )
    #expect(
      try #require(catalogue.function("layer_norm")).signature
        == "layer_norm(x, gamma=1, beta=0, axis=-1, eps=1/100000)")
    #expect(try #require(catalogue.function("reshape")).signature == "reshape(x, *shape)")
  }
}
