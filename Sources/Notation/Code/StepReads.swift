import TensorExpressions

/// What stands for the reads of a recurrence in a step's formula.
struct StepReads {
  private let recurrence: Recurrence
  private let names: [String]
  private let rooms: [(before: Int, behind: Int)]
  private let step: String
  private let family: CodeTarget.Family

  init(
    _ recurrence: Recurrence, _ names: [String], _ rooms: [(before: Int, behind: Int)],
    step: String, _ family: CodeTarget.Family
  ) {
    self.recurrence = recurrence
    self.names = names
    self.rooms = rooms
    self.step = step
    self.family = family
  }

  /// In the order of the reads.
  var expressions: [TensorExpression] { recurrence.reads.map(expression) }

  private func expression(_ read: Recurrence.Read) -> TensorExpression {
    switch read.source {
    case .whole(let argument): return recurrence.arguments[argument]
    case .entry(let argument, let axis, let coordinate):
      return part(of: recurrence.arguments[argument], axis, coordinate, of: read)
    case .line(let line, let offset):
      let own = recurrence.lines[line]
      switch family {
      case .arrays:
        let place = IndexStatement.text(.index(0) + Size(offset), [step])
        return symbol("\(names[line])[\(place)]", read.symbol.shape)
      case .loops:
        var shape = own.body.shape
        shape.insert(own.extent + Size(rooms[line].before + rooms[line].behind), at: own.axis)
        let whole = symbol(StepPlace.roomyName(names[line], rooms[line]), shape)
        return part(of: whole, own.axis, .index(0) + Size(offset + rooms[line].before), of: read)
      }
    }
  }

  private func part(
    of value: TensorExpression, _ axis: Int, _ coordinate: Affine, of read: Recurrence.Read
  ) -> TensorExpression {
    switch family {
    case .arrays:
      // A number that is the same at every step has no name; the places that are read lie inside.
      if let number = value.asConstant { return value.space.filled(number, read.symbol.shape) }
      let lead = String(repeating: ":, ", count: axis)
      let place = IndexStatement.text(coordinate, [step])
      let structure = value.isIndexSymbol ? value.structure : []
      return symbol("\(value.name ?? "")[\(lead)\(place)]", read.symbol.shape, structure)
    case .loops:
      let shape = read.symbol.shape
      var access = shape.indices.map(Affine.index)
      access.insert(coordinate.substituting(0, by: StepPlace.coordinate(step)), at: axis)
      return value.reindexed(access, to: shape)
    }
  }

  private func symbol(
    _ name: String, _ shape: [Size], _ structure: TensorStructure = []
  ) -> TensorExpression {
    recurrence.lines[0].body.space.symbol(
      TensorSymbol(name, role: .step, structure: structure), shape: shape)
  }
}

extension TensorExpression {
  /// A contraction that reads the tensors of which operands are parts, in place of the parts.
  func readingDirectly(_ parts: Set<TensorExpression>) -> TensorExpression {
    guard let c = asContraction else { return self }
    let operands = c.operands.map { operand -> Contraction.Operand in
      guard parts.contains(operand.value), let part = operand.value.asContraction else {
        return operand
      }
      let access = part.operands[0].access.map { coordinate in
        coordinate.substituting { operand.access[$0] }
      }
      return Contraction.Operand(part.operands[0].value, access)
    }
    return space.contraction(
      Contraction(
        coefficient: c.coefficient, indices: c.indices, output: c.output, operands: operands,
        guards: c.guards), shape: shape)
  }
}

/// The step of a loop as a number in coordinates: a size whose name no file can write, and which may be 0.
///
/// A coordinate with it was made so that it stays inside of its axis.
enum StepPlace {
  private static let mark = "'"

  static func coordinate(_ step: String) -> Affine { .constant(Size(mark + step)) }

  /// What a size's name is written as.
  static func text(_ name: String) -> String {
    name.hasPrefix(mark) ? String(name.dropFirst()) : name
  }

  static func holds(_ coordinate: Affine) -> Bool {
    coordinate.isConstant && coordinate.constant.names.contains { $0.hasPrefix(mark) }
  }

  /// The name of a sequence that has room for steps outside of it.
  static func roomyName(_ name: String, _ room: (before: Int, behind: Int)) -> String {
    room.before + room.behind == 0 ? name : name + "_steps"
  }
}
