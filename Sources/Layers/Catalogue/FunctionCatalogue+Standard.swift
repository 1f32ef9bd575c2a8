extension FunctionCatalogue {
  /// Every function of the expression language. To add one: write its definition in a file of its family, and its
  /// line here.
  public static let standard = FunctionCatalogue(
    CatalogueFunction.elementwiseFunctions + definitions)

  private static let definitions: [CatalogueFunction] = [
    .leakyReLU, .elu, .hardtanh, .clip, .maximum, .minimum, .select,

    .sum, .mean, .max, .min, .prod, .variance, .standardDeviation, .logsumexp,
    .norm1, .norm2, .maxSelector, .minSelector,

    .matmul, .dot, .inner, .outer, .kron, .tensordot, .einsum,

    .trace, .inverse, .determinant, .logDeterminant, .solve, .diagonal,
    .lowerTriangle, .upperTriangle, .eye, .zeros, .ones,

    .reshape, .permute, .transpose, .transposed, .matrixTransposed, .flatten, .rearrange,
    .concat, .stack, .pad, .flip, .roll, .broadcastTo, .unfold,

    .conv1d,
    .conv2d,
    .conv3d,
    .convTranspose1d,
    .convTranspose2d,
    .convTranspose3d,

    .maxPool1d,
    .maxPool2d,
    .maxPool1dSelector,
    .maxPool2dSelector,
    .avgPool1d,
    .avgPool2d,
    .globalAvgPool,

    .linear,
    .batchNorm,
    .layerNorm,
    .instanceNorm,
    .groupNorm,
    .softmax,
    .logSoftmax,
    .crossEntropy,
    .mseLoss,
    .bce,
    .attention,
    .lstm,
    .gru,
    .rnn,
    .dropoutMask,
  ]
}
