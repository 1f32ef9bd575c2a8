import Diagnostics
import ExpressionLanguage
import Judging
import Reporting

/// Reads the file of a point; what goes wrong is a report on the file at fault.
struct PointReading {
  /// The greatest size of a point's file.
  private static let sizeLimit = 1 << 30

  struct Failure: Error {
    let report: FileReport
  }

  /// The point, with the text that it was read from.
  static func point(at path: String) -> Result<(point: PointFile, source: SourceText), Failure> {
    let source: SourceText
    do throws(FileReadingError) {
      let bytes = try FileReading.bytes(ofFile: path, limit: sizeLimit)
      source = SourceText(name: path == "-" ? "<stdin>" : path, bytes: bytes)
    } catch {
      return .failure(Failure(report: UnreadableFile(name: path, reason: error).report))
    }
    do throws(PointError) {
      return .success((try PointFile(source), source))
    } catch {
      return .failure(
        Failure(report: FileReport(source: source, diagnostics: [error.diagnostic], check: nil)))
    }
  }
}
