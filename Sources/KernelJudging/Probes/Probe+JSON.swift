import Diagnostics
import Scalars

extension Probe {
  /// The point as `gradcheck eval --at` reads it: whole numbers and fractions `"p/q"`.
  public var json: JSONValue {
    var point = JSONObject()
    for tensor in tensors {
      var entries = (tensor.rationals ?? []).map { value -> JSONValue in
        value.isInteger ? .number(value.description) : .string(value.description)
      }
      // From the innermost axis outward.
      for extent in tensor.extents.reversed() {
        entries = stride(from: 0, to: entries.count, by: max(extent, 1)).map {
          .array(Array(entries[$0..<min($0 + extent, entries.count)]))
        }
      }
      point[tensor.name] = entries.first ?? .null
    }
    return .object(["at": .object(point)])
  }
}
