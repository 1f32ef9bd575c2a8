import Diagnostics
import Evaluation
import ExpressionLanguage
import Judging
import Scalars
import TensorExpressions
import TensorFiles

/// Why what a kernel computed cannot be judged at a point.
public enum KernelPointError: Error, Sendable {
  /// An input that the probe lacks.
  case missing(String)
  /// A tensor of the probe that the layer does not declare, with the nearest name that it does.
  case unknown(String, nearest: String?)
  /// An input with an entry that is infinite or not a number.
  case notFinite(String, entry: [Int], value: String)
  /// An input that is not what a word of its declaration says.
  case broken(String, word: String)
  /// The shapes do not fit the declarations.
  case point(PointError)
  /// The file of results is empty.
  case noGradients
  /// A result that the layer does not have, with the nearest name that it has.
  case unknownResult(String, nearest: String?)
  /// A result of another shape than the layer's.
  case resultShape(String, expected: [Int], found: [Int])
  /// A result that is stored as whole numbers.
  case wholeNumbers(String)
  /// The probe is none of an exact run.
  case exact(ExactRunError)
  /// The results are none of an exact run.
  case exactResults(ExactRunError)
}

/// A point that a kernel ran at, held against the layer's declarations.
public struct KernelPoint: Sendable {
  let layer: KernelLayer
  /// The tensors of the file, in its order.
  public let tensors: [StoredTensor]
  /// The numbers of the sizes, as the shapes of the tensors give them.
  public let sizes: [String: Int]

  /// Holds the tensors of a file against the inputs that a layer declares.
  ///
  /// - Parameter overrides: numbers for sizes, which the shapes must agree with.
  /// - Throws: ``KernelPointError`` for a tensor that is missing, not declared or not finite, a
  ///   shape that does not fit, and an entry that its declaration rules out.
  public init(
    _ layer: KernelLayer, _ file: TensorFile, sizes overrides: [String: Int] = [:]
  ) throws(KernelPointError) {
    self.layer = layer
    let names = layer.inputs.compactMap(\.name)
    for tensor in file.tensors where !names.contains(tensor.name) {
      throw .unknown(
        tensor.name, nearest: SpellingSuggestion.closest(to: tensor.name, among: names))
    }
    var given: [(symbol: TensorExpression, tensor: Tensor<Rational>)] = []
    for symbol in layer.inputs {
      let name = symbol.name ?? ""
      guard let tensor = file[name] else { throw .missing(name) }
      guard let values = tensor.rationals else { throw Self.notFinite(tensor) }
      given.append((symbol, Tensor(extents: tensor.extents, elements: values)))
    }
    do throws(PointError) {
      sizes = try PointSizes(program: layer.program, overrides: overrides).sizes(for: given)
    } catch {
      throw .point(Self.aboutTensor(error, given))
    }
    for (symbol, tensor) in given {
      guard let structure = symbol.symbol?.structure else { continue }
      if let word = StructureCheck(tensor).brokenWord(of: structure) {
        throw .broken(symbol.name ?? "", word: word)
      }
    }
    tensors = file.tensors
  }

  /// A size that two numbers are given for, told as the shape of the tensor that has the second one.
  private static func aboutTensor(
    _ error: PointError, _ given: [(symbol: TensorExpression, tensor: Tensor<Rational>)]
  ) -> PointError {
    guard case .conflict(let size, _, let second) = error else { return error }
    let culprit = given.first { symbol, tensor in
      zip(symbol.shape, tensor.extents).contains { $0.asName == size && $1 == second }
    }
    return culprit.map {
      .shape($0.symbol.name ?? "", declared: $0.symbol.shape, found: $0.tensor.extents)
    } ?? error
  }

  private static func notFinite(_ tensor: StoredTensor) -> KernelPointError {
    let place = tensor.values.firstIndex { !$0.isFinite } ?? 0
    return .notFinite(
      tensor.name, entry: TensorShape.entry(at: place, in: tensor.extents),
      value: "\(tensor.values[place])")
  }

  func results(
    _ file: TensorFile, renamed: [String: String]
  ) throws(KernelPointError) -> [KernelResult] {
    try layer.results(file, sizes: sizes, renamed: renamed)
  }
}

/// A tensor that a kernel computed, the layer's name of it, and its formula.
typealias KernelResult = (tensor: StoredTensor, name: String, formula: TensorExpression)

extension KernelLayer {
  /// The tensors that a kernel computed, with their formulas.
  func results(
    _ file: TensorFile, sizes: [String: Int], renamed: [String: String]
  ) throws(KernelPointError) -> [KernelResult] {
    var results: [KernelResult] = []
    let names = self.results.map(\.name)
    for tensor in file.tensors {
      let name = renamed[tensor.name] ?? tensor.name
      guard let formula = formula(name) else {
        throw .unknownResult(
          tensor.name, nearest: SpellingSuggestion.closest(to: name, among: names))
      }
      let extents = (try? TensorShape.extents(formula.shape, sizes)) ?? []
      guard tensor.extents == extents else {
        throw .resultShape(tensor.name, expected: extents, found: tensor.extents)
      }
      guard tensor.type.format != nil else { throw .wholeNumbers(tensor.name) }
      results.append((tensor, name, formula))
    }
    if results.isEmpty { throw .noGradients }
    return results
  }
}

extension KernelPointError {
  /// Whether it is the file of the gradients that is at fault, and not that of the point.
  public var isAboutResults: Bool {
    switch self {
    case .noGradients, .unknownResult, .resultShape, .wholeNumbers, .exactResults: true
    case .missing, .unknown, .notFinite, .broken, .point, .exact: false
    }
  }

  /// What is wrong with the file, for the person who gave it.
  public var diagnostic: Diagnostic {
    switch self {
    case .missing(let name):
      Diagnostic(code: .kernelPoint, "the probe lacks `\(name)`, which the layer takes")
    case .unknown(let name, let nearest):
      Diagnostic(
        code: .kernelPoint, "the probe holds `\(name)`, which the layer does not declare",
        help: nearest.map { "it declares `\($0)`" })
    case .notFinite(let name, let entry, let value):
      Diagnostic(
        code: .kernelPoint, "entry \(entry) of `\(name)` is \(value), which is no finite number")
    case .broken(let name, let word):
      Diagnostic(code: .kernelPoint, "`\(name)` is declared `\(word)`, and is not here")
    case .point(let error): error.diagnostic
    case .noGradients:
      Diagnostic(
        code: .kernelResult, "the file holds no gradient, so that there is nothing to judge")
    case .unknownResult(let name, let nearest):
      Diagnostic(
        code: .kernelResult, "the layer has no gradient or value `\(name)`",
        help: nearest.map { "it has `\($0)`; `--map \($0)=\(name)` renames it" })
    case .resultShape(let name, let expected, let found):
      Diagnostic(
        code: .kernelResult, "`\(name)` has the shape \(found); the layer's has \(expected)")
    case .wholeNumbers(let name):
      Diagnostic(
        code: .kernelResult, "`\(name)` has an integer type, in which no gradient is judged")
    case .exact(let error): Diagnostic(code: .kernelPoint, error.message)
    case .exactResults(let error): Diagnostic(code: .kernelResult, error.message)
    }
  }
}

extension DiagnosticCode {
  static let kernelPoint: DiagnosticCode = "kernel-point"
  static let kernelResult: DiagnosticCode = "kernel-result"
}
