import Derivation
import Diagnostics
import Evaluation
import ExpressionLanguage
import Foundation
import Layers
import Notation
import Scalars
import TensorExpressions
import Testing

/// The code that is printed computes the values of the expression, where an interpreter or a compiler is given:
/// `GRADCHECK_PYTHON` with NumPy (and JAX and PyTorch, when it has them), `GRADCHECK_CXX`.
@Suite struct CodeExecutionTests {
  /// An expression with values for what it names.
  struct Sample {
    let title: String
    let expression: TensorExpression
    let sizes: [String: Int]
    let inputs: [(name: String, tensor: Tensor<Double>)]
    let result: Tensor<Double>
  }

  static let environment = ProcessInfo.processInfo.environment

  @Test(.enabled(if: environment["GRADCHECK_PYTHON"] != nil))
  func python() throws {
    let python = Self.environment["GRADCHECK_PYTHON"] ?? ""
    let samples = Self.samples()
    try #require(samples.count > 100)
    for (target, imports) in [
      (CodeNotation.Target.numpy, "import numpy as np"),
      (
        .jax,
        "import jax, jax.scipy.special\njax.config.update(\"jax_enable_x64\", True)\nimport jax.numpy as jnp\nfrom jax import lax, nn"
      ),
      (
        .pytorch,
        "import torch\nimport torch.nn.functional as F\ntorch.set_default_dtype(torch.float64)"
      ),
    ] {
      let module = Self.module(imports, target, samples)
      let output = try Self.run(
        python, ["-c", "import sys; exec(sys.stdin.read())"], input: module)
      if output.hasPrefix("absent") {
        print("\(target.rawValue): \(output)")
      } else {
        #expect(output.hasPrefix("0 bad"), "\(target.rawValue): \(output.prefix(3000))")
      }
    }
  }

  @Test(.enabled(if: environment["GRADCHECK_CXX"] != nil))
  func cxx() throws {
    let samples = Self.samples().filter { !$0.title.contains("max") && !$0.title.contains("min") }
    let source = Self.cxxProgram(samples)
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appendingPathComponent("samples.cpp")
    try source.write(to: file, atomically: true, encoding: .utf8)
    let binary = folder.appendingPathComponent("samples").path
    let compiled = try Self.run(
      Self.environment["GRADCHECK_CXX"] ?? "", ["-std=c++20", "-o", binary, file.path])
    try #require(compiled.isEmpty, "\(compiled.prefix(3000))")
    let output = try Self.run(binary, [])
    #expect(output == "", "\(output.prefix(3000))")
  }

  /// A program that prints the titles of samples whose loops give something else.
  static func cxxProgram(_ samples: [Sample]) -> String {
    let notation = CodeNotation(.cxx)
    let code = samples.map { notation.lines(name: "result", expression: $0.expression) }
    var text = notation.preamble(for: code.flatMap { $0 }).joined(separator: "\n")
    text += "\n#include <cstdio>\n"
    var calls = ""
    for (number, sample) in samples.enumerated() {
      // Inverses and determinants are left to the surrounding program.
      if code[number].contains(where: { $0.contains("inv(") || $0.contains("det(") }) { continue }
      calls += "  sample\(number)();\n"
      text += "void sample\(number)() {\n"
      for (name, value) in sample.sizes { text += "  const long \(name) = \(value);\n" }
      for input in sample.inputs {
        let numbers = input.tensor.elements.map { "\($0)" }.joined(separator: ", ")
        text +=
          "  const std::vector<double> \(input.name) = {\(numbers)};\n"
      }
      text += code[number].map { "  \($0)\n" }.joined()
      let expected = sample.result.elements.map { "\($0)" }.joined(separator: ", ")
      text += """
          const std::vector<double> expected = {\(expected)};
          bool equal = result.size() == expected.size();
          for (size_t i = 0; equal && i < expected.size(); ++i)
            equal = std::fabs(result[i] - expected[i]) <= 1e-6 * (1 + std::fabs(expected[i]));
          if (!equal) std::puts("\(sample.title)");
        }

        """
    }
    return text + "int main() {\n\(calls)}\n"
  }

