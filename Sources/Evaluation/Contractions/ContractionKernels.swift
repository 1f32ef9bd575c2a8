import Scalars

// The innermost loops of contractions. They are compiled for each of the common arithmetics, because a generic call
// for every product would cost many times the product.

/// out += value at every point.
@specialized(where A == DoubleArithmetic)
@specialized(where A == PrimeFieldArithmetic)
@specialized(where A == RationalArithmetic)
@specialized(where A == RoundingErrorArithmetic)
@specialized(where A == DualArithmetic<PrimeFieldArithmetic>)
func addPoints<A: ScalarArithmetic>(
  _ nest: LoopNest, _ arithmetic: A, _ value: A.Element, _ out: UnsafeMutablePointer<A.Element>
) {
  let outStride = nest.runStrides[0]
  let writesOnce = nest.writesOnce
  nest.forEachRun { offsets, count in
    for i in 0..<count {
      let place = offsets[0] &+ i &* outStride
      out[place] = writesOnce ? value : arithmetic.add(out[place], value)
    }
  }
}

/// out += a.
@specialized(where A == DoubleArithmetic)
@specialized(where A == PrimeFieldArithmetic)
@specialized(where A == RationalArithmetic)
@specialized(where A == RoundingErrorArithmetic)
@specialized(where A == DualArithmetic<PrimeFieldArithmetic>)
func addEntries<A: ScalarArithmetic>(
  _ nest: LoopNest, _ arithmetic: A, _ a: UnsafePointer<A.Element>,
  _ out: UnsafeMutablePointer<A.Element>
) {
  let (outStride, aStride) = (nest.runStrides[0], nest.runStrides[1])
  let writesOnce = nest.writesOnce
  nest.forEachRun { offsets, count in
    let source = a + offsets[1]
    let target = out + offsets[0]
    if outStride == 0 {
      var sum = target[0]
      for i in 0..<count { sum = arithmetic.add(sum, source[i &* aStride]) }
      target[0] = sum
    } else if writesOnce {
      for i in 0..<count { target[i &* outStride] = source[i &* aStride] }
    } else {
      for i in 0..<count {
        let place = i &* outStride
        target[place] = arithmetic.add(target[place], source[i &* aStride])
      }
    }
  }
}

/// out += a · b.
@specialized(where A == DoubleArithmetic)
@specialized(where A == PrimeFieldArithmetic)
@specialized(where A == RationalArithmetic)
@specialized(where A == RoundingErrorArithmetic)
@specialized(where A == DualArithmetic<PrimeFieldArithmetic>)
func addProducts<A: ScalarArithmetic>(
  _ nest: LoopNest, _ arithmetic: A, _ a: UnsafePointer<A.Element>,
  _ b: UnsafePointer<A.Element>, _ out: UnsafeMutablePointer<A.Element>
) {
  let strides = nest.runStrides
  let (outStride, aStride, bStride) = (strides[0], strides[1], strides[2])
  let writesOnce = nest.writesOnce
  nest.forEachRun { offsets, count in
    let left = a + offsets[1]
    let right = b + offsets[2]
    let target = out + offsets[0]
    if outStride == 0 {
      let sum = arithmetic.dot(count: count, left, stride: aStride, right, stride: bStride)
      target[0] = writesOnce ? sum : arithmetic.add(target[0], sum)
    } else if writesOnce {
      for i in 0..<count {
        target[i &* outStride] = arithmetic.multiply(left[i &* aStride], right[i &* bStride])
      }
    } else {
      for i in 0..<count {
        let place = i &* outStride
        let product = arithmetic.multiply(left[i &* aStride], right[i &* bStride])
        target[place] = arithmetic.add(target[place], product)
      }
    }
  }
}

/// out += x₁ · x₂ · …, for any number of factors.
@specialized(where A == DoubleArithmetic)
@specialized(where A == PrimeFieldArithmetic)
@specialized(where A == RationalArithmetic)
@specialized(where A == RoundingErrorArithmetic)
@specialized(where A == DualArithmetic<PrimeFieldArithmetic>)
func addLongProducts<A: ScalarArithmetic>(
  _ nest: LoopNest, _ arithmetic: A, _ factors: [UnsafePointer<A.Element>],
  _ out: UnsafeMutablePointer<A.Element>
) {
  let strides = nest.runStrides
  nest.forEachRun { offsets, count in
    for i in 0..<count {
      var product = factors[0][offsets[1] &+ i &* strides[1]]
      for factor in 1..<factors.count {
        let entry = factors[factor][offsets[factor + 1] &+ i &* strides[factor + 1]]
        product = arithmetic.multiply(product, entry)
      }
      let place = offsets[0] &+ i &* strides[0]
      out[place] = arithmetic.add(out[place], product)
    }
  }
}
