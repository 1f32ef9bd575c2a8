import Evaluation
import Scalars

/// A value in a field with its form.
struct FormedValue: Sendable {
  let value: PrimeTowerElement
  let form: ArgumentForm
}

/// Values in a field, of which nothing else is known.
struct PlainFieldArithmetic: MaskArgumentArithmetic {
  let tower: PrimeTowerArithmetic
  let seed: UInt64
  let table: SharedMaskTable

  typealias Element = PrimeTowerElement

  var zero: Element { tower.zero }
  var one: Element { tower.one }
  func constant(_ value: Rational) throws(ScalarError) -> Element { try tower.constant(value) }
  func add(_ a: Element, _ b: Element) -> Element { tower.add(a, b) }
  func subtract(_ a: Element, _ b: Element) -> Element { tower.subtract(a, b) }
  func multiply(_ a: Element, _ b: Element) -> Element { tower.multiply(a, b) }
  func negate(_ a: Element) -> Element { tower.negate(a) }
  func divide(_ a: Element, _ b: Element) throws(ScalarError) -> Element {
    try tower.divide(a, b)
  }
  func isZero(_ a: Element) -> Bool { tower.isZero(a) }
  func sign(_ a: Element) throws(ScalarError) -> Int { throw .unordered }
  func apply(_ function: ElementaryFunction, _ x: Element) throws(ScalarError) -> Element {
    try tower.apply(function, x)
  }
  func rootOfSquare(_ x: Element) throws(ScalarError) -> Element { try tower.rootOfSquare(x) }
  func power(_ x: Element, _ exponent: Rational) throws(ScalarError) -> Element {
    try tower.power(x, exponent)
  }
  func pi() throws(ScalarError) -> Element { try tower.pi() }

  func residue(of value: Element) -> UInt64 { value.residue }
  func form(of value: Element) -> ArgumentForm? {
    table { $0.variables.form(ofValue: value.residue) }
  }
  func stand(forAtom atom: Int) -> Element {
    var generator = SeededGenerator(seed: seed, stream: UInt64(atom) &+ 1)
    return tower.randomElement(using: &generator)
  }
}

/// Values in a field together with their forms, for the arguments of masks.
struct FormArithmetic: MaskArgumentArithmetic {
  let plain: PlainFieldArithmetic

  typealias Element = FormedValue

  private var table: SharedMaskTable { plain.table }

  var zero: Element { FormedValue(value: plain.zero, form: ArgumentForm(constant: 0)) }
  var one: Element { FormedValue(value: plain.one, form: ArgumentForm(constant: 1)) }
  var productWork: Int { 20 * plain.productWork }

  func constant(_ value: Rational) throws(ScalarError) -> Element {
    FormedValue(value: try plain.constant(value), form: ArgumentForm(constant: value))
  }

  func isZero(_ a: Element) -> Bool { plain.isZero(a.value) }
  func sign(_ a: Element) throws(ScalarError) -> Int { throw .unordered }

  func add(_ a: Element, _ b: Element) -> Element {
    shortened(plain.add(a.value, b.value), a.form + b.form, from: [a, b])
  }
  func subtract(_ a: Element, _ b: Element) -> Element {
    shortened(plain.subtract(a.value, b.value), a.form - b.form, from: [a, b])
  }
  func negate(_ a: Element) -> Element {
    FormedValue(value: plain.negate(a.value), form: -a.form)
  }
  func multiply(_ a: Element, _ b: Element) -> Element {
    shortened(plain.multiply(a.value, b.value), a.form.multiplied(by: b.form), from: [a, b])
  }

  func divide(_ a: Element, _ b: Element) throws(ScalarError) -> Element {
    let inverse = try plain.divide(plain.one, b.value)
    if b.form.isConstant, !b.form.constant.isZero {
      return FormedValue(
        value: plain.multiply(a.value, inverse),
        form: a.form.scaled(by: b.form.constant.reciprocal))
    }
    let sign = table { $0.variables.certainSign(of: b.form) } ?? 0
    let bounds =
      sign > 0 ? OpenRange.positive : sign < 0 ? OpenRange(high: 0) : .everything
    return multiply(a, opaque(inverse, .reciprocal(b.form), bounds, from: [b]))
  }