  /// A program that prints a line for each sample whose code gives something else.
  static func module(
    _ imports: String, _ target: CodeNotation.Target, _ samples: [Sample]
  ) -> String {
    var text = "import numpy as np\nimport scipy.special\ntry:\n"
    text += imports.split(separator: "\n").map { "    \($0)\n" }.joined()
    text += "except ImportError as e:\n    print('absent', e)\n    raise SystemExit\n"
    let array = target == .pytorch ? "torch.tensor" : target == .jax ? "jnp.array" : "np.array"
    text += """
      bad = 0
      skipped = 0
      def compare(title, value, expected, code):
          global bad
          v = np.array(value)
          if v.shape != expected.shape or not np.allclose(v, expected, rtol=1e-6, atol=1e-9, equal_nan=True):
              bad += 1
              print('BAD', title, v.shape, expected.shape); print(code)

      """
    let notation = CodeNotation(target)
    let all = samples.flatMap { notation.lines(name: "result", expression: $0.expression) }
    for line in notation.preamble(for: all) where !line.hasPrefix("import") { text += line + "\n" }
    for sample in samples {
      let lines = CodeNotation(target).lines(name: "result", expression: sample.expression)
      var body = sample.sizes.sorted { $0.key < $1.key }.map { "\($0.key) = \($0.value)" }
      body += sample.inputs.map {
        let numbers = $0.tensor.elements.map { "\($0)" }.joined(separator: ", ")
        return
          "\($0.name) = \(array)([\(numbers)]).reshape((\($0.tensor.extents.map { "\($0)," }.joined())))"
      }
      body += lines
      let expected = sample.result.elements.map {
        $0.isNaN ? "np.nan" : $0.isInfinite ? ($0 < 0 ? "-np.inf" : "np.inf") : "\($0)"
      }
      let shape = sample.result.extents.map { "\($0)," }.joined()
      let code = lines.joined(separator: "\n").replacing("\\", with: "\\\\").replacing(
        "'", with: "\\'")
      body.append(
        "compare('\(sample.title)', result, np.array([\(expected.joined(separator: ", "))]).reshape((\(shape))), '''\(code)''')"
      )
      text += "try:\n" + body.map { "    \($0)\n" }.joined()
      text +=
        "except Exception as e:\n    bad += 1; print('FAIL', '\(sample.title)', repr(e)[:300]); print('''\(code)''')\n"
    }
    return text + "print(bad, 'bad of', \(samples.count))\n"
  }

  /// Values of the forward and backward passes of the catalogue's samples.
  static func samples() -> [Sample] {
    var result: [Sample] = []
    for function in FunctionCatalogue.standard.functions {
      for text in function.samples {
        guard let lines = try? RoundTrip.expressions(of: text) else { continue }
        for (name, expression) in lines {
          if let sample = try? sample("\(function.name) \(name)", expression) {
            result.append(sample)
          }
        }
      }
    }
    return result
  }

  static func sample(_ title: String, _ expression: TensorExpression) throws -> Sample? {
    var names: [String: [Size]] = [:]
    let open = expression.namingConstants(&names)
    let symbols = TensorExpression.symbols(of: [open])
    guard let sizes = SizeBindings(for: [open] + symbols).chosen() else { return nil }
    let drawn = try PointDrawing(seed: 5).point(for: symbols, sizes: sizes)
    for isPositive in [false, true] {
      let values = drawn.values.mapValues { tensor in
        Tensor(
          extents: tensor.extents,
          elements: tensor.elements.map { isPositive ? abs($0.doubleValue) : $0.doubleValue })
      }
      let evaluator = Evaluator(
        DoubleArithmetic(), at: EvaluationPoint(sizes: sizes, values: values))
      guard let value = try? evaluator.evaluate(open), value.elements.allSatisfy(\.isFinite) else {
        continue
      }
      return Sample(
        title: title, expression: open, sizes: sizes,
        inputs: symbols.compactMap { symbol in values[symbol].map { (symbol.name ?? "", $0) } },
        result: value)
    }
    return nil
  }

  static func run(_ program: String, _ arguments: [String], input: String = "") throws -> String {
    let folder = FileManager.default.temporaryDirectory
    let file = folder.appendingPathComponent("notation-input-\(UUID().uuidString)")
    try input.write(to: file, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(at: file) }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.standardInput = try FileHandle(forReadingFrom: file)
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: data, as: UTF8.self)
  }
}
