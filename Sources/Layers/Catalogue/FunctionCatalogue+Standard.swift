extension FunctionCatalogue {
  /// Every function of the expression language. To add one: write its definition in a file of its family, and its
  /// line here.
  public static let standard = FunctionCatalogue(
    CatalogueFunction.elementwiseFunctions + definitions
      + CatalogueFunction.adaptiveAvgPool + CatalogueFunction.adaptiveMaxPool
  )

  private static let definitions: [CatalogueFunction] = [
    .leakyReLU, .elu, .hardtanh, .clip, .maximum, .minimum, .select,
    .logicalAnd, .logicalOr, .logicalXor, .logicalNot, .maskedFill, .power, .square,
    .stopGradient, .gelu, .softplus, .prelu,

    .sum, .mean, .max, .min, .prod, .variance, .standardDeviation, .logsumexp,
    .norm1, .norm2, .norm, .reduced, .cumsum, .cumprod, .cummax, .cummin, .logcumsumexp,
    .maxSelector, .minSelector,
    .pytorchVariance, .pytorchStandardDeviation, .pytorchMax, .pytorchMin,
    .pytorchNorm, .vectorNorm, .numpyNorm, .linalgNorm,

    .matmul, .dot, .numpyDot, .inner, .outer, .kron, .tensordot, .einsum,

    .trace, .inverse, .determinant, .cholesky, .logDeterminant, .signedLogDeterminant, .solve,
    .diagonal,
    .diagonals,
    .lowerTriangle, .upperTriangle, .eye, .zeros, .ones, .zerosLike, .onesLike,
    .full, .fullLike, .distances, .columns, .lowerColumns, .matrixPower,

    .reshape, .permute, .transpose, .transposed, .matrixTransposed, .flatten, .rearrange,
    .concat, .stack, .pad, .flip, .roll, .broadcastTo, .unfold, .matrixTranspose, .unsqueeze,
    .squeeze, .hstack, .vstack, .tile, .pytorchRepeat, .repeatInterleave, .numpyRepeat, .expand,
    .chunk, .numpySplit, .pytorchSplit, .narrow, .pytorchSelect, .unbind, .diff, .moveAxis,
    .columnStack, .pytorchPad,

    .arange, .oneHot, .embedding, .gather, .takeAlongAxis, .indexSelect, .scatterAdd, .indexAdd,
    .segmentSum, .argmax, .argmin, .argsort, .sort, .topk, .kthValue, .median,
    .numpyMedian, .interpolate, .gridSample, .pixelShuffle,
    .pixelUnshuffle,

    .conv1d,
    .conv2d,
    .conv3d,
    .convTranspose1d,
    .convTranspose2d,
    .convTranspose3d,

    .maxPool1d,
    .maxPool2d,
    .maxPool3d,
    .maxUnpool1d,
    .maxUnpool2d,
    .maxUnpool3d,
    .maxPool1dSelector,
    .maxPool2dSelector,
    .avgPool1d,
    .avgPool2d,
    .avgPool3d,
    .lpPool,
    .globalAvgPool,

    .linear,
    .batchNorm,
    .layerNorm,
    .pytorchLayerNorm,
    .pytorchRMSNorm,
    .pytorchBatchNorm,
    .pytorchInstanceNorm,
    .instanceNorm,
    .groupNorm,
    .softmax,
    .logSoftmax,
    .pytorchSoftmax,
    .pytorchLogSoftmax,
    .pytorchSoftmin,
    .crossEntropy,
    .pytorchCrossEntropy,
    .nllLoss,
    .pytorchNllLoss,
    .mseLoss,
    .bce,
    .attention,
    .scaledDotProductAttention,
    .localResponseNorm,
    .weightNorm,
    .lstm,
    .gru,
    .rnn,
    .dropoutMask,
  ]
}
