import Explaining
import Judging

extension PrintedPasses {
  /// The passes, when every line was found to say what it stands for.
  var readable: PrintedPasses {
    get throws(CheckFailure) {
      guard let name = unreadable.first else { return self }
      throw .internalError("the printed line of `\(name)` does not say what it stands for")
    }
  }
}
