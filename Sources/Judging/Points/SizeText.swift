extension [String: Int] {
  /// Sizes with their numbers, in the order of their names: `H=5 N=2`.
  ///
  /// - Parameter prefix: stands before each of them.
  package func sizeText(prefix: String = "") -> String {
    sorted { $0.key < $1.key }.map { "\(prefix)\($0.key)=\($0.value)" }.joined(separator: " ")
  }
}
