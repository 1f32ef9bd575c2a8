import Scalars
import TensorExpressions
import Testing

@testable import Evaluation

@Suite struct EvaluatorTests {
  let space = ExpressionSpace()

  @Test func deepSharingCostsOneEvaluationPerNode() throws {
    let x = space.input("x", [])
    var y = x
    for _ in 0..<40 { y = y + y.scaled(by: Coefficient(Rational(-1, 2))) }
    #expect(try evaluate(y, [x: Tensor(scalar: 3)]) == Tensor(scalar: Rational(1, 2).power(40) * 3))
  }

  @Test func deepChainsDoNotRecurse() throws {
    let x = space.input("x", [2])
    var y = x
    for i in 0..<2_000 { y = space.named("n\(i)", y + 1) }
    #expect(try evaluate(y, [x: Tensor([1, 2])]) == Tensor([2_001, 2_002]))
  }

  @Test func piecewiseFunctions() throws {
    let x = space.input("x", [5])
    let values: [Rational] = [-3, Rational(-1, 2), 0, Rational(1, 2), 3]
    func value(_ root: TensorExpression) throws -> [Rational] {
      try evaluate(root, [x: Tensor(values)]).elements
    }
    #expect(try value(function("relu", x)) == [0, 0, 0, Rational(1, 2), 3])
    #expect(try value(function("abs", x)) == [3, Rational(1, 2), 0, Rational(1, 2), 3])
    #expect(try value(function("sign", x)) == [-1, -1, 0, 1, 1])
    #expect(
      try value(function("maximum", x, x.filled(Rational(1, 4))))
        == [Rational(1, 4), Rational(1, 4), Rational(1, 4), Rational(1, 2), 3])
    #expect(
      try value(function("clip", x, x.filled(-1), x.filled(1)))
        == [-1, Rational(-1, 2), 0, Rational(1, 2), 1])
    #expect(
      try value(function("leaky_relu", x, x.filled(Rational(1, 10))))
        == [Rational(-3, 10), Rational(-1, 20), 0, Rational(1, 2), 3])
  }

  @Test func powers() throws {
    let x = space.input("x", [2])
    func value(_ exponent: Rational) throws -> [Rational] {
      try evaluate(function("pow", x, x.filled(exponent)), [x: Tensor([4, 9])]).elements
    }
    #expect(try value(3) == [64, 729])
    #expect(try value(-1) == [Rational(1, 4), Rational(1, 9)])
    #expect(try value(Rational(1, 2)) == [2, 3])
    // A size as the exponent has its number by then; a tensor as one goes through the logarithm.
    let sized = try function("pow", x, space.filled(Coefficient("P"), [2]))
    #expect(try evaluate(sized, sizes: ["P": 2], [x: Tensor([4, 9])]).elements == [16, 81])
    let p = space.input("p", [2])
    let doubles = try Evaluator(
      DoubleArithmetic(),
      at: EvaluationPoint(values: [
        x: Tensor(extents: [2], elements: [4, 9]), p: Tensor(extents: [2], elements: [0.5, 1.5]),
      ])
    ).evaluate(function("pow", x, p))
    // xᵖ is exp(p·log x): the argument, at most 1.5·log 9 < 3.3, is off by two roundings of 2⁻⁵³ and an error of a
    // unit in log, 4 units in all, which exp multiplies by its value, at most 27; exp and the result add two more.
    #expect(
      zip(doubles.elements, [2, 27]).allSatisfy { abs($0 - $1) < 27 * (3.3 * 4 + 2) * .ulpOfOne })
  }

  @Test func errorsNameTheNodeAndTheEntry() throws {
    let x = space.input("x", [2, 2])
    let inverse = x.reciprocal
    let zero = Tensor<Rational>([[1, 2], [0, 3]])
    #expect(throws: EvaluationError.scalar(.divisionByZero, node: inverse, entry: [1, 0])) {
      try evaluate(inverse, [x: zero])
    }
    #expect(throws: EvaluationError.unboundSymbol("x")) { try evaluate(inverse, [:]) }
    #expect(
      throws: EvaluationError.shapeMismatch(symbol: "x", expected: [2, 2], found: [2])
    ) {
      try evaluate(inverse, [x: Tensor([1, 2])])
    }
    let root = try function("exp", x)
    #expect(throws: EvaluationError.scalar(.irrational(.exp), node: root, entry: [0, 0])) {
      try evaluate(root, [x: zero])
    }
  }

  @Test func fieldsAgreeWithRationals() throws {
    var generator = SeededGenerator(seed: 7)
    let (x, w) = (space.input("x", [3, 4]), space.parameter("w", [4, 2]))
    let product = space.contraction(
      Contraction(
        coefficient: Coefficient(Rational(1, 3)), indices: [3, 2, 4],
        output: [.index(0), .index(1)],
        operands: [.init(x, [.index(0), .index(2)]), .init(w, [.index(2), .index(1)])]),
      shape: [3, 2])
    let root = product.reciprocal * (product + 2)
    let point = EvaluationPoint(values: [
      x: drawn([3, 4], &generator), w: drawn([4, 2], &generator),
    ])
    let exact = try Evaluator(RationalArithmetic(), at: point).evaluate(root)
    let field = PrimeFieldArithmetic()
    let residues = try Evaluator(field, at: point.converted(to: field)).evaluate(root)
    #expect(try exact.converted(to: field) == residues)
  }

  @Test func valuesAreDroppedOnceNothingNeedsThem() throws {
    let x = space.input("x", [100])
    var y = x
    for i in 0..<50 { y = try function("reciprocal", y + Rational(i + 2)) }
    let bytes = 100 * MemoryLayout<Double>.stride
    let point = EvaluationPoint(values: [x: Tensor(extents: [100], repeating: 1.0)])
    // Three values beside the point's are enough: a constant, a sum and what it is made from.
    let enough = Evaluator(DoubleArithmetic(), at: point, memoryLimit: 5 * bytes)
    #expect(try enough.evaluate(y).count == 100)
    // All of them together, as roots, are too many.
    let tight = Evaluator(DoubleArithmetic(), at: point, memoryLimit: 9 * bytes)
    #expect(throws: EvaluationError.self) {
      try tight.evaluate(TensorExpression.postorder(of: [y]))
    }
  }

  @Test func enclosuresContainTheExactValues() throws {
    let x = space.input("x", [4, 4])
    let roots = [space.inverse(x), space.determinant(x), x.reciprocal * x * x]
    let point = try PointDrawing(seed: 12).point(for: [x], sizes: [:])
    let exact = try Evaluator(RationalArithmetic(), at: point).evaluate(roots)
    let intervals = IntervalArithmetic(precision: 200)
    let enclosed = try Evaluator(intervals, at: point.converted(to: intervals)).evaluate(roots)
    for (values, enclosures) in zip(exact, enclosed) {
      for (value, enclosure) in zip(values.elements, enclosures.elements) {
        #expect(enclosure.contains(value))
        #expect((enclosure.widthExponent ?? -200) < -150)
      }
    }
  }

  // MARK: Windows

  @Test func poolingLeavesThePaddingOut() throws {
    // Window of 3, stride 2, padding 1 over five negative entries: a padding of zeros would win.
    let x = space.input("x", [5])
    let pool = Extremum(
      kind: .maximum, ties: .first, operand: x, outputExtents: [3], windowExtents: [3],
      access: [affine(-1, (2, 0), (1, 1))])
    let values = Tensor<Rational>([-5, -3, -3, -7, -2])
    #expect(try evaluate(space.extremum(pool), [x: values]) == Tensor([-3, -3, -2]))
    #expect(
      try evaluate(space.selector(pool), [x: values])
        == Tensor([[0, 0, 1], [1, 0, 0], [0, 1, 0]]))
    let least = Extremum(
      kind: .minimum, ties: .first, operand: x, outputExtents: [3], windowExtents: [3],
      access: pool.access)
    #expect(try evaluate(space.extremum(least), [x: values]) == Tensor([-5, -7, -7]))
  }

  @Test func tiesAreSharedOrGoToTheFirst() throws {
    let x = space.input("x", [4])
    func extremum(_ ties: Extremum.TieRule) -> Extremum {
      Extremum(
        kind: .maximum, ties: ties, operand: x, outputExtents: [], windowExtents: [4],
        access: [.index(0)])
    }
    let values = Tensor<Rational>([2, 5, 1, 5])
    #expect(try evaluate(space.selector(extremum(.first)), [x: values]) == Tensor([0, 1, 0, 0]))
    #expect(
      try evaluate(space.selector(extremum(.shared)), [x: values])
        == Tensor([0, Rational(1, 2), 0, Rational(1, 2)]))
    #expect(try evaluate(space.extremum(extremum(.shared)), [x: values]) == Tensor(scalar: 5))
  }

  @Test func windowsOutsideHaveNoExtremum() throws {
    let x = space.input("x", [2])
    let node = space.extremum(
      Extremum(
        kind: .maximum, ties: .first, operand: x, outputExtents: [4], windowExtents: [1],
        access: [affine(0, (1, 0), (1, 1))]))
    #expect(throws: EvaluationError.emptyWindow(node: node, entry: [2])) {
      try evaluate(node, [x: Tensor([1, 2])])
    }
  }

  // MARK: Matrices

  @Test func inverseAndDeterminantAgreeWithCofactors() throws {
    let x = space.input("x", [3, 3])
    for seed in 0..<10 as Range<UInt64> {
      var generator = SeededGenerator(seed: seed)
      let a = drawn([3, 3], &generator)
      // The cofactor of (i, j), by cyclic indices, has its sign already.
      func cofactor(_ i: Int, _ j: Int) -> Rational {
        let (p, q, r, s) = ((i + 1) % 3, (i + 2) % 3, (j + 1) % 3, (j + 2) % 3)
        return a[p, r] * a[q, s] - a[p, s] * a[q, r]
      }
      let determinant = (0..<3).reduce(Rational(0)) { $0 + a[0, $1] * cofactor(0, $1) }
      #expect(try evaluate(space.determinant(x), [x: a]) == Tensor(scalar: determinant))
      let inverse = try evaluate(space.inverse(x), [x: a])
      for i in 0..<3 {
        for j in 0..<3 { #expect(inverse[i, j] == cofactor(j, i) / determinant) }
      }
    }
  }

  @Test func factorsOfMatricesDrawnAsProductsAreExact() throws {
    let x = space.input("x", [2, 2])
    let z = space.input("z", [3, 3])
    let a = Tensor<Rational>([[2, -2], [-2, 5]])
    let b = Tensor<Rational>([[4, 6, -2], [6, 34, 17], [-2, 17, Rational(77, 4)]])
    #expect(
      try evaluate(space.cholesky(z), [z: b])
        == Tensor<Rational>([[2, 0, 0], [3, 5, 0], [-1, 4, Rational(3, 2)]]))
    // √2 is no rational number, and is known as such.
    #expect {
      try evaluate(space.cholesky(x), [x: a])
    } throws: { error in
      guard case .scalar(.irrational, _, let entry)? = error as? EvaluationError else {
        return false
      }
      return entry == [0, 0]
    }
  }

  @Test func indefiniteMatricesHaveNoFactor() throws {
    let x = space.input("x", [2, 2])
    #expect {
      try evaluate(space.cholesky(x), [x: Tensor<Rational>([[1, 2], [2, 1]])])
    } throws: { error in
      guard case .scalar(.domain, _, let entry)? = error as? EvaluationError else { return false }
      return entry == [1, 1]
    }
    #expect {
      try evaluate(space.cholesky(x), [x: Tensor<Rational>([[1, 2], [2, 4]])])
    } throws: { error in
      guard case .scalar(.divisionByZero, _, _)? = error as? EvaluationError else { return false }
      return true
    }
  }

  @Test func singularMatricesAreRefused() throws {
    let x = space.input("x", [2, 2])
    let singular = Tensor<Rational>([[1, 2], [2, 4]])
    #expect(throws: EvaluationError.singular(node: space.inverse(x))) {
      try evaluate(space.inverse(x), [x: singular])
    }
    #expect(try evaluate(space.determinant(x), [x: singular]) == Tensor(scalar: 0))
    // A zero in the first place needs a row exchange, which turns the sign.
    let exchanged = Tensor<Rational>([[0, 2], [3, 4]])
    #expect(try evaluate(space.determinant(x), [x: exchanged]) == Tensor(scalar: -6))
  }
}
