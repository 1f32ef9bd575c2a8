import TensorExpressions

/// Functions that a module of loops brings along.
struct LoopHelpers {
  let language: LoopLanguage

  /// The functions that some lines call and the language lacks, with those that they call in turn.
  func definitions(for lines: [String]) -> [[String]] {
    var waiting = [lines]
    var found: [String: [String]] = [:]
    while let next = waiting.popLast() {
      for function in CodeFunction.table where function.isOwn(in: language.target) {
        guard found[function.name] == nil,
          Identifiers.holds(function.callName(in: language.target), before: "(", in: next)
        else { continue }
        let text = definition(of: function)
        found[function.name] = text
        waiting.append(Array(text.dropFirst()))
      }
      for (name, text) in whole where Identifiers.holds(name, before: "(", in: next) {
        found[name] = text
      }
    }
    // A function stands after those that it calls.
    let names = whole.map(\.0)
    return (names + CodeFunction.table.map(\.name).filter { !names.contains($0) })
      .compactMap { found[$0] }
  }

  private func definition(of function: CodeFunction) -> [String] {
    let names = PythonHelpers.parameters(function.arity)
    let name = function.callName(in: language.target)
    let head: [String]
    switch language {
    case .cxx:
      head = [
        "template <class T>", "T \(name)(\(names.map { "T \($0)" }.joined(separator: ", "))) {",
      ]
    case .swift:
      head = [
        "private func \(name)(\(names.map { "_ \($0): Double" }.joined(separator: ", "))) -> Double {"
      ]
    }
    var writer = LoopWriter(language, usedNames: Set(names))
    writer.scalars = Set(names)
    writer.depth = 1
    if let body = function.body(in: language.target) {
      writer.add("return \(body)\(language.end)")
    } else {
      let space = ExpressionSpace()
      let arguments = names.map { space.input($0, []) }
      if let definition = function.definition(of: arguments) { writer.writeReturn(of: definition) }
    }
    return head + writer.lines + ["}"]
  }

  /// Functions of whole matrices and of sizes.
  private var whole: [(String, [String])] {
    switch language {
    case .cxx: Self.cxx
    case .swift: Self.swift
    }
  }

