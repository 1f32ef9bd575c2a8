import Scalars

/// A parameter of a catalogue function: its name, and what it is when it is left out.
public struct Parameter: Hashable, Sendable {
  /// Whether a parameter must be given, and what it takes.
  public enum Kind: Hashable, Sendable {
    /// Every call gives it.
    case required
    /// It may be left out, and has this value then.
    case optional(Argument)
    /// All further arguments by place, as a list; one list stands for itself.
    case variadic
    /// All keywords that are no parameter's name.
    case keywords
  }

  /// The name, which is also the keyword.
  public let name: String
  /// Whether it must be given, and what it takes.
  public let kind: Kind

  /// A parameter that has a value when it is left out.
  public static func optional(_ name: String, _ value: Argument) -> Parameter {
    Parameter(name: name, kind: .optional(value))
  }

  /// An optional number that is no integer.
  public static func optional(_ name: String, number value: Rational) -> Parameter {
    Parameter(name: name, kind: .optional(.number(.init(value))))
  }

  /// The parameter that takes all further arguments by place.
  public static func variadic(_ name: String) -> Parameter {
    Parameter(name: name, kind: .variadic)
  }

  /// The parameter that takes the keywords that are no other parameter's name.
  public static func keywords(_ name: String) -> Parameter {
    Parameter(name: name, kind: .keywords)
  }

  /// Other spellings in use, each with the name in the catalogue.
  public static let synonyms = [
    "dim": "axis", "keepdim": "keepdims", "kernel_size": "kernel", "bias": "b",
    "negative_slope": "slope", "num_groups": "groups", "start_dim": "start", "end_dim": "end",
    "min": "lo", "max": "hi", "min_val": "lo", "max_val": "hi",
    "diagonal": "k", "ord": "p", "exponent": "p", "split_size_or_sections": "split_size",
    "sections": "indices_or_sections", "input": "x", "scale_factor": "scale", "indices": "idx",
    "index": "idx", "upscale_factor": "r", "downscale_factor": "r",
    "constant_values": "value", "pad_width": "pairs", "pad": "pairs", "dims": "axis",
    "dimension": "axis", "dimensions": "axis", "shifts": "shift", "a_min": "lo", "a_max": "hi",
    "num_segments": "n", "dim1": "axis1", "dim2": "axis2", "steps": "num",
  ]
}

extension Parameter: ExpressibleByStringLiteral {
  /// A required parameter.
  public init(stringLiteral name: String) { self.init(name: name, kind: .required) }
}
