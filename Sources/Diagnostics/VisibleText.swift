extension Unicode.Scalar {
  /// Whether a terminal would obey it, or show what stands beside it in another order or on another line.
  ///
  /// Line feeds and tabs are text.
  var isInvisibleCommand: Bool {
    switch value {
    case 0x0A, 0x09: false
    case 0..<0x20, 0x7F..<0xA0: true
    default: isReordering
    }
  }

  /// Whether a terminal may show what follows in another order or on another line.
  var isReordering: Bool {
    switch value {
    case 0x061C, 0x200E, 0x200F, 0x2028, 0x2029, 0x202A...0x202E, 0x2066...0x2069: true
    default: false
    }
  }

  /// What is shown in its place: a control character's picture (`␛`), else `�`.
  var picture: Unicode.Scalar {
    let picture = value < 0x20 ? value + 0x2400 : value == 0x7F ? 0x2421 : 0xFFFD
    return Unicode.Scalar(picture) ?? "\u{FFFD}"
  }
}

extension String {
  /// The text as a terminal may have it: what it would obey, and what would reorder text, is made visible.
  public var visible: String {
    guard unicodeScalars.contains(where: \.isInvisibleCommand) else { return self }
    var text = ""
    for scalar in unicodeScalars {
      text.unicodeScalars.append(scalar.isInvisibleCommand ? scalar.picture : scalar)
    }
    return text
  }

  /// The same for text with the colours of a ``Style`` in it, which stay.
  public var visibleBesideColours: String {
    let parts = split(separator: Style.escape, omittingEmptySubsequences: false)
    return parts.dropFirst().reduce(String(parts[0]).visible) { text, part in
      guard let colour = Style.colours.first(where: part.hasPrefix) else {
        return text + "␛" + String(part).visible
      }
      return text + Style.escape + colour + String(part.dropFirst(colour.count)).visible
    }
  }
}
