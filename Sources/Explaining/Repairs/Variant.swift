import Judging

/// Another text for a site, and the slip that it undoes.
struct Variant {
  let site: Site
  let fragment: Fragment
  let kind: Cause.Kind
  /// What follows the kind in the sentence: written only for what is found.
  let detail: () -> String
  /// How large a change it is, in tokens; the smallest is the cause.
  let cost: Int
  /// Changes with the same signature are tried together at all their sites.
  let signature: String?

  init(
    _ site: Site, _ fragment: Fragment, _ kind: Cause.Kind, cost: Int, signature: String? = nil,
    _ detail: @autoclosure @escaping () -> String
  ) {
    self.site = site
    self.fragment = fragment
    self.kind = kind
    self.cost = cost
    self.signature = signature
    self.detail = detail
  }
}

/// One kind of slip: what a site may have to be in place of what it is.
struct RepairRule: Sendable {
  let name: String
  let variants: @Sendable (Site, RepairContext) -> [Variant]
}

extension RepairRule {
  /// Every rule. A kind of slip is one file and one line here.
  static let all: [RepairRule] = [
    .signs, .numbers, .transposes, .functions, .reductions, .operands, .grouping, .powers,
    .subscripts, .order, .permutations, .comparisons, .windows, .smallNumbers, .numbering, .shifts,
  ]
}
