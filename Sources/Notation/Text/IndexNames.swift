import TensorExpressions

/// Names for the indices of a statement: `b` for an axis of size `B`, and the customary letters for convolutions.
struct IndexNames {
  /// By index.
  private(set) var names: [String]
  /// Names that are taken everywhere; kept apart from the statement's own, since there may be many.
  private let usedNames: Set<String>
  private var used: Set<String>

  static let windowNames = ["p", "q", "r", "u", "v"]

  /// No value is called `e` by accident: it is a constant.
  private static let pool = "ijklmnpqrstuvwabcdfghoxyz".map(String.init)

  init(_ statement: IndexStatement, usedNames: Set<String>) {
    self.usedNames = usedNames
    used = ["e", "pi", "d", statement.name]
    names = Array(repeating: "", count: statement.extents.count)
    for (coordinate, extent) in statement.coordinates {
      used.formUnion(extent.names)
      used.formUnion(coordinate.constant.names)
      for term in coordinate.terms { used.formUnion(term.coefficient.names) }
    }
    for factor in statement.factors + statement.divisors { used.formUnion(factor.tensorNames) }
    for extent in statement.extents { used.formUnion(extent.names) }
    let places = Set(statement.places.map(\.index))
    used.formUnion(statement.places.map(\.name))
    let order = Self.orderOfAppearance(statement).filter { !places.contains($0) }
    nameConvolution(statement, order)
    for index in order where names[index].isEmpty {
      if let letter = Self.letter(of: statement.extents[index]) { take([letter], index) }
    }
    for index in order where names[index].isEmpty { take(Self.pool, index) }
    var number = 1
    for index in order where names[index].isEmpty {
      while used.contains("i\(number)") || usedNames.contains("i\(number)") { number += 1 }
      take(["i\(number)"], index)
    }
    for place in statement.places {
      names[place.index] = place.name + IndexStatement.access(place.access, names)
    }
  }

  private mutating func take(_ candidates: [String], _ index: Int) {
    guard names[index].isEmpty,
      let free = candidates.first(where: {
        !used.contains($0) && !usedNames.contains($0)
      })
    else {
      return
    }
    names[index] = free
    used.insert(free)
  }

  /// The first letter of a size's name, in lower case.
  private static func letter(of size: Size) -> String? {
    guard let first = size.asName?.lowercased().first, first.isASCII, first.isLetter else {
      return nil
    }
    return String(first)
  }

  private static func orderOfAppearance(_ statement: IndexStatement) -> [Int] {
    var seen: Set<Int> = []
    return statement.coordinates.flatMap { $0.coordinate.terms.map(\.index) }
      .filter { seen.insert($0).inserted }
  }

  /// `n`, `o`, `c` for batch and channels, `p`, `q` for windows and `i`, `j` for places in a window, where
  /// coordinates such as `2*p + i - 1` show a convolution.
  private mutating func nameConvolution(_ statement: IndexStatement, _ order: [Int]) {
    var windows: [Int] = []
    var places: [Int] = []
    for (coordinate, extent) in statement.coordinates where coordinate.terms.count == 2 {
      if nameGroup(coordinate, extent, statement) { continue }
      let pair = coordinate.terms
      guard !pair.contains(where: { windows.contains($0.index) || places.contains($0.index) })
      else { continue }
      let isFirst = Self.isWindow(pair[0], before: pair[1], statement)
      windows.append(pair[isFirst ? 0 : 1].index)
      places.append(pair[isFirst ? 1 : 0].index)
    }
    if windows.isEmpty { return }
    for index in windows { take(Self.windowNames, index) }
    for index in places { take(["i", "j", "k", "l", "m"], index) }
    let slots =
      [statement.target] + statement.factors.map { $0.coordinates.map(\.coordinate) }
    func held(_ slot: [Affine]) -> Set<Int> { Set(slot.flatMap(\.terms).map(\.index)) }
    let images = slots.map { slot in
      slot.contains { $0.terms.count == 2 && $0.terms.contains { windows.contains($0.index) } }
    }
    let grids = slots.map { slot in slot.contains { windows.contains($0.asIndex ?? -1) } }
    for index in order where names[index].isEmpty {
      let inImage = slots.indices.contains { images[$0] && held(slots[$0]).contains(index) }
      let inGrid = slots.indices.contains {
        grids[$0] && !images[$0] && held(slots[$0]).contains(index)
      }
      let inKernel = slots.indices.contains {
        !grids[$0] && !images[$0] && held(slots[$0]).contains(index)
      }
      if inImage, inGrid, !inKernel {
        take([Self.letter(of: statement.extents[index]) ?? "n", "n", "b", "c"], index)
      } else if inImage, inKernel {
        take(["c", "f"], index)
      } else if inGrid, inKernel {
        take(["o", "f"], index)
      }
    }
  }

  /// `3*g + o` over a whole axis numbers the channels of groups.
  private mutating func nameGroup(
    _ coordinate: Affine, _ extent: Size, _ statement: IndexStatement
  ) -> Bool {
    guard coordinate.constant.isZero,
      let channel = coordinate.terms.first(where: { $0.coefficient.isOne }),
      let group = coordinate.terms.first(where: { $0.index != channel.index }),
      group.coefficient == statement.extents[channel.index],
      extent == group.coefficient * statement.extents[group.index],
      !statement.coordinates.contains(where: { $0.coordinate.asIndex == group.index })
    else { return false }
    take(["g", "h"], group.index)
    let isAxis = statement.coordinates.contains { $0.coordinate.asIndex == channel.index }
    take([isAxis ? "c" : "o"], channel.index)
    return true
  }

  /// Whether the first of two terms counts windows and the second places in them.
  private static func isWindow(
    _ a: Affine.Term, before b: Affine.Term, _ statement: IndexStatement
  ) -> Bool {
    let (x, y) = (statement.extents[a.index], statement.extents[b.index])
    if x.isConstant != y.isConstant { return y.isConstant }
    // A window count is computed, a kernel's extent is given.
    if (x.asName == nil) != (y.asName == nil) { return x.asName == nil }
    if let s = x.asInt, let t = y.asInt, s != t { return s > t }
    if let s = a.coefficient.asInt, let t = b.coefficient.asInt, abs(s) != abs(t) {
      return abs(s) > abs(t)
    }
    return a.index < b.index
  }
}
