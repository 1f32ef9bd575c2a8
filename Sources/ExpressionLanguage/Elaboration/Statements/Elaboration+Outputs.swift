import Diagnostics
import Layers
import TensorExpressions

/// What is differentiated: a loss, or outputs.
extension Elaboration {
  mutating func defineLoss(_ loss: LossStatement, _ range: SourceRange) {
    guard isFirstOutput(loss.name) else { return }
    if let value = loss.value {
      guard let tensor = evaluateTensor(value) else {
        bind(loss.name, .failed)
        return
      }
      guard tensor.rank == 0 else {
        failLossRank(loss.name, tensor, value)
        bind(loss.name, .failed)
        return
      }
      define(
        loss.name, tensor, declared: loss.shape.flatMap { shape($0) },
        loss.shape?.range ?? loss.name.range, value: value.range, range)
    } else {
      openOutputs = [OpenOutput(name: loss.name, shape: loss.shape)]
    }
  }

  private mutating func failLossRank(
    _ name: Identifier, _ tensor: TensorExpression, _ value: SyntaxExpression
  ) {
    let sum = SyntaxExpression(
      .call(Identifier("sum", range: value.range), [Argument(value)]), range: value.range)
    fail(
      .definition(.lossRank(name: name.name, shape: tensor.shape)), value.range,
      repairs: [Repair(value.range, sum)])
  }

  mutating func defineOutput(_ output: OutputStatement, _ range: SourceRange) {
    guard isFirstOutput(output.parts[0].name) else { return }
    for (number, part) in output.parts.enumerated() {
      if let twice = output.parts.prefix(number).first(where: { $0.name == part.name }) {
        fail(
          .nameTaken(part.name.name), part.name.range,
          labels: [Diagnostic.Label(twice.name.range, "first named here")])
      } else {
        define(part, range)
      }
    }
  }

  private mutating func define(_ part: OutputStatement.Part, _ range: SourceRange) {
    guard let value = part.value else {
      openOutputs.append(OpenOutput(name: part.name, shape: part.shape))
      if let entry = scope.entries[part.name.name], case .tensor = entry.meaning {
        settleOutputShapes()
      }
      return
    }
    let declared = part.shape.map { shape($0) }
    let tensor = evaluateTensor(value)
    guard let tensor, part.shape == nil || (declared ?? nil) != nil else {
      bind(part.name, .failed)
      return
    }
    define(
      part.name, tensor, declared: declared ?? nil, part.shape?.range ?? part.name.range,
      value: value.range, range)
  }

  private mutating func isFirstOutput(_ name: Identifier) -> Bool {
    if let first = outputRange {
      fail(
        .definition(.secondOutput), name.range,
        labels: [Diagnostic.Label(first, "the first is here")])
      return false
    }
    outputRange = name.range
    return true
  }

  /// A loss or output that names a value which stands elsewhere.
  struct OpenOutput {
    let name: Identifier
    let shape: ShapeSyntax?
  }

  /// Compares the shapes that an output statement states with those of the values that are known.
  mutating func settleOutputShapes() {
    let open = openOutputs
    openOutputs = []
    for output in open {
      guard let entry = scope.entries[output.name.name], case .tensor(let value) = entry.meaning
      else {
        openOutputs.append(output)
        continue
      }
      settle(output, value)
    }
  }

  private mutating func settle(_ output: OpenOutput, _ value: TensorExpression) {
    if outline.outputIsLoss, value.rank != 0 {
      fail(
        .definition(.lossRank(name: output.name.name, shape: value.shape)), output.name.range)
      return
    }
    guard let syntax = output.shape, let declared = shape(syntax) else { return }
    guard fitted(value, to: declared) != nil else {
      fail(
        .definition(
          .shape(name: output.name.name, declared: declared, found: value.shape)), syntax.range)
      return
    }
    takeConditions(syntax.range)
  }

  /// Settles what is differentiated, at the end of the file.
  mutating func finishOutput() {
    for open in openOutputs where scope.entries[open.name.name] == nil {
      _ = lookUp(open.name.name, open.name.range)
    }
    settleOutputShapes()
    if let name = outline.circularOutput {
      fail(.claim(.circularOutput(name.name)), name.range)
      return
    }
    var results: [Program.Output.Result] = []
    for name in outline.outputNames {
      guard let entry = scope.entries[name], case .tensor(let value) = entry.meaning else {
        return
      }
      if outline.outputIsLoss, value.rank != 0 { return }
      if failMinusInfinity(value, entry.range) { return }
      let isLoss = outline.outputIsLoss || (!outline.outputIsExplicit && value.rank == 0)
      results.append(
        .init(value: value, upstream: isLoss ? nil : cotangentSymbol(of: name, value)))
    }
    program.output = Program.Output(results)
    for claim in program.claims { confirmOneMeaning(claim) }
  }

  /// A claim on `dy` has two meanings where another output is computed from the output y: the upstream gradient, and
  /// the gradient by y, which is more than that.
  private mutating func confirmOneMeaning(_ claim: Program.Claim) {
    guard let output = program.output, output.results.count > 1,
      case .gradient(let primal) = claim.subject, let name = primal.name,
      output.values.contains(primal),
      let reader = output.values.first(where: {
        $0 !== primal && TensorExpression.postorder(of: [$0]).contains(primal)
      })
    else { return }
    fail(.claim(.twoMeanings(claim.name, of: name, reader: reader.name ?? "")), claim.range)
  }
}