  private static func lines(_ text: String) -> [String] {
    text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  private static let cxx: [(String, [String])] = [
    (
      "sort_places",
      lines(
        """
        // The places of values in order, the largest or the smallest first; of equal ones the first first.
        template <class T>
        inline void sort_places(const std::vector<T>& values, bool is_descending, std::vector<long>& places) {
          for (std::size_t i = 0; i < places.size(); ++i) places[i] = long(i);
          std::stable_sort(places.begin(), places.end(), [&](long a, long b) {
            return is_descending ? values[a] > values[b] : values[a] < values[b];
          });
        }
        """)
    ),
    (
      "ceil_div",
      lines("inline long ceil_div(long a, long b) { return a / b + (a % b > 0 ? 1 : 0); }")
    ),
    (
      "add_scaled",
      lines(
        """
        // y[j] += a * x[j]
        template <class T>
        inline void add_scaled(long n, T a, const T* __restrict x, T* __restrict y) {
          for (long j = 0; j < n; ++j) y[j] += a * x[j];
        }
        """)
    ),
    (
      "add_rows",
      lines(
        """
        // y[j] += a * sum over i of w[s * i] * x[t * i + j]; four rows at a time, so that y is read once for them.
        template <class T>
        inline void add_rows(long n, long rows, T a, const T* __restrict w, long s, const T* __restrict x, long t,
                             T* __restrict y) {
          const long whole = rows - rows % 4;
          for (long i = 0; i < whole; i += 4) {
            const T w0 = a * w[s * i], w1 = a * w[s * (i + 1)], w2 = a * w[s * (i + 2)], w3 = a * w[s * (i + 3)];
            const T *x0 = x + t * i, *x1 = x0 + t, *x2 = x1 + t, *x3 = x2 + t;
            for (long j = 0; j < n; ++j) y[j] += w0 * x0[j] + w1 * x1[j] + w2 * x2[j] + w3 * x3[j];
          }
          for (long i = whole; i < rows; ++i) {
            const T wi = a * w[s * i];
            const T* xi = x + t * i;
            for (long j = 0; j < n; ++j) y[j] += wi * xi[j];
          }
        }
        """)
    ),
    (
      "dot",
      lines(
        """
        // The sum of x[j] * y[j], in eight parts that do not wait for each other.
        template <class T>
        inline T dot(long n, const T* __restrict x, const T* __restrict y) {
          T part[8] = {};
          const long whole = n - n % 8;
          for (long j = 0; j < whole; j += 8) {
            for (long k = 0; k < 8; ++k) part[k] += x[j + k] * y[j + k];
          }
          T sum = ((part[0] + part[1]) + (part[2] + part[3])) + ((part[4] + part[5]) + (part[6] + part[7]));
          for (long j = whole; j < n; ++j) sum += x[j] * y[j];
          return sum;
        }
        """)
    ),
    (
      "inverse",
      lines(
        """
        // Gauss-Jordan elimination with the largest pivot of each column.
        template <class T>
        void inverse(const T* matrix, long n, T* result) {
          std::vector<T> a(matrix, matrix + n * n);
          std::fill(result, result + n * n, T(0));
          for (long i = 0; i < n; ++i) result[i * n + i] = T(1);
          for (long c = 0; c < n; ++c) {
            long pivot = c;
            for (long i = c + 1; i < n; ++i) {
              if (std::abs(a[i * n + c]) > std::abs(a[pivot * n + c])) pivot = i;
            }
            const T scale = T(1) / a[pivot * n + c];
            for (long j = 0; j < n; ++j) {
              std::swap(a[pivot * n + j], a[c * n + j]);
              std::swap(result[pivot * n + j], result[c * n + j]);
              a[c * n + j] *= scale;
              result[c * n + j] *= scale;
            }
            for (long i = 0; i < n; ++i) {
              if (i == c) continue;
              const T factor = a[i * n + c];
              for (long j = 0; j < n; ++j) {
                a[i * n + j] -= factor * a[c * n + j];
                result[i * n + j] -= factor * result[c * n + j];
              }
            }
          }
        }
        """)
    ),
    (
      "cholesky",
      lines(
        """
        // The lower triangular factor of a symmetric positive definite matrix, row by row.
        template <class T>
        void cholesky(const T* matrix, long n, T* result) {
          std::fill(result, result + n * n, T(0));
          for (long i = 0; i < n; ++i) {
            for (long j = 0; j <= i; ++j) {
              T rest = matrix[i * n + j];
              for (long k = 0; k < j; ++k) rest -= result[i * n + k] * result[j * n + k];
              result[i * n + j] = i == j ? std::sqrt(rest) : rest / result[j * n + j];
            }
          }
        }
        """)
    ),
    (
      "determinant",
      lines(
        """
        // The product of the pivots of Gaussian elimination.
        template <class T>
        T determinant(const T* matrix, long n) {
          std::vector<T> a(matrix, matrix + n * n);
          T result = T(1);
          for (long c = 0; c < n; ++c) {
            long pivot = c;
            for (long i = c + 1; i < n; ++i) {
              if (std::abs(a[i * n + c]) > std::abs(a[pivot * n + c])) pivot = i;
            }
            if (a[pivot * n + c] == T(0)) return T(0);
            if (pivot != c) {
              result = -result;
              for (long j = 0; j < n; ++j) std::swap(a[pivot * n + j], a[c * n + j]);
            }
            result *= a[c * n + c];
            for (long i = c + 1; i < n; ++i) {
              const T factor = a[i * n + c] / a[c * n + c];
              for (long j = c; j < n; ++j) a[i * n + j] -= factor * a[c * n + j];
            }
          }
          return result;
        }
        """)
    ),
  ]

  private static let swift: [(String, [String])] = [
    (
      "sortedPlaces",
      lines(
        """
        /// The places of values in order, the largest or the smallest first; of equal ones the first first.
        private func sortedPlaces(_ values: [Double], isDescending: Bool) -> [Int] {
          values.indices.sorted { a, b in
            if values[a] == values[b] { return a < b }
            return isDescending ? values[a] > values[b] : values[a] < values[b]
          }
        }
        """)
    ),
    (
      "ceilDiv",
      lines("private func ceilDiv(_ a: Int, _ b: Int) -> Int { a / b + (a % b > 0 ? 1 : 0) }")
    ),
    (
      "inverse",
      lines(
        """
        /// Gauss-Jordan elimination with the largest pivot of each column.
        private func inverse(_ matrix: [Double], _ n: Int) -> [Double] {
          var a = matrix
          var result = [Double](repeating: 0, count: n * n)
          for i in 0..<n { result[i * n + i] = 1 }
          for c in 0..<n {
            var pivot = c
            for i in c..<n where abs(a[i * n + c]) > abs(a[pivot * n + c]) { pivot = i }
            let scale = 1 / a[pivot * n + c]
            for j in 0..<n {
              a.swapAt(pivot * n + j, c * n + j)
              result.swapAt(pivot * n + j, c * n + j)
              a[c * n + j] *= scale
              result[c * n + j] *= scale
            }
            for i in 0..<n where i != c {
              let factor = a[i * n + c]
              for j in 0..<n {
                a[i * n + j] -= factor * a[c * n + j]
                result[i * n + j] -= factor * result[c * n + j]
              }
            }
          }
          return result
        }
        """)
    ),
    (
      "cholesky",
      lines(
        """
        /// The lower triangular factor of a symmetric positive definite matrix, row by row.
        private func cholesky(_ matrix: [Double], _ n: Int) -> [Double] {
          var result = [Double](repeating: 0, count: n * n)
          for i in 0..<n {
            for j in 0...i {
              var rest = matrix[i * n + j]
              for k in 0..<j { rest -= result[i * n + k] * result[j * n + k] }
              result[i * n + j] = i == j ? rest.squareRoot() : rest / result[j * n + j]
            }
          }
          return result
        }
        """)
    ),
    (
      "determinant",
      lines(
        """
        /// The product of the pivots of Gaussian elimination.
        private func determinant(_ matrix: [Double], _ n: Int) -> Double {
          var a = matrix
          var result = 1.0
          for c in 0..<n {
            var pivot = c
            for i in c..<n where abs(a[i * n + c]) > abs(a[pivot * n + c]) { pivot = i }
            if a[pivot * n + c] == 0 { return 0 }
            if pivot != c {
              result = -result
              for j in 0..<n { a.swapAt(pivot * n + j, c * n + j) }
            }
            result *= a[c * n + c]
            for i in (c + 1)..<max(n, c + 1) {
              let factor = a[i * n + c] / a[c * n + c]
              for j in c..<n { a[i * n + j] -= factor * a[c * n + j] }
            }
          }
          return result
        }
        """)
    ),
  ]
}

extension LoopWriter {
  /// Writes the end of a function of scalars.
  fileprivate mutating func writeReturn(of definition: TensorExpression) {
    var builder = FormulaBuilder(
      for: definition, name: "y", usedNames: usedNames, prefersStatements: true)
    let identity = Contraction(
      indices: [], output: [], operands: [Contraction.Operand(definition, [])])
    let statement = builder.indexStatement(name: "y", identity, shape: [])
    let value = product(statement.coefficient, statement.factors, statement.divisors, [])
    add("return \(value)\(language.end)")
  }
}
