import TensorExpressions

/// Recurrences as loops over steps: a sequence is a dictionary of its steps until the loop is done.
extension ArrayWriter {
  mutating func lines(_ block: CodeBlock) -> [String] {
    var result: [String] = []
    for sequence in block.sequences { result += starts(of: sequence) }
    let last = block.first + block.count
    let bounds = block.first.isZero ? "\(last)" : "\(block.first), \(last)"
    let steps = block.direction == .forwards ? "range(\(bounds))" : "reversed(range(\(bounds)))"
    result.append("for \(block.step) in \(steps):")
    for sequence in block.sequences {
      let value = CodePlan.Line(
        name: "\(sequence.name)[\(block.step)]", expression: sequence.value)
      result += (sequence.parts + [value]).flatMap { lines($0) }.map { "    \($0)" }
    }
    for sequence in block.sequences where sequence.isRead { result += stacked(sequence, block) }
    return result
  }

  /// The dictionary with what stands at steps that are not run over.
  private mutating func starts(of sequence: CodeBlock.Sequence) -> [String] {
    var result: [String] = []
    var entries: [String] = []
    for start in sequence.starts {
      var text = start.value.name ?? ""
      if text.isEmpty {
        text = freshName()
        let lines = lines(CodePlan.Line(name: text, expression: start.value))
        if lines.count == 1 {
          text = String(lines[0].dropFirst("\(text) = ".count))
        } else {
          result += lines
        }
      }
      entries.append("\(start.step): \(text)")
    }
    return result + ["\(sequence.name) = {\(entries.joined(separator: ", "))}"]
  }

  /// The steps as one array.
  private func stacked(_ sequence: CodeBlock.Sequence, _ block: CodeBlock) -> [String] {
    let name = sequence.name
    let kept = sequence.starts.count - sequence.room.before - sequence.room.behind
    let isWhole = block.count + Size(kept) == sequence.extent
    let zeros = printer.filled(.zeros(sequence.value.shape))
    let step = isWhole ? "\(name)[\(block.step)]" : "\(name).get(\(block.step), \(zeros))"
    let steps = "[\(step) for \(block.step) in range(\(sequence.extent))]"
    let axis = sequence.axis == 0 ? [] : ["\(dialect.axis)=\(sequence.axis)"]
    return ["\(name) = " + printer.call("\(dialect.module)stack", [steps] + axis)]
  }

  mutating func lines(_ statement: CodePlan.Statement) -> [String] {
    switch statement {
    case .line(let line): lines(line)
    case .block(let block): lines(block)
    }
  }
}
