import TensorExpressions

/// A derived backward pass: short lines in the order in which they are computed, each the cotangent of one
/// value under the name `d` + the value's.
public struct BackwardPass: Sendable {
  /// One line: `name = cotangent`.
  public struct Line: Sendable {
    /// The name of the cotangent, or of the part, as other lines refer to it.
    public let name: String
    /// The value whose cotangent it is, a declared or a named one; nil for a part of the lines below it.
    public let primal: TensorExpression?
    /// The cotangent, or the part, under its name.
    public let cotangent: TensorExpression

    /// The right side of the line.
    public var formula: TensorExpression { cotangent.unnamed }
  }

  /// The lines, each after those that it refers to.
  public let lines: [Line]
  /// Names that were given to parts of the forward pass, for the lines to refer to.
  public let implicitValues: [TensorExpression]
  /// The named values of the forward pass as the lines refer to them, those of ``implicitValues`` among them, each
  /// before what uses it.
  public let forward: [TensorExpression]
  /// The author's value for each named value of ``forward`` that was written anew over the names given to parts.
  public let originals: [TensorExpression: TensorExpression]
  /// What stands for the cotangent of each value: its line's name, or the seed itself.
  public let cotangents: [TensorExpression: TensorExpression]

  /// Derives the cotangents of `targets`, and of the named values on the way to them.
  ///
  /// - Parameters:
  ///   - seeds: outputs with their cotangents: 1 for a loss, else the upstream gradient.
  ///   - names: the named values of the forward pass, in order.
  ///   - others: further names that are in use.
  ///   - simplifies: false to keep the sweep's expressions as they come, for an independent check.
  ///   - joinsLines: false to keep a line for each step, along which rounding is followed.
  public init(
    _ seeds: [(output: TensorExpression, cotangent: TensorExpression)],
    targets: [TensorExpression], names: [TensorExpression], avoiding others: Set<String> = [],
    facts: SizeFacts, simplifies: Bool = true, joinsLines: Bool = true
  ) throws(DerivationError) {
    let simplifier = Simplifier(facts: facts)
    let taken = others.union((names + targets).compactMap(\.name))
    // The sequences that only a recurrence itself reads belong to the forward pass, too.
    let roots =
      seeds.map(\.output) + SequenceNames.sequences(of: seeds.map(\.output), in: names + targets)
    let folded = ForwardFolding(in: roots, foldsNormalizations: joinsLines && simplifies)
    let implicit = ImplicitNames(in: roots.map { folded[$0] }, avoiding: taken)
    func prepared(_ value: TensorExpression) -> TensorExpression { implicit[folded[value]] }
    let sequences = SequenceNames(
      of: roots.map(prepared), avoiding: taken.union(implicit.values.compactMap(\.name)))
    let seeds = seeds.map { (output: prepared($0.output), cotangent: $0.cotangent) }
    let divisors = Self.divisors(of: seeds.map(\.output))
    let forwardNames = (names.map(prepared) + implicit.values).sorted { $0.id < $1.id }
    if simplifies {
      simplifier.assumeNonzero(divisors)
      for name in forwardNames { simplifier.learn(name) }
    }
    let given = Dictionary(seeds.map { ($0.output, $0.cotangent) }) { first, _ in first }
    let asked = Set(targets.map(prepared))
    let wanted = asked.union(names.map(prepared))
    var lines: [Line] = []
    var splitting = LineSplitting(avoiding: taken.union(implicit.values.compactMap(\.name)))
    var joining = LineJoining(facts: facts, names: forwardNames, divisors: divisors)
    var partNumber = 0
    let stepForm = Pullback.StepForm(
      simplified: { simplifies ? simplifier.simplified($0) : $0 },
      named: { sequence in
        repeat { partNumber += 1 } while taken.contains("g\(partNumber)")
        let named = sequence.space.named(
          "g\(partNumber)", simplifies ? simplifier.simplified(sequence) : sequence)
        lines.append(Line(name: "g\(partNumber)", primal: nil, cotangent: named))
        return named
      })
    let sweep = Pullback(names: names.map(prepared) + sequences.values, stepForm: stepForm) {
      value, cotangent in
      let projected = value.projected(cotangent)
      var formula = simplifies ? simplifier.simplified(projected) : projected
      if formula === given[value] { return formula }
      if simplifies {
        if joinsLines { formula = joining.joined(formula) }
        if joining.isZero(formula) { formula = formula.zero }
        let split = splitting.split(formula)
        formula = split.formula
        for part in split.parts {
          lines.append(Line(name: part.name ?? "", primal: nil, cotangent: part))
        }
      }
      var name = "d" + (value.name ?? "")
      if given[value] != nil {
        // An output that other outputs are computed from: `d` + its name is the upstream gradient.
        name = Self.free(name + "_total", avoiding: taken)
      }
      let named = value.space.named(name, formula)
      let isConstant = formula.isZero || formula.asConstant != nil
      if !simplifies || !isConstant || asked.contains(value) {
        lines.append(
          Line(name: name, primal: given[value] == nil ? value : nil, cotangent: named))
      }
      if !simplifies { return named }
      // A number is written where it is used.
      if isConstant { return formula }
      joining.add(named)
      return named
    }
    let results = try sweep(seeds, to: targets.map(prepared))
    var cotangents = results
    for value in targets + names where prepared(value) !== value {
      cotangents[value] = results[prepared(value)]
    }
    self.cotangents = cotangents
    originals = Dictionary(
      names.filter { prepared($0) !== $0 }.map { (prepared($0), $0) }, uniquingKeysWith: { $1 })
    self.lines = simplifies ? Self.needed(lines, wanted: wanted) : lines
    implicitValues = implicit.values + sequences.values
    forward = sequences.inserted(into: implicit.inserted(into: names.map { folded[$0] }))
  }
}

extension BackwardPass {
  /// The same pass of expressions that were all changed in one way, as by numbers in place of sizes.
  public func mapped(_ change: (TensorExpression) -> TensorExpression) -> BackwardPass {
    BackwardPass(
      lines: lines.map {
        Line(name: $0.name, primal: $0.primal.map(change), cotangent: change($0.cotangent))
      },
      implicitValues: implicitValues.map(change), forward: forward.map(change),
      originals: Dictionary(originals.map { (change($0), change($1)) }) { first, _ in first },
      cotangents: Dictionary(cotangents.map { (change($0), change($1)) }) { first, _ in first })
  }

  private init(
    lines: [Line], implicitValues: [TensorExpression], forward: [TensorExpression],
    originals: [TensorExpression: TensorExpression],
    cotangents: [TensorExpression: TensorExpression]
  ) {
    self.lines = lines
    self.implicitValues = implicitValues
    self.forward = forward
    self.originals = originals
    self.cotangents = cotangents
  }

  /// The values that the forward pass divides by, so that they are not 0 wherever it has a value.
  private static func divisors(of roots: [TensorExpression]) -> Set<TensorExpression> {
    Set(
      TensorExpression.postorder(of: roots).compactMap { node in
        node.argument(of: .reciprocal)
      })
  }

  /// The lines of wanted values, and what these refer to.
  private static func needed(_ lines: [Line], wanted: Set<TensorExpression>) -> [Line] {
    let roots = lines.filter { $0.primal.map(wanted.contains) ?? false }.map(\.cotangent)
    let nodes = Set(TensorExpression.postorder(of: roots))
    return lines.filter { nodes.contains($0.cotangent) }
  }

  private static func free(_ name: String, avoiding taken: Set<String>) -> String {
    taken.contains(name) ? free(name + "_", avoiding: taken) : name
  }
}
