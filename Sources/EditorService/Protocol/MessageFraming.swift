import Diagnostics

/// Why bytes are no messages; nothing that follows can be read.
package enum FramingError: Error, Hashable, Sendable {
  case noContentLength
  case headerTooLong(limit: Int)
  case messageTooLong(limit: Int)

  package var sentence: String {
    switch self {
    case .noContentLength: "a message begins with `Content-Length: N`"
    case .headerTooLong(let limit): "a message's head has at most \(limit) bytes"
    case .messageTooLong(let limit): "a message has at most \(limit) bytes"
    }
  }
}

/// Cuts a stream of bytes into messages, each behind a head as HTTP has them:
///
/// ```
/// Content-Length: 52\r\n\r\n{"jsonrpc": "2.0", …}
/// ```
package struct MessageReader: Sendable {
  static let headerLimit = 4096
  static let messageLimit = 64 << 20

  private var buffer: [UInt8] = []

  package init() {}

  package mutating func append(_ bytes: some Sequence<UInt8>) { buffer += bytes }

  /// The next whole message; nil where more bytes are needed.
  package mutating func next() throws(FramingError) -> [UInt8]? {
    guard let head = Self.end(ofHeadIn: buffer) else {
      if buffer.count > Self.headerLimit { throw .headerTooLong(limit: Self.headerLimit) }
      return nil
    }
    guard let length = Self.contentLength(in: buffer[..<head.end]) else { throw .noContentLength }
    guard length <= Self.messageLimit else { throw .messageTooLong(limit: Self.messageLimit) }
    guard buffer.count - head.next >= length else { return nil }
    let message = Array(buffer[head.next..<head.next + length])
    buffer.removeFirst(head.next + length)
    return message
  }

  /// Where a head ends, and where what follows it begins.
  private static func end(ofHeadIn bytes: [UInt8]) -> (end: Int, next: Int)? {
    let limit = min(bytes.count, headerLimit + 4)
    guard limit >= 4 else { return nil }
    for index in 0...limit - 4 where bytes[index...].starts(with: [13, 10, 13, 10]) {
      return (index, index + 4)
    }
    return nil
  }

  private static func contentLength(in head: ArraySlice<UInt8>) -> Int? {
    for line in String(decoding: head, as: UTF8.self).split(separator: "\r\n") {
      let parts = line.split(separator: ":", maxSplits: 1)
      guard parts.count == 2, parts[0].lowercased() == "content-length" else { continue }
      return Int(parts[1].filter { $0 != " " }).flatMap { $0 >= 0 ? $0 : nil }
    }
    return nil
  }
}

extension JSONValue {
  /// The value as a message.
  package var framed: String {
    let body = text(.compact)
    return "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
  }
}
