extension IntervalArithmetic {
  /// x·σ(x), least where eˣ + x + 1 = 0, with the value 1 + x there.
  func silu(_ x: Interval) throws(ScalarError) -> Interval {
    let wide = widened(by: Self.guardBits)
    let minimum = SingleMinimum(
      leftOfMinimiser: Rational(-1_278_464_542_761_074, 1_000_000_000_000_000),
      rightOfMinimiser: Rational(-1_278_464_542_761_073, 1_000_000_000_000_000)
    ) { () throws(ScalarError) in try wide.siluMinimum() }
    return try withSingleMinimum(x, minimum) { point throws(ScalarError) in
      wide.multiply(point, try wide.sigmoid(atPoint: point))
    }
  }

  private func siluMinimum() throws(ScalarError) -> Interval {
    let start = Interval(from: Rational(-13, 10), to: Rational(-12, 10), precision: precision)
    let minimiser = try narrowedRoot(in: start) { x throws(ScalarError) in
      add(add(try apply(.exp, x), x), one)
    } derivative: { x throws(ScalarError) in
      add(try apply(.exp, x), one)
    }
    return add(one, minimiser)
  }
}
