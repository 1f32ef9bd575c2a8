/// One of several disjoint parts of a long run: run k belongs to part k mod count.
///
/// Written `I/N`, with I from 1.
public struct Shard: Hashable, Sendable, CustomStringConvertible {
  /// From 0.
  public let index: Int
  /// How many parts there are.
  public let count: Int

  /// The whole run.
  public static let whole = Shard(index: 0, count: 1)

  private init(index: Int, count: Int) {
    self.index = index
    self.count = count
  }

  /// Reads `I/N`; nil unless 1 ≤ I ≤ N.
  public init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let number = Int(parts[0]), let count = Int(parts[1]), number >= 1,
      number <= count
    else { return nil }
    self.init(index: number - 1, count: count)
  }

  /// The part that holds one run and nothing else.
  init(only run: Int, of runs: Int) {
    self.init(index: run, count: max(runs, run + 1))
  }

  public var description: String { "\(index + 1)/\(count)" }

  /// The numbers of its runs, in order.
  public func runs(of total: Int) -> StrideTo<Int> { stride(from: index, to: total, by: count) }

  /// Whether some run belongs to both.
  func overlaps(_ other: Shard, runs: Int) -> Bool {
    let mine = Set(self.runs(of: runs))
    return other.runs(of: runs).contains(where: mine.contains)
  }
}
