import Derivation
import Evaluation
import Judging
import Scalars
import TensorExpressions
import TensorFiles

/// A point for a kernel: every tensor that it takes, each number exact in the format.
public struct Probe: Sendable {
  /// What the numbers are like.
  public let kind: ProbeKind
  /// The format that every number is exact in.
  public let format: BinaryFormat
  /// What every draw follows from.
  public let seed: UInt64
  /// The numbers of the sizes.
  public let sizes: [String: Int]
  /// The inputs in the layer's order, each with its numbers.
  public let tensors: [StoredTensor]
  /// What is known of the rounding errors of a correct kernel, for whole numbers.
  public let remark: String?
}

/// Why no probe was drawn.
public enum ProbeError: Error, Sendable {
  /// The sizes have no numbers.
  case point(PointError)
  /// Values leave the limits, or do not exist at the sizes.
  case evaluation(EvaluationError)
  /// Even with entries of ±1 some sum of |terms| may reach what the format holds exactly.
  case sumsTooLarge(BinaryFormat)
  /// Every point that was drawn lies on a kink.
  case kinks
  /// The layer has no exact run.
  case exact(ExactRunError)
}

/// Draws probes of a layer.
public struct ProbeDrawing: Sendable {
  let layer: KernelLayer
  let overrides: [String: Int]

  public init(_ layer: KernelLayer, sizes: [String: Int] = [:]) {
    self.layer = layer
    overrides = sizes
  }

  /// How often a point off all kinks is looked for.
  static let attempts = 24
  /// The ranges of whole numbers that are tried, widest first.
  private static let ranges = [1024, 256, 100, 60, 31, 20, 12, 9, 7, 5, 4, 3, 2, 1]
  /// The range of whole numbers of a layer with other functions, whose values would soon be too large.
  private static let modestRange = 2

  /// A point of the kind that is asked for, off all kinks.
  ///
  /// Equal requests give equal points. For a polynomial layer whole numbers have the widest range at which a
  /// correct kernel rounds nothing, or at least nothing in its sums.
  ///
  /// - Throws: ``ProbeError`` where sizes have no numbers, values leave the limits, or no point was
  ///   found.
  public func probe(_ request: ProbeRequest) throws(ProbeError) -> Probe {
    let sizes: [String: Int]
    do throws(PointError) {
      sizes = try PointSizes(program: layer.program, overrides: overrides).sizes(for: [])
    } catch {
      throw .point(error)
    }
    let kind = request.kind ?? (layer.isPolynomial ? .integer : .normal)
    if kind == .integer, layer.isPolynomial { return try exactProbe(request, sizes) }
    for attempt in 0..<Self.attempts {
      let range = kind == .integer ? Self.modestRange : nil
      let tensors = try draw(request, sizes, attempt, range, upstream: range, kind)
      if try isOffKinks(tensors, sizes) {
        return Probe(
          kind: kind, format: request.format, seed: request.seed, sizes: sizes, tensors: tensors,
          remark: nil)
      }
    }
    throw .kinks
  }

  // MARK: - Whole numbers

  /// What of a correct kernel's work rounds nothing.
  fileprivate enum Exactness: CaseIterable {
    /// Every value, as it is stored.
    case everything
    /// All values but the results, as they are stored.
    case intermediates
    /// Everything in the format of sums.
    case sums
  }

  /// The widest range for which nothing rounds: one range for all tensors, else a smaller one for the
  /// upstream gradient, else a range for which only what is stored rounds.
  private func exactProbe(
    _ request: ProbeRequest, _ sizes: [String: Int]
  ) throws(ProbeError) -> Probe {
    var isOnKinks = false
    for exactness in Exactness.allCases {
      let pairs =
        Self.ranges.map { ($0, $0) }
        + Self.ranges.flatMap { range in
          [60, 12, 3, 1].filter { $0 < range }.map { (range, $0) }
        }
      for (range, upstream) in pairs {
        for attempt in 0..<Self.attempts {
          let tensors = try draw(request, sizes, attempt, range, upstream: upstream, .integer)
          guard try isExact(tensors, sizes, request.format, exactness) else { break }
          if try isOffKinks(tensors, sizes) {
            return Probe(
              kind: .integer, format: request.format, seed: request.seed, sizes: sizes,
              tensors: tensors, remark: exactness.remark(request.format))
          }
          isOnKinks = true
        }
      }
    }
    throw isOnKinks ? .kinks : .sumsTooLarge(ProbeRequest.accumulation(of: request.format))
  }

