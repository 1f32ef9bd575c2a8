import TensorExpressions

extension Program {
  /// What is differentiated: a loss, or values each of which has an upstream gradient of its own.
  public struct Output: Sendable {
    /// One value that a program gives.
    public struct Result: Sendable {
      /// The named value.
      public let value: TensorExpression
      /// The symbol of the upstream gradient; nil for a scalar loss, whose own gradient is 1.
      public let upstream: TensorExpression?

      /// A value with its upstream gradient.
      public init(value: TensorExpression, upstream: TensorExpression?) {
        self.value = value
        self.upstream = upstream
      }

      /// What the value's cotangent starts from.
      public var seed: TensorExpression { upstream ?? value.filled(1) }

      /// ⟨ȳ, y⟩, or the loss itself.
      public var weighted: TensorExpression {
        guard let upstream else { return value }
        let access = value.shape.indices.map(Affine.index)
        return value.space.contraction(
          Contraction(
            indices: value.shape, output: [],
            operands: [.init(value, access), .init(upstream, access)]), shape: [])
      }
    }

    /// In the order of the file, at least one.
    public let results: [Result]

    /// The only result.
    public init(value: TensorExpression, upstream: TensorExpression?) {
      results = [Result(value: value, upstream: upstream)]
    }

    /// Several results in order, or one.
    ///
    /// - Returns: nil where there is no result.
    public init?(_ results: [Result]) {
      if results.isEmpty { return nil }
      self.results = results
    }

    /// The values of all results.
    public var values: [TensorExpression] { results.map(\.value) }
    /// The upstream gradients, none for a loss.
    public var upstreams: [TensorExpression] { results.compactMap(\.upstream) }
    /// The names of the values.
    public var names: [String] { values.compactMap(\.name) }
    /// Whether it is a loss.
    public var isLoss: Bool { upstreams.isEmpty }

    /// Where the reverse sweep starts.
    public var seeds: [(output: TensorExpression, cotangent: TensorExpression)] {
      results.map { ($0.value, $0.seed) }
    }

    /// The one result, or the sum of all, each weighted with its upstream gradient, as a loss: what a derivative along
    /// a direction is taken of.
    public var whole: Result {
      if results.count == 1 { return results[0] }
      return Result(value: weighted, upstream: nil)
    }

    /// Σ ⟨ȳ, y⟩, or the loss itself.
    public var weighted: TensorExpression {
      let terms = results.map(\.weighted)
      return terms.count == 1 ? terms[0] : terms[0].space.sum(terms, shape: [])
    }
  }
}
