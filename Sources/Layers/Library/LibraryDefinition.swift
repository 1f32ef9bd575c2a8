/// A function of the catalogue as a person would define it in the expression language.
///
/// It is what people read, and not what is computed: a test proves it equal to the catalogue's function on its samples.
public struct LibraryDefinition: Hashable, Sendable {
  /// The function's name in the catalogue.
  public let name: String
  /// `def` statements; the last one defines the function, those before it are parts.
  public let source: String
  /// For what case it is written, where it is not the general one.
  public let scope: String?
  /// Programs whose last line calls the function as it is written here; the catalogue's own where there are none.
  public let samples: [String]

  init(_ name: String, scope: String? = nil, samples: [String] = [], _ source: String) {
    self.name = name
    self.source = source
    self.scope = scope
    self.samples = samples
  }

  /// The definition of a function, where the language can say it.
  public static func named(_ name: String) -> LibraryDefinition? { byName[name] }

  /// Every definition, in the order of families.
  public static let all: [LibraryDefinition] =
    reductions + products + matrices + normalizations + layers

  private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })
}
