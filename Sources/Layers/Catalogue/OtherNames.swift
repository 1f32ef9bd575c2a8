/// Names of functions in other languages and papers, with what is written here.
public enum OtherName: Sendable {
  /// Another name of a function; the call with it is tried.
  case function(String)
  /// What to do, as a sentence.
  case advice(String)

  /// By the name that is written.
  public static let table: [String: OtherName] = {
    let functions = [
      "ln": "log", "lg": "log10", "sqr": "square", "tg": "tan", "ctg": "cot", "arctg": "atan",
      "asinus": "asin", "logistic": "sigmoid", "swish": "silu", "heavyside": "heaviside",
      "diagflat": "diag", "dotproduct": "dot", "matrix_multiply": "matmul", "determinant": "det",
      "invert": "inv", "pseudoinverse": "pinv", "variance": "var", "stddev": "std",
      "average": "mean", "avg": "mean", "reduce_sum": "sum", "reduce_mean": "mean",
      "reduce_max": "max", "summation": "sum", "product": "prod", "total": "sum",
      "identity": "eye", "tf_pad": "pad", "batchnorm": "batch_norm", "layernorm": "layer_norm",
      "rmsnorm": "rms_norm", "crossentropy": "cross_entropy", "mse": "mse_loss",
      "maxpool": "max_pool2d", "avgpool": "avg_pool2d",
    ]
    let random =
      "random numbers are data: declare `const r: [N]`, and `gradcheck` draws them"
    let dropout =
      "a dropout is a mask: declare `const m: [N] mask`, and write `x * m / keep` for it"
    let advice = [
      "randn": random, "rand": random, "normal": random, "uniform": random, "randn_like": random,
      "rand_like": random, "random": random, "bernoulli": random, "randint": random,
      "dropout": dropout, "dropout2d": dropout,
      "print": "leave the line out: `gradcheck eval` prints values",
    ]
    return functions.mapValues { .function($0) }
      .merging(advice.mapValues { .advice($0) }) { first, _ in first }
  }()

  /// Calls that do something in a program and give no value.
  public static let actions: [String: String] = [
    "backward": "leave the line out: every gradient is derived, and `check dx = …` claims one",
    "print": "leave the line out: `gradcheck eval` prints values",
    "zero_grad": noState, "step": noState, "train": noState, "eval": noState,
    "manual_seed": noState, "seed": noState, "retain_grad": noState, "requires_grad_": noState,
    "set_default_dtype": noState, "set_printoptions": noState, "show": noState, "plot": noState,
  ]

  private static let noState = "leave the line out: nothing is run here, and gradients are derived"

  /// The functions of PyTorch's layers whose names are not those of the layers in small letters.
  public static let layers = [
    "L1Loss": "l1_loss", "HuberLoss": "huber_loss", "SmoothL1Loss": "smooth_l1_loss",
    "KLDivLoss": "kl_div", "BCELoss": "binary_cross_entropy",
    "BCEWithLogitsLoss": "binary_cross_entropy_with_logits", "Mish": "mish", "GLU": "glu",
    "CELU": "celu", "ReLU6": "relu6", "Hardswish": "hardswish", "Hardsigmoid": "hardsigmoid",
    "Softsign": "softsign", "LogSigmoid": "logsigmoid", "Softshrink": "softshrink",
    "Hardshrink": "hardshrink", "Tanhshrink": "tanhshrink", "Softmin": "softmin",
    "RMSNorm": "rms_norm", "CosineSimilarity": "cosine_similarity",
    "PairwiseDistance": "pairwise_distance", "MarginRankingLoss": "margin_ranking_loss",
    "TripletMarginLoss": "triplet_margin_loss", "GaussianNLLLoss": "gaussian_nll_loss",
    "PoissonNLLLoss": "poisson_nll_loss", "HingeEmbeddingLoss": "hinge_embedding_loss",
  ]
}
