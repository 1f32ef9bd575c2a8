import TensorExpressions

/// Recurrences as loops over steps: a sequence is an array with room for the steps that are read outside of it.
extension LoopWriter {
  mutating func write(_ statement: CodePlan.Statement) {
    switch statement {
    case .line(let line): write(line)
    case .block(let block): write(block)
    }
  }

  private mutating func write(_ block: CodeBlock) {
    usedNames.insert(block.step)
    for sequence in block.sequences {
      declare(sequence.roomyName, sequence.roomyShape)
      for start in sequence.starts where !start.value.isZero {
        let place = start.step + Size(sequence.room.before)
        let extent = sequence.roomyShape[sequence.axis]
        let placed = start.value.placed(at: place, ofNewAxis: sequence.axis, extent: extent)
        for statement in statements(of: placed, name: sequence.roomyName) {
          write(LoopNest(statement, usedNames: usedNames), assigns: false)
        }
      }
    }
    let outside = allocationPlace
    allocationPlace = lines.count
    open(language.steps(block))
    for sequence in block.sequences {
      for part in sequence.parts { write(part) }
      writeStep(of: sequence, block)
    }
    close()
    allocationPlace = outside
    for sequence in block.sequences where sequence.roomyName != sequence.name && sequence.isRead {
      write(CodePlan.Line(name: sequence.name, expression: sequence.withoutRoom))
    }
  }

  /// One step's value, at its place in the sequence.
  private mutating func writeStep(of sequence: CodeBlock.Sequence, _ block: CodeBlock) {
    let place = StepPlace.coordinate(block.step) + Size(sequence.room.before)
    let statements = statements(of: sequence.value, name: sequence.roomyName).map { statement in
      statement.placed(at: place, axis: sequence.axis, sequence.roomyShape)
    }
    let assigns = statements.first.map { LoopNest($0, usedNames: usedNames).fillsOutput } ?? false
    for (number, statement) in statements.enumerated() {
      write(LoopNest(statement, usedNames: usedNames), assigns: assigns && number == 0)
    }
  }
}

extension CodeBlock.Sequence {
  fileprivate var roomyName: String { StepPlace.roomyName(name, room) }

  /// The sequence's own places.
  fileprivate var withoutRoom: TensorExpression {
    let whole = value.space.symbol(TensorSymbol(roomyName, role: .step), shape: roomyShape)
    var access = shape.indices.map(Affine.index)
    access[axis] = access[axis] + Size(room.before)
    return whole.reindexed(access, to: shape)
  }
}

extension LoopLanguage {
  /// The head of the loop over steps.
  fileprivate func steps(_ block: CodeBlock) -> String {
    let first = LoopText.size(block.first)
    let end = LoopText.size(block.first + block.count)
    switch block.direction {
    case .forwards: return loop(block.step, from: first, to: end, isCut: false)
    case .backwards:
      let last = LoopText.size(block.first + block.count - 1)
      switch self {
      case .cxx:
        return "for (long \(block.step) = \(last); \(block.step) >= \(first); --\(block.step)) {"
      case .swift:
        return "for \(block.step) in stride(from: \(last), through: \(first), by: -1) {"
      }
    }
  }
}

extension IndexStatement {
  /// The statement for one place of a further axis of what it adds to.
  fileprivate func placed(at place: Affine, axis: Int, _ whole: [Size]) -> IndexStatement {
    var target = target
    target.insert(place, at: axis)
    return IndexStatement(
      name: name, coefficient: coefficient, target: target, shape: whole, extents: extents,
      factors: factors, divisors: divisors, places: places)
  }
}
