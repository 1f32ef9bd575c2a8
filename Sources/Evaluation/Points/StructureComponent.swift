import Scalars

/// Chooses among the components of what declarations allow: orthogonal matrices have the determinant 1 or −1,
/// and no path leads from one kind to the other.
public struct StructureComponent: Sendable {
  private let number: UInt64

  public init(_ number: UInt64) { self.number = number }

  /// Whether the orthogonal matrix of that name has the determinant −1.
  public func isReflection(_ name: String) -> Bool {
    // The name's bytes, mixed one after the other: a hash that is the same in every run.
    name.utf8.reduce(SeededGenerator.mixed(number)) {
      SeededGenerator.mixed($0 &+ UInt64($1) &+ 1)
    } & 1 == 1
  }
}
