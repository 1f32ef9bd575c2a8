import Scalars

extension ContractionEvaluation {
  /// Σ of products of two factors on the exact engine.
  ///
  /// - Returns: nil for arithmetics that the engine does not know, and for numbers without a common
  ///   denominator of reasonable size or a result beyond the memory that may be used.
  func engineProduct(
    _ contraction: ConcreteContraction, _ a: Tensor<A.Element>, _ b: Tensor<A.Element>
  ) -> Tensor<A.Element>? {
    var options = ExactOptions()
    options.memoryLimit = budget.limit - budget.inUse
    do {
      if let a = a as? Tensor<Rational>, let b = b as? Tensor<Rational> {
        return try ExactEngine.contract(contraction, a, b, options: options) as? Tensor<A.Element>
      }
      if let field = arithmetic as? PrimeFieldArithmetic, let a = a as? Tensor<UInt64>,
        let b = b as? Tensor<UInt64>
      {
        return try ExactEngine.contract(
          contraction, modulo: field.modulus, a, b, options: options) as? Tensor<A.Element>
      }
    } catch {
      if case .certificateFailed(let kernel) = error {
        preconditionFailure("a product of the kernel `\(kernel)` failed its random check")
      }
    }
    return nil
  }
}
