import Diagnostics
import Explaining
import Judging
import Reporting
import TensorExpressions
import Testing
import ToolkitTestSupport

/// The sizes and parameter counts that published systems have.
struct ExampleShapeTests {
  struct Fact {
    let file: String
    let shapes: [String: [Int]]
    var parameters: Int?
  }

  static let facts = [
    Fact(file: "conv1d-keras", shapes: ["y": [2, 10, 64], "w": [3, 32, 64]], parameters: 6208),
    Fact(file: "conv1d-wavenet", shapes: ["y": [1, 16, 8820], "columns": [1, 48, 8820]]),
    Fact(
      file: "conv1d-causal-stack",
      shapes: ["s5": [10, 32, 10], "joint": [2, 160, 10], "pooled": [2, 32, 5], "y": [2, 1]]),
    Fact(file: "conv2d-torch", shapes: ["y": [16, 32, 256, 256]], parameters: 2432),
    Fact(
      file: "conv2d-single-filter",
      shapes: [
        "plain": [1, 1, 3, 3], "strided": [1, 1, 2, 2], "padded": [1, 1, 5, 5],
        "one_side": [1, 1, 4, 4], "wide": [1, 1, 7, 7],
      ]),
    Fact(
      file: "conv2d-second-layer",
      shapes: [
        "c1": [1, 32, 28, 28], "p1": [1, 32, 14, 14], "w2": [64, 32, 5, 5],
        "c2": [1, 64, 14, 14],
      ]),
    Fact(file: "vgg-conv1", shapes: ["y": [1, 64, 224, 224]], parameters: 1792),
    Fact(file: "fully-convolutional", shapes: ["y": [2, 5, 4, 4]]),
    Fact(
      file: "traffic-sign-head",
      shapes: [
        "x": [1, 3, 32, 32], "p1": [1, 108, 14, 14], "p2": [1, 200, 5, 5], "flat": [1, 5000],
        "W3": [100, 5000], "y": [1, 43],
      ]),
    Fact(file: "two-channel-input", shapes: ["w": [3, 3, 2, 25], "y": [2, 10, 96, 25]]),
    Fact(file: "reshape-mnist", shapes: ["y": [3, 28, 28, 1]]),
    Fact(file: "conv-as-matrix", shapes: ["M": [4, 16]]),
    Fact(
      file: "deconv-output-shape",
      shapes: [
        "plain": [1, 1, 15, 13], "padded": [1, 1, 9, 7], "doubled": [1, 1, 10, 8],
        "again": [1, 1, 5, 4],
      ]),
    Fact(file: "mlp-sigmoid", shapes: ["A1": [1, 7], "W2": [7, 2], "A2": [1, 2]]),
    Fact(file: "jacobian-of-Wx", shapes: ["J": [3, 3, 2]]),
    Fact(file: "tensordot", shapes: ["C": [2, 3, 5, 6]]),
    Fact(
      file: "gan-generator-keras",
      shapes: ["a0": [1, 16, 16, 128], "a2": [1, 32, 32, 256], "y": [1, 32, 32, 3]],
      // 32·32768 + 32768, 5·5·128·256 + 256, 4·4·256·256 + 256, twice 5·5·256·256 + 256, 7·7·256·3 + 3
      parameters: 1_081_344 + 819_456 + 1_048_832 + 2 * 1_638_656 + 37_635),
    Fact(
      file: "gan-generator-keras-stride4",
      shapes: ["a1": [1, 8, 8, 256], "a2": [1, 32, 32, 256], "y": [1, 32, 32, 3]]),
    Fact(
      file: "dcgan-generator",
      shapes: [
        "p0": [2, 1024, 4, 4], "c1": [2, 512, 8, 8], "c2": [2, 256, 16, 16],
        "c3": [2, 128, 32, 32], "y": [2, 3, 64, 64],
      ]),
    Fact(
      file: "dcgan-discriminator",
      shapes: ["a1": [2, 128, 32, 32], "a4": [2, 1024, 4, 4], "y": [2, 1]]),
    Fact(
      file: "resnet-block",
      shapes: [
        "same": [1, 16, 32, 32], "projected": [1, 32, 16, 16], "padded": [1, 32, 16, 16],
        "row": [16],
      ]),
    Fact(
      file: "resnet-cifar",
      shapes: [
        "s3": [2, 16, 32, 32], "s6": [2, 32, 16, 16], "s9": [2, 64, 8, 8], "m": [2, 64],
        "y": [2, 10],
      ],
      // Convolutions 432 + 6·2304 + 4608 + 5·9216 + 18432 + 5·36864, a scale and a shift for each of their filters,
      // and 650 of the dense layer.
      parameters: 267_696 + 2 * (7 * 16 + 6 * 32 + 6 * 64) + 650),
    Fact(file: "lstm", shapes: ["states": [2, 20, 10], "y": [2, 10]]),
    Fact(file: "lstm-vs-conv1d", shapes: ["recurrent": [2, 6, 4], "y": [2, 6, 4]]),
  ]

  @Test func shapesAndParameterCounts() {
    withEvery("fact", in: Self.facts) { fact in
      let program = try ExampleFiles.program(fact.file)
      let summary = ModelSummary(program)
      for (name, extents) in fact.shapes {
        let row = summary.rows.first { $0.name == name }
        let value = program.values.first { $0.name == name }
        // What stands behind the output is no part of the network.
        #expect((row == nil) == (value?.isBackward ?? false), "\(name) of \(fact.file)")
        let shape = try #require(row?.shape ?? value?.value.shape, "no `\(name)`")
        #expect(shape.map(summary.number) == extents, "\(name) of \(fact.file)")
      }
      if let parameters = fact.parameters {
        #expect(summary.number(summary.parameters) == parameters, "\(fact.file)")
      }
    }
  }

  /// Every line's own parameters make up the total: none is counted twice or left out.
  @Test func parametersOfLinesAddUp() {
    withEvery("file", in: ["gan-generator-keras", "resnet-cifar", "traffic-sign-head"]) { file in
      let summary = ModelSummary(try ExampleFiles.program(file))
      let lines = summary.rows.filter { !$0.isDeclared }.map(\.parameters).reduce(Size(0), +)
      #expect(lines == summary.parameters, Trace.comment)
    }
  }

  /// The head that averages is indifferent to the image's size; its file says so for any.
  @Test func aGlobalAverageTakesEverySize() throws {
    var overridden = FileCheck(CheckOptions(sizes: ["H": 640, "V": 17]))
    var diagnostics = DiagnosticList(source: try ExampleFiles.source("global-average-head"))
    #expect(overridden.program(of: diagnostics.source, into: &diagnostics) != nil)
    overridden = FileCheck(CheckOptions(sizes: ["H": 2]))
    diagnostics = DiagnosticList(source: diagnostics.source)
    #expect(overridden.program(of: diagnostics.source, into: &diagnostics) == nil)
  }
}
