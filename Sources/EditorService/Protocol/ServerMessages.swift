import Diagnostics

/// The messages that a server sends, as JSON-RPC 2.0 has them.
enum ServerMessage {
  /// The codes of errors, from JSON-RPC and from the protocol of language servers.
  enum ErrorCode: Int {
    case parseError = -32700
    case invalidRequest = -32600
    case methodNotFound = -32601
    case invalidParameters = -32602
    case notInitialized = -32002
  }

  static func result(_ value: JSONValue, of id: JSONValue) -> JSONValue {
    .object(["jsonrpc": .string("2.0"), "id": id, "result": value])
  }

  static func error(_ code: ErrorCode, _ message: String, of id: JSONValue) -> JSONValue {
    .object([
      "jsonrpc": .string("2.0"), "id": id,
      "error": .object(["code": .integer(code.rawValue), "message": .string(message)]),
    ])
  }

  static func notification(_ method: String, _ parameters: JSONObject) -> JSONValue {
    .object([
      "jsonrpc": .string("2.0"), "method": .string(method), "params": .object(parameters),
    ])
  }
}

extension JSONValue {
  /// A whole number.
  var intValue: Int? {
    if case .number(let text) = self { Int(text) } else { nil }
  }
}
