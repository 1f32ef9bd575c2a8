/// A JSON value whose objects keep their order and whose numbers keep their text.
///
/// Numbers stay text so that `0.1` and `12345678901234567890` are exact; whoever reads one decides
/// what it means. Two numbers are equal when they are written alike.
public enum JSONValue: Hashable, Sendable {
  case object(JSONObject)
  case array([JSONValue])
  case string(String)
  /// A number as it is written, such as `-1.5e3`.
  case number(String)
  case bool(Bool)
  case null

  /// A number, written in decimal digits.
  public static func integer(_ value: Int) -> JSONValue { .number(String(value)) }

  /// The value of a key, when this is an object that has it.
  public subscript(key: String) -> JSONValue? {
    if case .object(let object) = self { object[key] } else { nil }
  }

  /// The text of a string; nil for any other value.
  public var stringValue: String? {
    if case .string(let text) = self { text } else { nil }
  }

  /// The elements of an array; nil for any other value.
  public var arrayValue: [JSONValue]? {
    if case .array(let elements) = self { elements } else { nil }
  }

  /// The object; nil for any other value.
  public var objectValue: JSONObject? {
    if case .object(let object) = self { object } else { nil }
  }
}

/// A JSON object: keys with their values, in the order in which the keys were first set.
///
/// Equality includes the order.
public struct JSONObject: Hashable, Sendable, ExpressibleByDictionaryLiteral {
  /// The keys, in the order in which they were first set.
  public private(set) var keys: [String] = []
  private var values: [String: JSONValue] = [:]

  public init() {}

  /// The last of several values for one key counts.
  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    for (key, value) in elements { self[key] = value }
  }

  /// The number of keys.
  public var count: Int { keys.count }
  /// Whether there is no key.
  public var isEmpty: Bool { keys.isEmpty }

  /// The members in order.
  public var members: [(key: String, value: JSONValue)] {
    keys.compactMap { key in values[key].map { (key, $0) } }
  }

  /// The value of a key; setting nil removes the key.
  ///
  /// - Complexity: O(1); removal is O(*n*).
  public subscript(key: String) -> JSONValue? {
    get { values[key] }
    set {
      if newValue == nil {
        keys.removeAll { $0 == key }
      } else if values[key] == nil {
        keys.append(key)
      }
      values[key] = newValue
    }
  }
}
