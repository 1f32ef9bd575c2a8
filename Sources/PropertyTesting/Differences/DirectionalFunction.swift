import Derivation
import Evaluation
import ExpressionLanguage
import Judging
import Scalars
import TensorExpressions

/// A program's output as a function of one number: φ(t) = ⟨ȳ, y(x + t·V)⟩ at a point x, along a direction V.
///
/// For a scalar loss φ is the loss itself.
struct DirectionalFunction {
  /// φ as an expression of the program's symbols.
  let value: TensorExpression
  /// φ′(0) as an expression: the derived gradients, with those symbols' directions put in by ``slope(_:_:)``.
  let gradients: [(symbol: TensorExpression, cotangent: TensorExpression)]
  let point: EvaluationPoint<Rational>
  let directions: [TensorExpression: Tensor<Rational>]

  /// Σ ⟨x̄, V⟩ over the values of ``gradients``, in order.
  func slope<A: ScalarArithmetic>(
    _ values: [Tensor<A.Element>], _ arithmetic: A
  ) throws(EvaluationError) -> A.Element {
    var total = arithmetic.zero
    for ((symbol, _), value) in zip(gradients, values) {
      guard let direction = directions[symbol] else { continue }
      for place in direction.elements.indices where isFree(place, of: symbol, direction.extents) {
        let factor: A.Element
        do throws(ScalarError) {
          factor = try arithmetic.constant(direction.elements[place])
        } catch {
          throw .scalarConstant(error, direction.elements[place])
        }
        total = arithmetic.add(total, arithmetic.multiply(factor, value.elements[place]))
      }
    }
    return total
  }

  /// Whether an entry is a free variable: of a symmetric matrix whose gradient is by entries, those of the
  /// upper triangle.
  private func isFree(_ place: Int, of symbol: TensorExpression, _ extents: [Int]) -> Bool {
    guard case .symbol(let declared) = symbol.kind,
      declared.structure.contains(.symmetricEntries), extents.count == 2
    else { return true }
    let entry = TensorShape.entry(at: place, in: extents)
    return entry[0] <= entry[1]
  }

  /// φ at x + t·V.
  func value<A: ScalarArithmetic>(
    at t: Rational, _ arithmetic: A
  ) throws(EvaluationError) -> A.Element {
    let moved = try point.moved(by: t, along: directions)
    return try Evaluator(arithmetic, at: moved.converted(to: arithmetic)).evaluate(value)
      .elements[0]
  }
}

/// Along what a finite difference is taken.
public enum DifferenceDirection: Hashable, Sendable {
  /// A direction drawn from the seed that moves every entry of every tensor that is differentiated by.
  case drawn
  /// One entry of one tensor moves: the partial derivative by it.
  case entry(String, [Int])
}

/// Why there is no table of finite differences.
public enum DifferenceFailure: Error, Hashable, Sendable {
  /// The program has no gradient to compare with.
  case check(CheckFailure)
  /// Values leave the limits, or do not exist at the point.
  case evaluation(EvaluationError)
  /// The program computes nothing that could be differentiated.
  case nothingToDifferentiate
  /// No differentiable tensor of that name is declared.
  case unknownName(String)
  /// The entry lies outside the tensor.
  case noSuchEntry(name: String, entry: [Int], extents: [Int])
}

extension DirectionalFunction {
  /// The function of a program at a drawn point whose numbers are exact in binary floating point.
  init(
    of program: Program, direction: DifferenceDirection, options: CheckOptions
  ) throws(DifferenceFailure) {
    var options = options
    if case .entry(let name, _) = direction { options.targets = [name] }
    let targets = try Self.targets(of: program, names: options.targets)
    let backward: BackwardPass?
    let draw: Draw
    do throws(CheckFailure) {
      backward = try Checker.derive(program, targets: options.targets)
      guard let first = try DrawPlan(program: program, options: options).draws().first else {
        throw .sizes("no sizes were found")
      }
      draw = first
    } catch {
      throw .check(error)
    }
    guard let output = program.output, let backward else { throw .nothingToDifferentiate }
    let whole = output.weighted
    gradients = targets.map { ($0, backward.cotangents[$0] ?? $0.zero) }
    do throws(EvaluationError) {
      let symbols = TensorExpression.symbols(of: [whole] + targets)
      let drawn = try Self.point(for: symbols, draw: draw, options: options)
      let stopped = try drawn.stopping([whole])
      (value, point) = (stopped.roots[0], stopped.point)
      var moves = try PointDrawing(seed: draw.seed, isDyadic: true)
        .directions(for: targets, sizes: draw.sizes)
      if case .entry(let name, let entry) = direction, let target = targets.first,
        let tensor = moves[target]
      {
        guard let unit = tensor.unit(entry) else {
          throw .shapeMismatch(symbol: name, expected: tensor.extents, found: entry)
        }
        moves[target] = unit
      }
      directions = moves
    } catch {
      if case .shapeMismatch(let name, let extents, let entry) = error,
        case .entry(name, entry) = direction
      {
        throw .noSuchEntry(name: name, entry: entry, extents: extents)
      }
      throw .evaluation(error)
    }
  }

  private static func targets(
    of program: Program, names: [String]
  ) throws(DifferenceFailure) -> [TensorExpression] {
    let all = program.declarations.map(\.symbol).filter {
      if case .symbol(let symbol) = $0.kind { symbol.isDifferentiable } else { false }
    }
    for name in names where !all.contains(where: { $0.name == name }) { throw .unknownName(name) }
    let chosen = names.isEmpty ? all : all.filter { names.contains($0.name ?? "") }
    if chosen.isEmpty { throw .nothingToDifferentiate }
    return chosen
  }

  private static func point(
    for symbols: [TensorExpression], draw: Draw, options: CheckOptions
  ) throws(EvaluationError) -> EvaluationPoint<Rational> {
    var given: [TensorExpression: Tensor<Rational>] = [:]
    for symbol in symbols { given[symbol] = options.givenValues[symbol.name ?? ""] }
    return try PointDrawing(seed: draw.seed, isDyadic: true)
      .point(for: symbols, sizes: draw.sizes, given: given)
  }
}

extension Tensor where Element == Rational {
  /// 1 at one entry, 0 elsewhere; nil for an entry outside.
  func unit(_ entry: [Int]) -> Tensor? {
    guard entry.count == extents.count,
      zip(entry, extents).allSatisfy({ $0 >= 0 && $0 < $1 })
    else { return nil }
    let place = TensorShape.offset(of: entry, in: extents)
    return Tensor(
      extents: extents, elements: elements.indices.map { Rational($0 == place ? 1 : 0) })
  }
}