  func apply(_ function: ElementaryFunction, _ x: Element) throws(ScalarError) -> Element {
    let value = try plain.apply(function, x.value)
    if x.form.isConstant {
      let known = try? RationalArithmetic().apply(function, x.form.constant)
      if let known { return FormedValue(value: value, form: ArgumentForm(constant: known)) }
    }
    return opaque(value, .function(function, x.form), bounds(of: function, x.form), from: [x])
  }

  /// Where the values of a function lie; of data its least value is one, where the argument may be what has it.
  private func bounds(of function: ElementaryFunction, _ argument: ArgumentForm) -> OpenRange {
    var range = OpenRange(of: function)
    let reachesBound = table { table in
      guard table.variables.isData(argument) else { return false }
      return function == .cosh
        || function == .sqrt && !table.variables.isNowhereZero(argument)
    }
    if reachesBound { range.isClosed = true }
    return range
  }

  func rootOfSquare(_ x: Element) throws(ScalarError) -> Element {
    let function = ElementaryFunction.sqrt
    return opaque(
      try plain.rootOfSquare(x.value), .function(function, x.form), OpenRange(of: function),
      from: [x])
  }

  func power(_ x: Element, _ exponent: Rational) throws(ScalarError) -> Element {
    let value = try plain.power(x.value, exponent)
    if let whole = exponent.asInt, (0...4).contains(whole) {
      var form: ArgumentForm? = ArgumentForm(constant: 1)
      for _ in 0..<whole { form = form?.multiplied(by: x.form) }
      return shortened(value, form, from: [x])
    }
    if x.form.isConstant, let known = try? RationalArithmetic().power(x.form.constant, exponent) {
      return FormedValue(value: value, form: ArgumentForm(constant: known))
    }
    return opaque(value, .power(x.form, exponent), powerBounds(x.form, exponent), from: [x])
  }

  private func powerBounds(_ base: ArgumentForm, _ exponent: Rational) -> OpenRange {
    let isEven = exponent.asInt.map { $0.isMultiple(of: 2) } ?? false
    if !exponent.isInteger || isEven {
      let mayBeZero = table { table in
        table.variables.isData(base) && !table.variables.isNowhereZero(base)
      }
      return OpenRange(low: 0, isClosed: exponent.signum() > 0 && mayBeZero)
    }
    let sign = table { $0.variables.certainSign(of: base) } ?? 0
    return sign > 0 ? .positive : .everything
  }

  func pi() throws(ScalarError) -> Element {
    opaque(try plain.pi(), .pi, OpenRange(low: 3, high: 4), from: [])
  }

  func residue(of value: Element) -> UInt64 { value.value.residue }
  func form(of value: Element) -> ArgumentForm? {
    // What is computed again without forms finds them by the value.
    table { $0.variables.note(value.form, ofValue: value.value.residue) }
    return value.form
  }
  func stand(forAtom atom: Int) -> Element {
    let isData = table { $0.isData(atom) }
    return opaque(plain.stand(forAtom: atom), .long, .everything, isData: isData)
  }

  /// A value with its form, or as a variable where that is too long.
  private func shortened(
    _ value: PrimeTowerElement, _ form: ArgumentForm?, from operands: [Element]
  ) -> Element {
    if let form, !form.isTooLong { return FormedValue(value: value, form: form) }
    return opaque(value, .long, .everything, from: operands)
  }

  private func opaque(
    _ value: PrimeTowerElement, _ kind: MaskVariable.OpaqueKind, _ bounds: OpenRange,
    from operands: [Element]
  ) -> Element {
    let isData = table { table in operands.allSatisfy { table.variables.isData($0.form) } }
    return opaque(value, kind, bounds, isData: isData)
  }

  private func opaque(
    _ value: PrimeTowerElement, _ kind: MaskVariable.OpaqueKind, _ bounds: OpenRange, isData: Bool
  ) -> Element {
    let opposite = plain.negate(value).residue
    let form = table { table in
      let make = {
        MaskVariable(
          origin: .opaque(kind), bounds: bounds, isInteger: false, isData: isData, isFree: false)
      }
      if case .power(let base, _) = kind, kind.isRoot {
        return table.variables.root(value.residue, opposite: opposite, of: base, make)
      }
      if let known = table.variables.form(ofValue: opposite) { return -known }
      return table.variables.variable(value.residue, make)
    }
    return FormedValue(value: value, form: form)
  }
}
