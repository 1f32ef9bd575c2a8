import Diagnostics
import Judging
import Synchronization

/// A line on the terminal that says how far long work is, from its second second on.
///
/// Nothing is written where standard error is no terminal.
struct ProgressLine {
  let title: String
  private let isShown: Bool
  private let start = ContinuousClock.now
  private var shown = ContinuousClock.now
  private var isVisible = false

  private static let barWidth = 30
  /// Work that ends sooner is not worth a line.
  private static let patience = Duration.seconds(1)
  private static let interval = Duration.milliseconds(200)

  init(_ title: String, on console: Console = .error) {
    self.title = title
    isShown = console.isTerminal
  }

  mutating func update(done: Int, of total: Int) {
    guard isShown, total > 0, done <= total else { return }
    let now = ContinuousClock.now
    let elapsed = now - start
    guard elapsed > Self.patience, now - shown > Self.interval else { return }
    shown = now
    isVisible = true
    let filled = Self.barWidth * done / total
    let bar =
      String(repeating: "█", count: filled) + String(repeating: "░", count: Self.barWidth - filled)
    let left = done == 0 ? "" : ", \(Self.seconds(elapsed * (total - done) / done)) left"
    try? Console.error.write("\r\(title.visible)  \(bar)  \(done) of \(total)\(left)\u{1B}[K")
  }

  /// Shows how much was done where nobody knows how much there is.
  mutating func update(_ done: @autoclosure () -> String) {
    guard isShown else { return }
    let now = ContinuousClock.now
    let elapsed = now - start
    guard elapsed > Self.patience, now - shown > Self.interval else { return }
    shown = now
    isVisible = true
    try? Console.error.write("\r\(title.visible)  \(Self.seconds(elapsed)), \(done())\u{1B}[K")
  }

  /// Takes the line away.
  mutating func finish() {
    if isVisible { try? Console.error.write("\r\u{1B}[K") }
    isVisible = false
  }

  private static func seconds(_ duration: Duration) -> String {
    let seconds = duration.components.seconds
    return seconds < 60 ? "\(seconds) s" : "\(seconds / 60) min \(seconds % 60) s"
  }
}

/// The work of a check as a line on the terminal.
final class WorkProgress: Sendable {
  private let line: Mutex<ProgressLine>

  init(_ title: String) { line = Mutex(ProgressLine(title)) }

  @Sendable func update(_ work: Int) {
    line.withLock { $0.update("\(WorkFigure(work)) done") }
  }

  func finish() { line.withLock { $0.finish() } }
}
