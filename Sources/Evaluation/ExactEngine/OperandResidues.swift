import CExactKernels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The residues of both operands, and the tables to take them and to recombine products of them.
/// Empty for kernels without residues.
///
/// An operand of which every element is packed about once has its residues taken there, from the
/// words that are packed. One that is packed many times over (the image of a convolution) has them
/// taken once, before, into a plane for each modulus.
final class OperandResidues {
  /// One operand's planes, or nil, and what its half limbs count for.
  struct Operand {
    let plane: UnsafeMutableRawPointer?
    let weights: [Double]
  }

  struct Weights {
    let left, right, result, product: UnsafeBufferPointer<Double>
  }

  let left: Operand
  let right: Operand
  private let table: [ek_modulus]
  private let weights: [Double], product: [Double]

  /// - Parameter packings: how often each operand's elements are packed, on average.
  /// - Returns: nil when memory could not be had.
  init?(
    _ plan: ContractionPlan, left: ExactPlane, right: ExactPlane,
    packings: (left: Double, right: Double)
  ) {
    guard let system = plan.system else {
      self.left = Operand(plane: nil, weights: [])
      self.right = self.left
      table = []
      weights = []
      product = []
      return
    }
    let table = system.table
    self.table = table
    (weights, product) = system.recombination(
      digits: plan.resultLimbs * 2, shift: plan.split?.shift ?? 0)
    func operand(_ plane: ExactPlane, isLeft: Bool) -> Operand? {
      let weights = system.halfLimbWeights(limbs: plane.limbCount, weighted: isLeft)
      if Self.areTakenWhilePacking(isLeft ? packings.left : packings.right) {
        return Operand(plane: nil, weights: weights)
      }
      let memory = Self.planes(of: plane, plan, table, weights, isLeft: isLeft)
      return memory.map { Operand(plane: $0, weights: weights) }
    }
    let found = (operand(left, isLeft: true), operand(right, isLeft: false))
    self.left = found.0 ?? Operand(plane: nil, weights: [])
    self.right = found.1 ?? Operand(plane: nil, weights: [])
    if found.0 == nil || found.1 == nil { return nil }
  }

  deinit {
    free(left.plane)
    free(right.plane)
  }

  /// Whether residues are taken anew for each packing rather than kept in planes, whose writing and
  /// reading costs about as much again as taking them.
  static func areTakenWhilePacking(_ packings: Double) -> Bool { packings <= 2 }

  private static func planes(
    of plane: ExactPlane, _ plan: ContractionPlan, _ table: [ek_modulus], _ weights: [Double],
    isLeft: Bool
  ) -> UnsafeMutableRawPointer? {
    let count = plane.count, bits = plan.kernel.residueBits ?? 16
    let bound = Int32(isLeft ? plan.leftBits : plan.rightBits)
    guard let memory = ek_allocate(Int64(count * table.count * bits / 8)) else { return nil }
    plane.limbs.withUnsafeBufferPointer { limbs in
      if bits == 16 {
        ek_residues_16(
          plan.features, limbs.baseAddress, Int64(plane.limbCount), Int64(count), Int64(count),
          bound, Int32(table.count), table, weights,
          memory.assumingMemoryBound(to: Int16.self), Int64(count))
      } else {
        ek_residues_8(
          plan.features, limbs.baseAddress, Int64(plane.limbCount), Int64(count), Int64(count),
          bound, Int32(table.count), table, weights, isLeft ? 0 : 1,
          memory.assumingMemoryBound(to: Int8.self), Int64(count))
      }
    }
    return memory
  }

  func withTables<R>(_ body: (UnsafeBufferPointer<ek_modulus>, Weights) -> R) -> R {
    table.withUnsafeBufferPointer { table in
      left.weights.withUnsafeBufferPointer { left in
        right.weights.withUnsafeBufferPointer { right in
          weights.withUnsafeBufferPointer { weights in
            product.withUnsafeBufferPointer {
              body(table, Weights(left: left, right: right, result: weights, product: $0))
            }
          }
        }
      }
    }
  }
}
