import TensorExpressions

extension CatalogueFunction {
  /// PyTorch's attention: a mask, which takes part where it is true, or numbers that are added; only earlier keys with
  /// `is_causal`; with `enable_gqa` each head of keys serves as many heads of queries as there are for it.
  static let scaledDotProductAttention = CatalogueFunction(
    "scaled_dot_product_attention", family: .layers,
    [
      "query", "key", "value", .optional("attn_mask", Argument.none), .optional("dropout_p", 0),
      .optional("is_causal", false), .optional("scale", Argument.none),
      .optional("enable_gqa", false),
    ],
    samples: [
      """
      input q: [2, 3, 2], k: [2, 4, 2], v: [2, 4, 3]
      y = scaled_dot_product_attention(q, k, v, scale=0.5)
      """,
      """
      input q: [2, 2, 3, 2], k: [2, 1, 3, 2], v: [2, 1, 3, 2]
      y = scaled_dot_product_attention(q, k, v, is_causal=True, enable_gqa=True)
      """,
      """
      input q: [3, 2], k: [4, 2], v: [4, 3], b: [3, 4]
      y = scaled_dot_product_attention(q, k, v, attn_mask=b)
      """,
    ]
  ) { arguments throws(ShapeError) in
    let name = arguments.function
    let q = try arguments.tensor("query")
    var (k, v) = (try arguments.tensor("key"), try arguments.tensor("value"))
    for x in [q, k, v] where x.rank < 2 {
      throw .rank(function: name, expected: "at least 2", found: x.shape)
    }
    guard arguments["dropout_p"].asNumber?.isZero == true else {
      throw arguments.broken("dropout_p", "is 0: what is dropped is a mask that the file declares")
    }
    if try arguments.flag("enable_gqa"), q.rank > 2 {
      k = try k.headsRepeated(like: q, name, arguments.assumptions)
      v = try v.headsRepeated(like: q, name, arguments.assumptions)
    }
    let products = try q.matmul(k.matrixTransposed(), assuming: arguments.assumptions)
    var scores =
      arguments.isNone("scale")
      ? try products.over(sqrt(q.space.number(q.shape[q.rank - 1])))
      : try products.times(arguments.tensor("scale"), assuming: arguments.assumptions)
    if try arguments.flag("is_causal") {
      let shape = Array(scores.shape.suffix(2))
      let seen = try q.space.ones(shape).lowerTriangle(0).broadcast(to: scores.shape)
      scores = scores.minusInfinity(where: 1 - seen)
    }
    if !arguments.isNone("attn_mask") {
      scores = try scores.masked(
        by: arguments.tensor("attn_mask"), assuming: arguments.assumptions)
    }
    return try Layers.softmax(scores).matmul(v, assuming: arguments.assumptions)
  }
}

extension TensorExpression {
  /// Numbers added, or −∞ where a mask is 0.
  fileprivate func masked(
    by mask: TensorExpression, assuming assumptions: ShapeAssumptions
  ) throws(ShapeError) -> TensorExpression {
    guard mask.isTruthValue else { return try plus(mask, assuming: assumptions) }
    let seen = try mask.broadcast(to: shape, assuming: assumptions)
    return minusInfinity(where: 1 - seen)
  }

  /// Each head as often as there are heads of queries for it: head h of the queries reads head h // r.
  fileprivate func headsRepeated(
    like queries: TensorExpression, _ function: String, _ assumptions: ShapeAssumptions
  ) throws(ShapeError) -> TensorExpression {
    let axis = rank - 3
    guard axis >= 0, queries.rank == rank else {
      throw .rank(function: function, expected: "\(queries.rank)", found: shape)
    }
    let heads = queries.shape[axis]
    guard let share = assumptions.quotient(heads, by: shape[axis]) else {
      throw .extent(
        function: function, what: "the heads of keys", expected: heads, found: shape[axis])
    }
    if share.isOne { return self }
    var target = shape
    target[axis] = heads
    var output = shape.indices.map(Affine.index)
    output[axis] = Affine.index(axis) * share + .index(rank)
    return space.contraction(
      Contraction(
        indices: shape + [share], output: output,
        operands: [.init(self, shape.indices.map(Affine.index))]), shape: target)
  }
}
