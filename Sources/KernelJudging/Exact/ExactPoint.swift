import Evaluation
import Judging
import Scalars
import TensorExpressions
import TensorFiles

/// A point of an exact run: rational numbers that decide how masks fall, and residues that everything else is
/// computed with.
public struct ExactPoint: Sendable {
  let layer: KernelLayer
  let field: ExactField
  let sizes: [String: Int]
  /// The numbers beside the residues, exactly.
  let rational: EvaluationPoint<Rational>
  let residues: LevelledPoint
  /// How every mask falls at the rational point, with proof.
  let masks: MaskRecord
}

extension ExactPoint {
  /// The point that shadows and a seed make; the residues are independent of the shadows, but for classes and
  /// whole numbers, which are what they are.
  init(
    _ layer: KernelLayer, _ field: ExactField, shadows: EvaluationPoint<Rational>
  ) throws(EvaluationError) {
    self.layer = layer
    self.field = field
    sizes = shadows.sizes
    rational = shadows
    let whole = layer.inputs.filter { $0.symbol?.structure.contains(.integer) == true }
    residues = try field.levels.point(
      for: layer.inputs, like: shadows, fixed: Set(whole), seed: field.seed)
    masks = try MaskRecord.recording(
      layer.results.map(\.formula), at: shadows, isCertain: true)
  }

  /// A point that was drawn before, from its file.
  public init(
    _ layer: KernelLayer, _ file: TensorFile, sizes overrides: [String: Int] = [:]
  ) throws(KernelJudge.Failure) {
    let field: ExactField
    let shadows: TensorFile
    let tensors: [ExactTensor]
    do throws(ExactRunError) {
      guard let known = try ExactField(file) else { throw ExactRunError.notExact }
      field = known
      tensors = try Self.tensors(file, in: field)
      shadows = TensorFile(
        tensors.map {
          StoredTensor(
            name: $0.name, format: .binary64, extents: $0.extents, values: $0.shadows)
        })
    } catch {
      throw .point(.exact(error))
    }
    let point: KernelPoint
    do throws(KernelPointError) {
      point = try KernelPoint(layer, shadows, sizes: overrides)
    } catch {
      throw .point(error)
    }
    do throws(EvaluationError) {
      try self.init(
        layer, field,
        shadows: layer.point(point.tensors, point.sizes) { Rational(exactly: $0) ?? 0 })
    } catch {
      throw .evaluation(error)
    }
    for tensor in tensors where !holds(tensor) {
      throw .point(.exact(.otherResidues(tensor.name)))
    }
  }

  static func tensors(
    _ file: TensorFile, in field: ExactField
  ) throws(ExactRunError) -> [ExactTensor] {
    var tensors: [ExactTensor] = []
    for stored in file.tensors where stored.name != ExactField.headerName {
      tensors.append(try ExactTensor(stored, in: field))
    }
    return tensors
  }

  /// Whether a tensor of a file has the residues that were drawn.
  private func holds(_ tensor: ExactTensor) -> Bool {
    guard let symbol = layer.inputs.first(where: { $0.name == tensor.name }) else { return false }
    return zip(tensor.residues, residues.levels).allSatisfy { own, level in
      level.values[symbol]?.elements.elementsEqual(own, by: { $0 == $1 }) == true
    }
  }

  /// The tensors as a kernel reads them.
  var tensors: [ExactTensor] {
    layer.inputs.compactMap { symbol in
      guard let shadows = rational.values[symbol] else { return nil }
      let structure = symbol.symbol?.structure ?? []
      // What is not drawn is a constant.
      let isConstant = !structure.isDisjoint(with: [.oneHot, .integer])
      return ExactTensor(
        name: symbol.name ?? "", extents: shadows.extents,
        shadows: shadows.elements.map(\.doubleValue),
        degrees: shadows.elements.map { _ in isConstant ? 0 : 1 },
        residues: residues.levels.map { level in
          (level.values[symbol]?.elements ?? []).map { Optional($0) }
        })
    }
  }

  /// The rational point in double precision.
  var doubles: EvaluationPoint<Double> {
    EvaluationPoint(
      sizes: sizes, values: rational.values.mapValues { $0.map(\.doubleValue) })
  }
}
