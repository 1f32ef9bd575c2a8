import Derivation
import Diagnostics
import Explaining
import ExpressionLanguage
import Judging
import Layers
import Notation
import ProgramTestSupport
import Reporting
import TensorExpressions
import Testing

/// Modules of code as they are printed; `Scripts/ci-code` runs them.
@Suite struct CodeModuleTests {
  private static let code: [PassNotation] = [.numpy, .pytorch, .jax, .cpp, .swift]

  private func module(_ text: String, _ notation: PassNotation) throws -> String {
    let source = SourceText(name: "some/sample-net.expr", text: text)
    var diagnostics = DiagnosticList(source: source)
    let program = try #require(FileCheck().program(of: source, into: &diagnostics))
    let backward = try #require(try Checker.derive(program))
    return try notation.text(of: program, backward)
  }

  private static let dense = """
    dims B=4, I=3, O=2
    input x: [B, I]
    param W: [I, O], b: [O]
    y = relu(x @ W + b)
    output y
    """

  @Test func functionsTakeTheTensorsInOrder() throws {
    #expect(try module(Self.dense, .numpy).contains("def backward(dy, x, W, b):"))
    #expect(try module(Self.dense, .pytorch).contains("class SampleNet(torch.autograd.Function):"))
    #expect(try module(Self.dense, .jax).contains("layer.defvjp(layer_forward, layer_backward)"))
    let cpp = try module(Self.dense, .cpp)
    #expect(cpp.contains("namespace sample_net {"))
    let head = "void forward(long B, long I, long O, const T* x, const T* W, const T* b, T* y) {"
    #expect(cpp.contains(head))
    #expect(
      try module(Self.dense, .swift).contains("-> (dx: [Double], dW: [Double], db: [Double]) {"))
  }

  /// What comes in from outside is one number at every step.
  @Test(arguments: [PassNotation.numpy, .pytorch, .jax])
  func anUpstreamGradientMayBeANumber(notation: PassNotation) throws {
    let text = """
      dims T=4
      input x: [T], w: []
      for t in range(T):
          h[t] = w * h[t-1] + x[t]
      loss L = sum(h)
      """
    #expect(try module(text, notation).contains("dh[t] = 1 + w * dh[t+1]"))
  }

  @Test func aLossTakesNoUpstreamGradient() throws {
    let text = "dims n=3\nparam w: [n]\nloss L = sum(w**2)"
    #expect(try module(text, .numpy).contains("def backward(w):"))
    #expect(try module(text, .pytorch).contains("dw = gradient * dw"))
  }

  @Test(arguments: code)
  func namesThatAreTakenGetAnUnderscore(notation: PassNotation) throws {
    let text = try module(
      "dims n=3\ninput forward: [n]\nparam max: [n]\ny = forward * max\noutput y", notation)
    #expect(text.contains("forward_"))
    #expect(text.contains("max_") || notation == .cpp)
    #expect(text.contains("dforward"))
  }

  @Test func sizesComeFromShapes() throws {
    let text = try module(
      "dims K=2, H=3\ninput x: [K + 1, 2*H]\nparam w: [2*H]\ny = mean(x * w) * K\noutput y", .numpy)
    #expect(text.contains("K = x.shape[0] - 1"))
    #expect(text.contains("H = x.shape[1]//2"))
  }

  @Test(arguments: code)
  func aSizeThatNoShapeTellsIsAConstant(notation: PassNotation) throws {
    let text = """
      dims B=2, H=5, E=4
      input x: [B, H*E]
      y = mean(rearrange(x, "b (h e) -> b h e", h=H), axis=1)
      output y
      """
    #expect(try module(text, notation).contains("H = 5"))
    let open = text.replacing("H=5", with: "H")
    #expect(throws: CodeRefusal.sizeWithoutNumber("H")) { try module(open, notation) }
  }

  @Test(arguments: code)
  func namedSoftmaxesAreNotDividedBy(notation: PassNotation) throws {
    let text = """
      dims B=3, C=4
      input x: [B, C]
      const t: [B, C]
      p = softmax(x)
      loss L = -sum(t * log(p)) / B
      """
    let module = try module(text, notation)
    #expect(!module.contains("/ p") && !module.contains("log(p"))
  }

  @Test(arguments: code)
  func derivativesAreFunctions(notation: PassNotation) throws {
    let text = "dims n=3\ninput x: [n]\nloss L = sum(x**3)\nH = hessian(L, x)"
    let module = try module(text, notation)
    let word = notation == .cpp ? "void" : notation == .swift ? "func" : "def"
    #expect(module.contains("\(word) H("))
  }

  private static let recurrent = """
    dims T=4, B=2, H=3
    input h0: [B, H], x: [T, B, H]
    param U: [H, H]
    for t in range(T), h[-1] = h0:
        h[t] = tanh(x[t] + h[t-1] @ U)
    y = h
    output y
    """

  @Test func arraysOfStepsAreFilledByOneLoop() throws {
    let text = try module(Self.recurrent, .numpy)
    #expect(text.contains("h = {-1: h0}\n    for t in range(T):\n"))
    #expect(text.contains("h[t] = np.tanh(x[t] + h[t-1] @ U)"))
    #expect(text.contains("for t in reversed(range(T)):"))
    #expect(try module(Self.recurrent, .pytorch).contains("torch.stack([h[t] for t in range(T)])"))
  }

  @Test func loopsOverStepsMakeNoArrays() throws {
    for notation in [PassNotation.cpp, .swift] {
      let text = try module(Self.recurrent, notation)
      let isCxx = notation == .cpp
      #expect(text.contains(isCxx ? "for (long t = 0; t < T_; ++t) {" : "for t in 0..<T {"))
      #expect(
        text.contains(
          isCxx ? "for (long t = T_ - 1; t >= 0; --t) {" : "stride(from: T - 1, through: 0, by: -1)"
        ))
      if isCxx {
        var isInside = false
        for line in text.split(separator: "\n") {
          if line.hasPrefix("  for (long t") { isInside = true }
          if line == "  }" { isInside = false }
          #expect(!isInside || !line.contains("std::vector"), "\(line)")
        }
      }
    }
  }

  /// A sequence is no formula of whole arrays.
  @Test func markupWritesTheStepsOfARecurrence() throws {
    let latex = try module(Self.recurrent, .latex)
    #expect(latex.hasPrefix("t = T - 1 , \\ldots , 0\n"), "\(latex)")
    #expect(latex.contains(#"\mathrm{d} h_{t} = \mathrm{d} y_{t} + "#), "\(latex)")
    let mathML = try module(Self.recurrent, .mathml)
    #expect(mathML.contains("<mo>…</mo>"))
    let index = try module(Self.recurrent, .index)
    #expect(index.contains("for t in reversed(range(T)):\n    dh[t] = "), "\(index)")
    for text in [latex, mathML, index] { #expect(!text.contains("?"), "\(text)") }
  }

  /// exp(s) alone is infinite for large s, although its share is not.
  @Test func exponentialsThatAMaskKeepsAreShifted() throws {
    let text = try module(
      """
      dims T=3
      input s: [T, T], a: [T], b: [T]
      const keep: [T] mask
      e = exp(s) * keep
      y = sum(e / sum(e, axis=1, keepdims=True), axis=1) + log(exp(a) + exp(b))
      output y
      """, .numpy)
    #expect(!text.contains("np.exp(s)"), "\(text)")
    #expect(!text.contains("np.exp(a)"), "\(text)")
    #expect(text.contains("np.exp(np.where("), "\(text)")
  }

  /// An entry of a softmax may be rounded to 0, and its logarithm is not looked for there.
  @Test(arguments: code)
  func singleEntriesOfProbabilitiesAreNotDividedBy(notation: PassNotation) throws {
    for picked in ["p[arange(B), y]", "sum(p * t, axis=1)", "gather(p, 1, y[:, None])"] {
      let text = """
        dims B=3, C=4
        input x: [B, C]
        const y: [B] index(C), t: [B, C] one_hot(1)
        p = softmax(x)
        loss L = -sum(log(\(picked))) / B
        """
      let module = try module(text, notation)
      #expect(!module.contains("/ p") && !module.contains("log(p"), "\(module)")
    }
    // What may be ignored is no entry, and its logarithm none.
    let ignoring = """
      dims B=3, C=4
      input x: [B, C]
      const y: [B] index(C, ignore=-1)
      p = softmax(x)
      loss L = -sum(log(p[arange(B), y] + 1)) / B
      """
    #expect(try !module(ignoring, notation).contains("log_softmax"))
  }

  /// 0 · exp(u) is no number where u is large.
  @Test func exponentialsThatAMaskLeavesOutAreThoseOfZero() throws {
    let text = try module(
      """
      dims N=3
      input x: [N]
      const m: [N] mask
      y = m * exp(x)
      output y
      """, .numpy)
    #expect(!text.contains("np.exp(x)"), "\(text)")
    #expect(text.contains("np.exp(np.where(m_, x, 0))"), "\(text)")
  }

  /// The sum has lost its axis, and its gradient is a softmax all the same.
  @Test func sumsOfExponentialsGiveSoftmaxes() throws {
    let layer = "dims N=3, C=4\ninput x: [N, C]\ng = log(sum(exp(x), axis=1))\noutput g"
    #expect(try module(layer, .text) == "dx = softmax(x) * dg.reshape(N, 1)\n")
    #expect(try module(layer, .jax).contains("dx = jax.nn.softmax(x, axis=-1) * dg.reshape(N, 1)"))
  }

  private static let lookups = """
    dims N=4, V=5, D=3
    const idx: [N] index(V, ignore=-1)
    param E: [V, D]
    y = E[idx]
    output y
    """

  @Test(arguments: code)
  func placesAreWholeNumbers(notation: PassNotation) throws {
    let text = try module(Self.lookups, notation)
    switch notation {
    case .cpp:
      #expect(text.contains("const long* idx, const T* E"))
      #expect(text.contains("const long idx_at = idx[n]; idx_at >= 0 && idx_at < V"))
    case .swift:
      #expect(text.contains("idx: [Int], E: [Double]"))
      #expect(text.contains("if case let idx_at = idx[n], idx_at >= 0, idx_at < V"))
    case .numpy, .pytorch, .jax:
      #expect(text.contains("idx != -1"))
      #expect(!text.contains("[..., None]"), "no tensor of all places\n\(text)")
    case .text, .index, .latex, .mathml: break
    }
  }

  /// Every sample of the catalogue has a module in every target, which defines or imports every function that it calls,
  /// and Python has no loops in it but over steps.
  @Test(arguments: code)
  func everySampleHasAModule(notation: PassNotation) throws {
    for function in FunctionCatalogue.standard.functions {
      for sample in function.samples {
        let source = SourceText(name: "sample.expr", text: sample)
        var diagnostics = DiagnosticList(source: source)
        guard let program = FileCheck().program(of: source, into: &diagnostics),
          let backward = try Checker.derive(program)
        else { continue }
        let text = try notation.text(of: program, backward)
        #expect(text.contains("forward") && text.contains("backward"), "\(sample)")
        #expect(ModuleNames(text, notation).undefined == [], "\(sample)\n\(text)")
        if notation != .cpp, notation != .swift {
          let hasSteps = backward.forward.contains(where: \.holdsRecurrences)
          #expect(hasSteps || !text.contains(" range("), "\(sample)\n\(text)")
          #expect(!text.contains("while "), "\(sample)\n\(text)")
        }
      }
    }
  }

  /// Functions that no sample needs have names, too.
  @Test(arguments: CodeTarget.allCases)
  func everyFunctionHasAName(target: CodeTarget) throws {
    for function in Elementwise.table {
      let space = ExpressionSpace()
      let arguments = (0..<function.arity).map { space.input("x\($0)", [3]) }
      let output = LayerCode.Output(
        name: "y", value: space.elementwise(function, arguments), upstream: nil)
      let layer = LayerCode(
        stem: "one", sizes: [], arguments: arguments, outputs: [output], gradients: [])
      let text = try CodeModule(layer, for: target).text
      let notation = try #require(PassNotation(rawValue: target.rawValue))
      #expect(ModuleNames(text, notation).undefined == [], "\(function.name)\n\(text)")
    }
  }

  @Test func undefinedNamesAreFound() {
    let python = "import math\n\ndef forward(x):\n    return roll(np.exp(x), math.pi)\n"
    #expect(ModuleNames(python, .numpy).undefined == ["np", "roll"])
    let cpp = "template <class T>\nvoid forward(const T* x) {\n  roll(std::exp(T(1)));\n}\n"
    #expect(ModuleNames(cpp, .cpp).undefined == ["roll"])
    let swift = "func forward(x: [Double]) {\n  roll(exp(Double(x.count)))\n}\n"
    #expect(ModuleNames(swift, .swift).undefined == ["roll"])
  }

  /// The entries of an axis moved on, as the function that every library has.
  @Test func rollsHaveEachLibrarysName() throws {
    let text = """
      dims N=5
      input x: [N, 3]
      y = roll(x, 2, axis=1) * x
      output y
      """
    #expect(try module(text, .numpy).contains("np.roll(dv1, 1, axis=1)"))
    #expect(try module(text, .pytorch).contains("torch.roll(dv1, 1, dims=1)"))
    #expect(try module(text, .jax).contains("jnp.roll(dv1, 1, axis=1)"))
  }

  @Test func loopsSortPlaces() throws {
    let text = "dims N=5\ninput x: [2, N]\ny = topk(x, 3)\noutput y"
    let cpp = try module(text, .cpp)
    #expect(cpp.contains("std::stable_sort("))
    #expect(cpp.contains("y[i * 3 + rank] = values[places[rank]];"), "\(cpp)")
    let swift = try module(text, .swift)
    #expect(swift.contains("places = sortedPlaces(values, isDescending: true)"), "\(swift)")
  }
}
