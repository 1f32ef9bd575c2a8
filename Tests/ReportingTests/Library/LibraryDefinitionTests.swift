import Diagnostics
import ExpressionLanguage
import Layers
import Testing
import ToolkitTestSupport

@testable import Judging
@testable import Reporting

/// What the library shows is what is computed: every definition is proved equal to the catalogue's function.
@Suite struct LibraryDefinitionTests {
  @Test(arguments: LibraryDefinition.all)
  func equalsTheFunctionOfTheCatalogue(definition: LibraryDefinition) throws {
    let function = try #require(FunctionCatalogue.standard.function(definition.name))
    #expect(function.name == definition.name)
    let samples = definition.samples.isEmpty ? function.samples : definition.samples
    withEvery("sample", in: samples) { sample in
      let verdict = try verdict(of: definition.source, definition.name, on: sample)
      #expect(
        ["proved", "identical", "enclosed"].contains(verdict), "\(verdict): \(Trace.comment)")
    }
  }

  @Test(arguments: [
    ("softmax", "def softmax(x, axis=-1) = exp(x) / sum(exp(x), axis=0, keepdims=True)"),
    ("mse_loss", "def mse_loss(y, t) = sum((y - t)**2)"),
    ("linear", "def linear(x, W, b=0) = x @ W.T - b"),
  ])
  func aWrongDefinitionIsRefused(name: String, definition: String) throws {
    let function = try #require(FunctionCatalogue.standard.function(name))
    #expect(try verdict(of: definition, name, on: function.samples[0]) == "wrong")
  }

  @Test func everyLayerThatTheLanguageCanSayIsDefined() {
    let loops: Set<String> = ["lstm", "gru", "rnn"]
    for function in FunctionCatalogue.standard.functions
    where function.family == .layers && !loops.contains(function.name) {
      // What is defined in the language itself needs no second definition.
      let isDefined =
        LibraryDefinition.named(function.name) != nil || Prelude.functions[function.name] != nil
      #expect(isDefined, "\(function.name)")
    }
  }

  @Test func rowsSayTheirSlopesAndKinks() throws {
    let catalogue = FunctionCatalogue.standard
    func lines(_ name: String) throws -> [String] {
      FunctionMeaning(of: try #require(catalogue.function(name))).lines
    }
    #expect(
      try lines("sigmoid") == [
        "sigmoid(x) = 1 / (1 + exp(-x))", "slope by x: y * (1 - y)", "with y = sigmoid(x)",
      ])
    #expect(try lines("relu").last == "kink where x = 0")
    #expect(try lines("conv2d").contains { $0.contains(" += ") })
  }

  /// The verdict on `call == definition(call)` for the last line of a sample.
  private func verdict(of definition: String, _ name: String, on sample: String) throws -> String {
    var lines = sample.split(separator: "\n").map(String.init)
    let last = lines.removeLast()
    let call = try #require(last.range(of: " = ").map { String(last[$0.upperBound...]) })
    // Names of the file hide those of the language only under names of their own.
    let own = definition.replacing("def \(name)(", with: "def own_\(name)(")
    let text =
      (lines + own.split(separator: "\n").map(String.init)
      + ["assert \(call) == \(call.replacing("\(name)(", with: "own_\(name)("))"])
      .joined(separator: "\n")
    let source = SourceText(name: "\(name).expr", text: text + "\n")
    var options = CheckOptions()
    options.searchesCauses = false
    let report = FileCheck(options).report(on: source)
    let claim = try #require(report.check?.claims.first, "\(report.diagnostics)\n\(text)")
    return claim.verdict.word
  }
}
