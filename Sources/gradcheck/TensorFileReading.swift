import Diagnostics
import Scalars
import TensorFiles

/// Reads files of tensors, and points in JSON.
enum TensorFileReading {
  static func tensors(at path: String) throws(KernelFailure) -> TensorFile {
    if path.hasSuffix(".json") { return try point(at: path) }
    let bytes: [UInt8]
    do throws(FileReadingError) {
      bytes = try FileReading.bytes(ofFile: path, limit: TensorFile.sizeLimit)
    } catch {
      throw KernelFailure(UnreadableFile(name: path, reason: error).report)
    }
    do throws(TensorFileError) {
      return try TensorFile(bytes, fileName: path)
    } catch {
      throw KernelFailure(SourceText(name: path, text: ""), [error.diagnostic])
    }
  }

  /// A point in JSON, whose numbers have to be exact as `Double`s: a kernel cannot have run at others.
  private static func point(at path: String) throws(KernelFailure) -> TensorFile {
    switch PointReading.point(at: path) {
    case .failure(let failure): throw KernelFailure(failure.report)
    case .success(let read):
      var tensors: [StoredTensor] = []
      for (name, tensor) in read.point.values.sorted(by: { $0.key < $1.key }) {
        let values = tensor.elements.map(\.doubleValue)
        for (value, exact) in zip(values, tensor.elements) where Rational(exactly: value) != exact {
          throw KernelFailure(
            read.source,
            [
              Diagnostic(
                code: "kernel-point",
                "\(exact) in `\(name)` is no number of any floating-point format")
            ])
        }
        tensors.append(
          StoredTensor(name: name, format: .binary64, extents: tensor.extents, values: values))
      }
      return TensorFile(tensors)
    }
  }
}
