/// A library or a language that modules of code are written for.
public enum CodeTarget: String, CaseIterable, Hashable, Sendable {
  case numpy, pytorch, jax, cpp, swift

  /// How the target computes: whole arrays at a time, or entry by entry in loops.
  enum Family {
    case arrays(Dialect)
    case loops(LoopLanguage)
  }

  var family: Family {
    switch self {
    case .numpy: .arrays(.numpy)
    case .pytorch: .arrays(.torch)
    case .jax: .arrays(.jax)
    case .cpp: .loops(.cxx)
    case .swift: .loops(.swift)
    }
  }

  /// Names that no value, size or argument may have.
  var reservedNames: Set<String> {
    let functions = Set(CodeFunction.table.map(\.name)).union(["forward", "backward"])
    switch family {
    case .arrays:
      return functions.union(ReservedNames.python).union(ReservedNames.pythonModules)
    case .loops(.cxx): return functions.union(ReservedNames.cxx)
    case .loops(.swift): return functions.union(ReservedNames.swift)
    }
  }
}

/// Words that a language keeps for itself, and names of its own that a module uses.
enum ReservedNames {
  static let python = words(
    """
    False None True and as assert async await break class continue def del elif else except finally
    for from global if import in is lambda nonlocal not or pass raise return try while with yield
    match case type abs all any bool bytes complex dict dir divmod enumerate filter float format
    hash hex id input int iter len list map max min next object oct open ord pow print property
    range repr reversed round set slice sorted str sum super tuple vars zip
    """)

  static let pythonModules = words(
    """
    np scipy torch F jax jnp lax nn math layer layer_forward layer_backward ctx saved gradient
    scatter_add sliding_window_view
    """)

  static let cxx = words(
    """
    alignas alignof and and_eq asm auto bitand bitor bool break case catch char char16_t char32_t
    class compl concept const consteval constexpr constinit const_cast continue co_await co_return
    co_yield decltype default delete do double dynamic_cast else enum explicit export extern false
    float for friend goto if inline int long mutable namespace new noexcept not not_eq nullptr
    operator or or_eq private protected public register reinterpret_cast requires return short
    signed sizeof static static_assert static_cast struct switch template this thread_local throw
    true try typedef typeid typename union unsigned using virtual void volatile wchar_t while xor
    xor_eq T std NULL EOF NAN INFINITY HUGE_VAL DOMAIN SING OVERFLOW UNDERFLOW assert errno stdin
    stdout stderr unix linux inverse determinant add_scaled add_rows dot ceil_div sort_places best place ties
    """)

  static let swift = words(
    """
    associatedtype class deinit enum extension fileprivate func import init inout internal let open
    operator private precedencegroup protocol public rethrows static struct subscript typealias var
    break case catch continue default defer do else fallthrough for guard if in repeat return throw
    switch where while Any as await false is nil self Self super throws true try Int Double Array
    Bool String Float exp log log1p expm1 sqrt abs sin cos tan asin acos atan sinh cosh tanh erf pow
    max min inverse determinant ceilDiv sortedPlaces best place ties y0 y1 yn j0 j1 jn gamma
    """)

  private static func words(_ text: String) -> Set<String> {
    Set(text.split(whereSeparator: \.isWhitespace).map(String.init))
  }
}