  private func isExact(
    _ tensors: [StoredTensor], _ sizes: [String: Int], _ storage: BinaryFormat,
    _ exactness: Exactness
  ) throws(ProbeError) -> Bool {
    let arithmetic = RoundingErrorArithmetic(ProbeRequest.accumulation(of: storage))
    let results = layer.mainResults.map(\.formula)
    let inner = layer.lines.filter { !results.contains($0) }
    let values: [Tensor<RoundedNumber>]
    do throws(EvaluationError) {
      let point = layer.point(tensors, sizes) { RoundedNumber(exactly: $0) }
      values = try Evaluator(arithmetic, at: point).evaluate(results + inner)
    } catch {
      throw .evaluation(error)
    }
    for (place, tensor) in values.enumerated() {
      let isStored =
        switch exactness {
        case .everything: true
        case .intermediates: place >= results.count
        case .sums: false
        }
      for element in tensor.elements {
        let number = arithmetic.finished(element)
        if number.error != 0 { return false }
        if isStored, arithmetic.stored(number, in: storage).error != 0 { return false }
      }
    }
    return true
  }

  // MARK: - Drawing

  func draw(
    _ request: ProbeRequest, _ sizes: [String: Int], _ attempt: Int, _ range: Int?,
    upstream: Int?, _ kind: ProbeKind
  ) throws(ProbeError) -> [StoredTensor] {
    var tensors: [StoredTensor] = []
    let extents: [[Int]]
    do throws(EvaluationError) {
      extents = try layer.symbolExtents(sizes)
    } catch {
      throw .evaluation(error)
    }
    for (number, (node, extents)) in zip(layer.inputs, extents).enumerated() {
      guard let symbol = node.symbol else { continue }
      let isUpstream = symbol.isUpstream
      let stream = UInt64(attempt) << 32 | UInt64(number)
      var draws = EntryDraws(
        format: request.format,
        generator: SeededGenerator(seed: request.seed, stream: stream),
        range: isUpstream ? upstream : range)
      var values = draws.tensor(symbol.structure, extents)
      if kind == .sparse, isUpstream { Self.thin(&values, &draws.generator) }
      tensors.append(
        StoredTensor(
          name: symbol.name, format: request.format, extents: extents, values: values))
    }
    return tensors
  }

  /// Keeps one entry in 16, and one at least.
  private static func thin(_ values: inout [Double], _ generator: inout SeededGenerator) {
    for block in stride(from: 0, to: values.count, by: 16) {
      let end = min(block + 16, values.count)
      // The last block may be shorter, and then has an entry left less often.
      let kept = block + Int.random(in: 0..<16, using: &generator) % (block == 0 ? end : 16)
      for place in block..<end where place != kept { values[place] = 0 }
    }
  }

  /// Whether no mask's argument is zero and no window has a tie.
  private func isOffKinks(
    _ tensors: [StoredTensor], _ sizes: [String: Int]
  ) throws(ProbeError) -> Bool {
    let roots = layer.mainResults.map(\.formula)
    if MaskRecord.places(in: roots).isEmpty { return true }
    do throws(EvaluationError) {
      let point = layer.point(tensors, sizes) { RoundedNumber(exactly: $0) }
      let evaluator = Evaluator(RoundingErrorArithmetic(.binary64), at: point)
      return try evaluator.evaluateRecordingMasks(roots).masks.kinks.isEmpty
    } catch {
      switch error {
      case .scalar(.undecided, _, _): return false
      default: throw .evaluation(error)
      }
    }
  }
}

extension ProbeDrawing.Exactness {
  fileprivate func remark(_ format: BinaryFormat) -> String {
    switch self {
    case .everything: "every value of a correct kernel is exact"
    case .intermediates:
      "all but the results are exact; these are rounded once, to \(format.rawValue)"
    case .sums:
      """
      all sums are exact in \(ProbeRequest.accumulation(of: format).rawValue); \
      what is stored in \(format.rawValue) is rounded
      """
    }
  }
}

extension KernelLayer {
  /// The point of tensors by their names.
  func point<Element>(
    _ tensors: [StoredTensor], _ sizes: [String: Int], _ number: (Double) -> Element
  ) -> EvaluationPoint<Element> {
    var values: [TensorExpression: Tensor<Element>] = [:]
    for tensor in tensors {
      guard let symbol = inputs.first(where: { $0.name == tensor.name }) else { continue }
      values[symbol] = Tensor(extents: tensor.extents, elements: tensor.values.map(number))
    }
    return EvaluationPoint(sizes: sizes, values: values)
  }
}
