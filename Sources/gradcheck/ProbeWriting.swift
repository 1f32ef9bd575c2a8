import Diagnostics
import KernelJudging
import TensorFiles

/// A probe that was written, as the command tells it.
struct WrittenProbe {
  let path: String
  let shapes: [(name: String, extents: [Int])]
  let dtype: String
  /// Nil for residues.
  let kind: String?
  let seed: UInt64
  let remark: String?

  /// `probe.safetensors   x [16, 64]  dy [16, 64]   bf16, normal, seed 1`
  var line: String {
    let shapes = shapes.map { "\($0.name) \($0.extents)" }.joined(separator: "  ")
    let words = [dtype, kind].compactMap { $0 } + ["seed \(seed)"]
    return "\(path)   \(shapes)   \(words.joined(separator: ", "))\n"
      + (remark.map { "  \($0)\n" } ?? "")
  }

  var json: JSONValue {
    var object = JSONObject()
    object["file"] = .string(path)
    object["dtype"] = .string(dtype)
    if let kind { object["kind"] = .string(kind) }
    object["seed"] = .number(String(seed))
    var extents = JSONObject()
    for shape in shapes { extents[shape.name] = .array(shape.extents.map(JSONValue.integer)) }
    object["tensors"] = .object(extents)
    if let remark { object["remark"] = .string(remark) }
    return .object(object)
  }
}

/// A probe of either kind of numbers.
enum DrawnProbe {
  case floating(Probe)
  case exact(ExactPoint)

  init(
    _ drawing: ProbeDrawing, of kernel: KernelInput, _ numbers: ProbeNumbers, kind: ProbeKind?,
    seed: UInt64
  ) throws(KernelFailure) {
    do throws(ProbeError) {
      switch numbers {
      case .floating(let format):
        self = .floating(
          try drawing.probe(ProbeRequest(format: format, kind: kind, seed: seed)))
      case .exact: self = .exact(try drawing.exactPoint(seed: seed))
      }
    } catch {
      let program = kernel.layer.program
      throw KernelFailure(program.source, [error.diagnostic(in: program)])
    }
  }

  func write(to path: String) throws(KernelFailure) -> WrittenProbe {
    switch self {
    case .floating(let probe): try ProbeWriting(probe).write(to: path)
    case .exact(let point): try ExactProbeWriting(point).write(to: path)
    }
  }
}

/// Writes a probe in the format that a name says.
struct ProbeWriting {
  private let probe: Probe

  init(_ probe: Probe) { self.probe = probe }

  func write(to path: String) throws(KernelFailure) -> WrittenProbe {
    do throws(TensorFileError) {
      try writeFile(to: path)
    } catch {
      throw KernelFailure(SourceText(name: path, text: ""), [error.diagnostic])
    }
    return WrittenProbe(
      path: path, shapes: probe.tensors.map { ($0.name, $0.extents) },
      dtype: probe.format.rawValue, kind: probe.kind.rawValue, seed: probe.seed,
      remark: probe.remark)
  }

  private func writeFile(to path: String) throws(TensorFileError) {
    let file = TensorFile(probe.tensors)
    if let format = TensorFileFormat(ofFile: path), format != .npy {
      let metadata = [
        ("kind", probe.kind.rawValue), ("seed", String(probe.seed)),
        ("dtype", probe.format.rawValue),
      ]
      return try FileWriting.put(try file.bytes(as: format, metadata: metadata), path)
    }
    if path.hasSuffix(".json") {
      return try FileWriting.put(Array((probe.json.text() + "\n").utf8), path)
    }
    if let dot = path.split(separator: "/").last?.lastIndex(of: "."), dot > path.startIndex {
      throw .unknownFormat(path)
    }
    try writeFolder(path)
  }

  private func writeFolder(_ path: String) throws(TensorFileError) {
    // All arrays are made before the first is written.
    var arrays: [(String, [UInt8])] = []
    for tensor in probe.tensors {
      arrays.append((tensor.name, try TensorFile([tensor]).bytes(as: .npy)))
    }
    do throws(FileWritingError) {
      try FileWriting.makeFolder(path)
      for (name, bytes) in arrays { try FileWriting.writeFile(bytes, to: "\(path)/\(name).npy") }
    } catch {
      throw .unwritable(error.sentence)
    }
  }
}

/// Writes a point of an exact run: words of 64 bits, for which there are two formats.
struct ExactProbeWriting {
  private let point: ExactPoint

  init(_ point: ExactPoint) { self.point = point }

  func write(to path: String) throws(KernelFailure) -> WrittenProbe {
    do throws(TensorFileError) {
      guard let format = TensorFileFormat(ofFile: path), format != .npy else {
        throw .unknownFormat(path)
      }
      try FileWriting.put(
        try point.file.bytes(as: format, metadata: [("dtype", "exact")]), path)
    } catch {
      throw KernelFailure(SourceText(name: path, text: ""), [error.diagnostic])
    }
    return WrittenProbe(
      path: path, shapes: point.shapes, dtype: "exact", kind: nil, seed: point.seed, remark: nil)
  }
}

extension FileWriting {
  /// Writes a file of tensors, whole or not at all.
  static func put(_ bytes: [UInt8], _ path: String) throws(TensorFileError) {
    do throws(FileWritingError) {
      try writeFile(bytes, to: path)
    } catch {
      throw .unwritable(error.sentence)
    }
  }
}
