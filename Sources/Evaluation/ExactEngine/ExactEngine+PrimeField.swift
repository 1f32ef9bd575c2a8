import CExactKernels

extension ExactEngine {
  /// Contracts two tensors of residues modulo an odd number below 2^62.
  ///
  /// Residues are taken as integers around zero, contracted exactly and reduced once for each
  /// element of the result, which on these kernels is faster than any reduction in between.
  ///
  /// - Parameters:
  ///   - left: elements in `0..<modulus`, in row-major order; likewise `right`.
  /// - Returns: elements in `0..<modulus`.
  /// - Throws: ``ExactEngineError/modulus(_:)``, ``ExactEngineError/count(values:shape:)``, and
  ///   the errors of ``contract(_:_:_:options:)``.
  public static func contract(
    _ contraction: ExactContraction, modulo modulus: UInt64, _ left: [UInt64], _ right: [UInt64],
    options: ExactOptions = ExactOptions()
  ) throws(ExactEngineError) -> [UInt64] {
    guard modulus > 2, modulus < 1 << 62, modulus % 2 == 1 else { throw .modulus(modulus) }
    func plane(_ residues: [UInt64], _ shape: [Int]) throws(ExactEngineError) -> ExactPlane {
      let half = modulus / 2
      let integers = [Int64](unsafeUninitializedCapacity: residues.count) { buffer, count in
        count = residues.count
        residues.withUnsafeBufferPointer { residues in
          for i in 0..<count {
            buffer[i] = Int64(bitPattern: residues[i] &- (residues[i] > half ? modulus : 0))
          }
        }
      }
      return try ExactPlane(shape: shape, integers: integers)
    }
    let result = try contract(
      contraction, plane(left, contraction.left.shape), plane(right, contraction.right.shape),
      options: options)
    let count = result.count
    return [UInt64](unsafeUninitializedCapacity: count) { buffer, initialized in
      result.limbs.withUnsafeBufferPointer {
        ek_reduce(
          $0.baseAddress, Int64(result.limbCount), Int64(count), Int64(count), modulus,
          buffer.baseAddress)
      }
      initialized = count
    }
  }
}
