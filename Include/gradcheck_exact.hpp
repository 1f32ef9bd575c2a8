/* Runs a kernel in finite fields: gradcheck::exact stands for its number type, and nothing rounds.
 *
 *     gradcheck::tensors<T> in(argv[1]), out;         // T = float, double or gradcheck::exact
 *     std::vector<T> x = in["x"], dx(x.size());
 *     backward(in.extents("x"), x, dx);                // a template over its number type
 *     out.put("dx", in.extents("x"), dx);
 *     out.write(argv[2]);
 *
 * `gradcheck probe --dtype exact` writes the probe, `gradcheck judge` says whether the code computes the gradient.
 *
 * A number is its residues modulo a chain of primes; each prime divides the one before it less one, so that exp maps a residue
 * modulo the next prime to a power modulo this one, and exp(u + v) = exp(u) exp(v) holds exactly. A double beside it decides
 * comparisons; the residues know nothing of it. A literal stands for the shortest decimal that reads back as it, and one with more
 * digits than people write (1.0 / 3) for the fraction that it is the nearest number to. log, sqrt and others without a law in a field may be
 * returned, and stop the run where they are used further. C++17; include it before the kernel. */
#ifndef GRADCHECK_EXACT_HPP
#define GRADCHECK_EXACT_HPP

#include "gradcheck.h"

#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>
#include <ostream>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace gradcheck {

/** Why a run cannot go on. */
struct stopped : std::runtime_error {
  using std::runtime_error::runtime_error;
};

namespace detail {

__extension__ typedef unsigned __int128 wide;
using word = std::uint64_t;
constexpr int room = 4; // levels
constexpr word unknown = ~word(0);

inline word multiply(word a, word b, word p) { return static_cast<word>(static_cast<wide>(a) * b % p); }

inline word power(word a, word n, word p) {
  word result = 1;
  for (; n; n >>= 1, a = multiply(a, a, p))
    if (n & 1) result = multiply(result, a, p);
  return result;
}

/** The fields of the probe that was read last. */
struct fields {
  int levels = 0;
  word seed = 0;
  double denominator = 1; // of the coefficients in exponents
  std::array<word, room> primes{}, bases{};
};

inline fields &current() {
  static fields f;
  return f;
}

/** p/q: what a literal stands for. */
struct fraction {
  bool known;
  bool negative;
  word numerator; // times 10^tens
  word denominator;
  int tens;
};

template <class Real> fraction literal(Real value) {
  const int written = std::is_same<Real, float>::value ? 7 : 15; // digits that every decimal keeps
  char text[64];
  int digits = 1;
  for (; digits <= 17; digits++) {
    snprintf(text, sizeof text, "%.*e", digits - 1, static_cast<double>(value));
    const Real back = std::is_same<Real, float>::value ? static_cast<Real>(std::strtof(text, nullptr))
                                                       : static_cast<Real>(std::strtod(text, nullptr));
    if (back == value) break;
  }
  if (digits <= written) {
    word mantissa = 0;
    for (const char *c = text; *c && *c != 'e'; c++)
      if (*c >= '0' && *c <= '9') mantissa = 10 * mantissa + static_cast<word>(*c - '0');
    return {true, value < 0, mantissa, 1, std::atoi(std::strchr(text, 'e') + 1) - (digits - 1)};
  }
  // The simplest fraction that rounds to the value, by its continued fraction.
  double rest = std::fabs(static_cast<double>(value));
  const double limit = std::is_same<Real, float>::value ? 1000 : 1e6;
  double p0 = 0, q0 = 1, p1 = 1, q1 = 0;
  for (int k = 0; k < 40 && rest < 1e15; k++) {
    const double whole = std::floor(rest), p2 = whole * p1 + p0, q2 = whole * q1 + q0;
    if (q2 > limit || p2 > 1e15) break;
    if (static_cast<Real>(p2 / q2) == std::fabs(value))
      return {true, value < 0, static_cast<word>(p2), static_cast<word>(q2), 0};
    p0 = p1, q0 = q1, p1 = p2, q1 = q2;
    if (rest == whole) break;
    rest = 1 / (rest - whole);
  }
  return {false, false, 0, 1, 0};
}

} // namespace detail

/** A number of an exact run. */
class exact {
public:
  exact() noexcept { set(0); }
  template <class I, std::enable_if_t<std::is_integral<I>::value, int> = 0> exact(I value) { set(value); }
  exact(float value) { set_real(value); }
  exact(double value) { set_real(value); }
  exact(long double value) { set_real(static_cast<double>(value)); }

  /** The double beside the residues, for messages: what is computed from it is not exact. */
  double approximation() const { return shadow_; }

  friend exact operator+(const exact &a, const exact &b) {
    if (a.is_infinite() || b.is_infinite()) return infinite(a.shadow_ + b.shadow_);
    exact r = a.with(b, a.shadow_ + b.shadow_, [](word x, word y, word p) { return x + y >= p ? x + y - p : x + y; });
    r.add_degrees(a, b);
    return r;
  }
  friend exact operator-(const exact &a, const exact &b) {
    if (a.is_infinite() || b.is_infinite()) return infinite(a.shadow_ - b.shadow_);
    exact r = a.with(b, a.shadow_ - b.shadow_, [](word x, word y, word p) { return x >= y ? x - y : x + (p - y); });
    r.add_degrees(a, b);
    return r;
  }
  friend exact operator*(const exact &a, const exact &b) {
    if (a.is_infinite() || b.is_infinite()) return infinite(a.shadow_ * b.shadow_);
    exact r = a.with(b, a.shadow_ * b.shadow_, detail::multiply);
    r.top_ = a.top_ + b.top_, r.bottom_ = a.bottom_ + b.bottom_;
    r.length_ = a.length_ * b.length_, r.parts_ = a.parts_ * b.parts_;
    return r;
  }
  friend exact operator/(const exact &a, const exact &b) {
    if (b.is_infinite() && !a.is_infinite()) return exact(0);
    if (a.is_infinite()) return infinite(a.shadow_ / b.shadow_);
    a.use(), b.use();
    if (b.residues_[0] == 0) throw stopped("a division by zero: " + b.text());
    exact r = a.with(b, a.shadow_ / b.shadow_, [](word x, word y, word p) {
      return y == 0 ? detail::unknown : detail::multiply(x, detail::power(y, p - 2, p), p);
    });
    r.top_ = a.top_ + b.bottom_, r.bottom_ = a.bottom_ + b.top_;
    r.length_ = a.length_, r.parts_ = a.parts_;
    if (b.is_constant()) r.divide_length(b.shadow_);
    return r;
  }
  exact operator-() const { return exact(0) - *this; }
  exact operator+() const { return *this; }
  exact &operator+=(const exact &b) { return *this = *this + b; }
  exact &operator-=(const exact &b) { return *this = *this - b; }
  exact &operator*=(const exact &b) { return *this = *this * b; }
  exact &operator/=(const exact &b) { return *this = *this / b; }
  exact &operator++() { return *this += exact(1); }
  exact &operator--() { return *this -= exact(1); }

  friend bool operator==(const exact &a, const exact &b) { return a.compare(b) == 0; }
  friend bool operator!=(const exact &a, const exact &b) { return a.compare(b) != 0; }
  friend bool operator<(const exact &a, const exact &b) { return a.compare(b) < 0; }
  friend bool operator>(const exact &a, const exact &b) { return a.compare(b) > 0; }
  friend bool operator<=(const exact &a, const exact &b) { return a.compare(b) <= 0; }
  friend bool operator>=(const exact &a, const exact &b) { return a.compare(b) >= 0; }

  explicit operator bool() const { return *this != exact(0); }
  /** Whole numbers are what they are: indices, classes, sizes. */
  template <class I, std::enable_if_t<std::is_integral<I>::value && !std::is_same<I, bool>::value, int> = 0>
  explicit operator I() const {
    const I whole = static_cast<I>(shadow_);
    if (exact(whole).compare(*this) != 0) throw stopped("an index is made from " + text() + ", which is no whole number");
    return whole;
  }
  /** A floating-point number made from an exact one would round. */
  template <class R, std::enable_if_t<std::is_floating_point<R>::value, int> = 0> explicit operator R() const = delete;

  friend exact exp(const exact &a) {
    if (a.is_infinite()) return a.shadow_ < 0 ? exact(0) : a;
    a.use();
    const detail::fields &f = detail::current();
    exact r(0);
    r.shadow_ = std::exp(a.shadow_);
    for (int k = 0; k < detail::room; k++) {
      const bool is_known = k + 1 < f.levels && a.residues_[at(k + 1)] != detail::unknown;
      r.residues_[at(k)] = is_known ? detail::power(f.bases[at(k)], a.residues_[at(k + 1)], f.primes[at(k)]) : detail::unknown;
    }
    if (r.residues_[0] == detail::unknown)
      throw stopped("exponentials are nested more deeply than the layer's, for which the probe has room");
    // A product of powers of as many exponentials as the argument has terms.
    r.top_ = r.bottom_ = a.length_;
    double &all = detail::current().denominator;
    all = all / std::fmax(1, common(all, a.parts_)) * a.parts_;
    return r;
  }
  /** A function that has no law in a field: its value may be returned. */
  static exact lawless(const exact &a, double shadow, const char *function, const char *file, int line) {
    a.use();
    exact r(0);
    r.shadow_ = shadow;
    r.residues_.fill(detail::unknown);
    r.function_ = function, r.file_ = file, r.line_ = line;
    return r;
  }

  friend std::ostream &operator<<(std::ostream &stream, const exact &a) { return stream << a.shadow_; }

private:
  using word = detail::word;
  template <class Number> friend class tensors;

  double shadow_ = 0;
  std::array<word, detail::room> residues_{};
  // Degrees of the numerator and the denominator, and the sum of the magnitudes of coefficients over a denominator.
  double top_ = 0, bottom_ = 0, length_ = 1, parts_ = 1;
  const char *function_ = nullptr, *file_ = nullptr;
  int line_ = 0;

  static std::size_t at(int k) { return static_cast<std::size_t>(k); }

  static double common(double a, double b) {
    while (b >= 1 && a < 9e15 && b < 9e15) {
      const double r = std::fmod(a, b);
      a = b, b = r;
    }
    return b == 0 ? a : 1;
  }

  template <class I> void set(I value) {
    const bool negative = value < I(0);
    const word magnitude = negative ? word(0) - static_cast<word>(value) : static_cast<word>(value);
    shadow_ = static_cast<double>(value);
    const detail::fields &f = detail::current();
    for (int k = 0; k < detail::room; k++) {
      const word p = f.primes[at(k)], m = k < f.levels ? magnitude % p : 0;
      residues_[at(k)] = k >= f.levels ? detail::unknown : negative && m ? p - m : m;
    }
    length_ = std::fmax(1, std::fabs(shadow_));
  }

  template <class Real> void set_real(Real value) {
    if (std::isnan(value)) throw stopped("a literal is not a number");
    if (std::fabs(value) >= static_cast<Real>(std::numeric_limits<float>::max())) { *this = infinite(value); return; }
    if (value == std::floor(value) && std::fabs(value) < static_cast<Real>(1e6)) return set(static_cast<long long>(value));
    const detail::fraction part = detail::literal(value);
    set(static_cast<word>(part.numerator));
    shadow_ = static_cast<double>(value);
    if (!part.known) {
      residues_.fill(detail::unknown);
      function_ = "a number with more digits than people write", file_ = "literal", line_ = 0;
      return;
    }
    const detail::fields &f = detail::current();
    for (int k = 0; k < f.levels; k++) {
      const word p = f.primes[at(k)], ten = detail::power(10, static_cast<word>(std::abs(part.tens)), p);
      const word below = part.tens < 0 ? detail::multiply(ten, part.denominator % p, p) : part.denominator % p;
      word r = detail::multiply(residues_[at(k)], detail::power(below, p - 2, p), p);
      if (part.tens > 0) r = detail::multiply(r, ten, p);
      residues_[at(k)] = part.negative && r ? p - r : r;
    }
    // p/q in lowest terms, for the length of exponents.
    const double top = static_cast<double>(part.numerator) * (part.tens > 0 ? std::pow(10, part.tens) : 1);
    const double bottom = static_cast<double>(part.denominator) * (part.tens < 0 ? std::pow(10, -part.tens) : 1);
    const double shared = std::fmax(1, common(top, bottom));
    length_ = std::fmax(1, top / shared), parts_ = bottom / shared;
  }

  static exact infinite(double shadow) {
    if (std::isnan(shadow)) throw stopped("infinities cancel");
    exact r(0);
    r.shadow_ = shadow;
    r.residues_.fill(detail::unknown);
    return r;
  }
  bool is_infinite() const { return std::isinf(shadow_) || std::fabs(shadow_) >= 3.4e38; }

  bool is_constant() const { return top_ == 0 && bottom_ == 0; }

  std::string text() const { return "a number near " + std::to_string(shadow_); }

  /** Stops the run where a value without residues is computed with. */
  void use() const {
    if (function_)
      throw stopped(std::string(function_) + " (" + file_ + ":" + std::to_string(line_) +
                    ") is used further, and has no law in a finite field: judge this kernel in floating point");
    if (residues_[0] == detail::unknown) throw stopped("an infinite number is computed with");
  }

  template <class Operation> exact with(const exact &b, double shadow, Operation operation) const {
    use(), b.use();
    exact r;
    r.shadow_ = shadow;
    const detail::fields &f = detail::current();
    for (int k = 0; k < f.levels; k++) {
      const word x = residues_[at(k)], y = b.residues_[at(k)];
      r.residues_[at(k)] = x == detail::unknown || y == detail::unknown ? detail::unknown : operation(x, y, f.primes[at(k)]);
    }
    return r;
  }

  void add_degrees(const exact &a, const exact &b) {
    const bool is_zero_a = a.residues_[0] == 0 && a.is_constant(), is_zero_b = b.residues_[0] == 0 && b.is_constant();
    if (a.bottom_ == 0 && b.bottom_ == 0) top_ = std::fmax(a.top_, b.top_), bottom_ = 0;
    else top_ = std::fmax(a.top_ + b.bottom_, b.top_ + a.bottom_), bottom_ = a.bottom_ + b.bottom_;
    parts_ = a.parts_ / std::fmax(1, common(a.parts_, b.parts_)) * b.parts_;
    length_ = (is_zero_a ? 0 : a.length_ * (parts_ / a.parts_)) + (is_zero_b ? 0 : b.length_ * (parts_ / b.parts_));
    length_ = std::fmax(1, length_);
  }

  /** A coefficient p/q that is divided by turns around. */
  void divide_length(double constant) {
    for (double q = 1; q <= 4096; q++) {
      const double p = std::fabs(constant) * q;
      if (std::fabs(p - std::round(p)) > 1e-9 * p) continue;
      length_ *= q, parts_ *= std::fmax(1, std::round(p));
      return;
    }
  }

  int compare(const exact &b) const {
    if (residues_[0] != detail::unknown && residues_[0] == b.residues_[0]) return 0;
    return shadow_ < b.shadow_ ? -1 : shadow_ > b.shadow_ ? 1 : 0;
  }
};

// What kernels call without a namespace; std:: has the same below.
exact exp(const exact &a);
inline exact abs(const exact &a) { return a < exact(0) ? -a : a; }
inline exact fabs(const exact &a) { return abs(a); }
inline exact max(const exact &a, const exact &b) { return a < b ? b : a; }
inline exact min(const exact &a, const exact &b) { return b < a ? b : a; }
inline exact fmax(const exact &a, const exact &b) { return max(a, b); }
inline exact fmin(const exact &a, const exact &b) { return min(a, b); }
inline exact fma(const exact &a, const exact &b, const exact &c) { return a * b + c; }
inline exact expm1(const exact &a) { return exp(a) - exact(1); }
inline exact sinh(const exact &a) { return (exp(a) - exp(-a)) / exact(2); }
inline exact cosh(const exact &a) { return (exp(a) + exp(-a)) / exact(2); }
inline exact tanh(const exact &a) {
  const exact square = exp(a) * exp(a);
  return (square - exact(1)) / (square + exact(1));
}
inline exact natural_power(const exact &a, long long n) {
  exact r(1);
  for (long long k = 0; k < (n < 0 ? -n : n); k++) r *= a;
  return n < 0 ? exact(1) / r : r;
}
/** Whole powers; others have no law in a field. */
template <class N, std::enable_if_t<std::is_arithmetic<N>::value, int> = 0>
exact pow(const exact &a, N n, const char *file = __builtin_FILE(), int line = __builtin_LINE()) {
  const double real = static_cast<double>(n);
  return real == std::floor(real) ? natural_power(a, static_cast<long long>(real))
                                  : exact::lawless(a, std::pow(a.approximation(), real), "pow", file, line);
}
inline bool isnan(const exact &) { return false; }
inline bool isinf(const exact &a) { return std::isinf(a.approximation()); }
inline bool isfinite(const exact &a) { return !isinf(a); }

#define GRADCHECK_LAWLESS(name)                                                                                        \
  inline exact name(const exact &a, const char *file = __builtin_FILE(), int line = __builtin_LINE()) {                \
    return exact::lawless(a, std::name(a.approximation()), #name, file, line);                                         \
  }
GRADCHECK_LAWLESS(sqrt)
GRADCHECK_LAWLESS(cbrt)
GRADCHECK_LAWLESS(log)
GRADCHECK_LAWLESS(log1p)
GRADCHECK_LAWLESS(log2)
GRADCHECK_LAWLESS(exp2)
GRADCHECK_LAWLESS(sin)
GRADCHECK_LAWLESS(cos)
GRADCHECK_LAWLESS(tan)
GRADCHECK_LAWLESS(asin)
GRADCHECK_LAWLESS(acos)
GRADCHECK_LAWLESS(atan)
GRADCHECK_LAWLESS(erf)
#undef GRADCHECK_LAWLESS

/** The tensors of a file, row-major, as one number type. */
template <class Number> class tensors {
public:
  /** Reads a probe. */
  explicit tensors(const char *path) : file_(gc_open(path)) {
    if (!file_) throw stopped(std::string(path) + " cannot be read");
    if (std::is_same<Number, exact>::value) read_fields(path);
  }
  /** Nothing yet: what is computed at a probe. */
  tensors() : file_(gc_new()) {
    if (!file_) throw std::bad_alloc();
  }
  tensors(const tensors &) = delete;
  tensors &operator=(const tensors &) = delete;
  ~tensors() { gc_close(file_); }

  std::vector<long long> extents(const char *name) const {
    const gc_tensor *t = find(name);
    const int first = std::is_same<Number, exact>::value ? 1 : 0;
    return std::vector<long long>(t->extents + first, t->extents + t->rank);
  }

  std::vector<Number> operator[](const char *name) const {
    const gc_tensor *t = find(name);
    if constexpr (std::is_same<Number, exact>::value) {
      return planes(t);
    } else {
      double *values = gc_doubles(t);
      if (!values) throw std::bad_alloc();
      std::vector<Number> numbers(t->count);
      for (std::size_t i = 0; i < t->count; i++) numbers[i] = static_cast<Number>(values[i]);
      free(values);
      return numbers;
    }
  }

  void put(const char *name, const std::vector<long long> &extents, const std::vector<Number> &values) {
    const long long count = std::accumulate(extents.begin(), extents.end(), 1LL, std::multiplies<long long>());
    if (count != static_cast<long long>(values.size())) throw stopped(std::string(name) + " has another number of entries than its extents say");
    int failed = 0;
    if constexpr (std::is_same<Number, exact>::value) {
      failed = put_planes(name, extents, values);
    } else {
      const std::vector<double> wide(values.begin(), values.end());
      failed = gc_put_doubles(file_, name, std::is_same<Number, double>::value ? GC_F64 : GC_F32,
                              static_cast<int>(extents.size()), extents.data(), wide.data());
    }
    if (failed) throw stopped(std::string(name) + " cannot be put into a file");
  }

  void write(const char *path) {
    if (std::is_same<Number, exact>::value && !put_fields()) throw stopped("no probe was read");
    if (gc_write(file_, path)) throw stopped(std::string(path) + " cannot be written");
  }

private:
  static constexpr const char *header = "gradcheck.exact";
  gc_file *file_;

  gc_tensor *find(const char *name) const {
    gc_tensor *t = gc_find(file_, name);
    if (!t) throw stopped(std::string("there is no tensor ") + name);
    return t;
  }

  static std::vector<std::int64_t> words(const gc_tensor *t) {
    if (t->type != GC_I64) throw stopped(std::string(t->name) + " is no tensor of an exact run: `gradcheck probe --dtype exact`");
    std::vector<std::int64_t> result(t->count);
    if (t->count) std::memcpy(result.data(), t->data, 8 * t->count);
    return result;
  }

  void read_fields(const char *path) {
    const std::vector<std::int64_t> all = words(find(header));
    detail::fields &f = detail::current();
    f = detail::fields();
    if (all.size() < 4 || all[0] != 1 || all[1] < 1 || all[1] > detail::room || all.size() != static_cast<std::size_t>(3 + 2 * all[1]))
      throw stopped(std::string(path) + " says nothing of its fields");
    f.levels = static_cast<int>(all[1]);
    f.seed = static_cast<detail::word>(all[2]);
    for (std::size_t k = 0; k < static_cast<std::size_t>(f.levels); k++) {
      f.primes[k] = static_cast<detail::word>(all[4 + k]);
      if (f.primes[k] < 3 || f.primes[k] >> 62) throw stopped(std::string(path) + " has no fields of a chain");
      if (k + 1 < static_cast<std::size_t>(f.levels)) f.bases[k] = static_cast<detail::word>(all[4 + static_cast<std::size_t>(f.levels) + k]);
    }
  }

  bool put_fields() {
    const detail::fields &f = detail::current();
    if (!f.levels) return false;
    const double parts = f.denominator < 9e18 ? f.denominator : 9e18;
    std::vector<std::int64_t> all = {1, f.levels, static_cast<std::int64_t>(f.seed), static_cast<std::int64_t>(parts)};
    for (int k = 0; k < f.levels; k++) all.push_back(static_cast<std::int64_t>(f.primes[static_cast<std::size_t>(k)]));
    for (int k = 0; k + 1 < f.levels; k++) all.push_back(static_cast<std::int64_t>(f.bases[static_cast<std::size_t>(k)]));
    const long long count = static_cast<long long>(all.size());
    return gc_put_words(file_, header, 1, &count, all.data()) == 0;
  }

  static std::vector<exact> planes(const gc_tensor *t) {
    const detail::fields &f = detail::current();
    const std::vector<std::int64_t> all = words(t);
    if (t->rank < 1 || t->extents[0] != f.levels + 2) throw stopped(std::string(t->name) + " has another number of planes than the fields say");
    const std::size_t count = all.size() / static_cast<std::size_t>(f.levels + 2);
    std::vector<exact> numbers(count);
    for (std::size_t i = 0; i < count; i++) {
      exact &number = numbers[i];
      std::memcpy(&number.shadow_, &all[i], 8);
      std::memcpy(&number.top_, &all[count + i], 8);
      for (std::size_t k = 0; k < static_cast<std::size_t>(f.levels); k++)
        number.residues_[k] = static_cast<detail::word>(all[(2 + k) * count + i]);
    }
    return numbers;
  }

  int put_planes(const char *name, const std::vector<long long> &extents, const std::vector<exact> &values) {
    const detail::fields &f = detail::current();
    std::vector<std::int64_t> all(values.size() * static_cast<std::size_t>(f.levels + 2));
    std::size_t at = 0;
    for (const exact &v : values) std::memcpy(&all[at++], &v.shadow_, 8);
    for (const exact &v : values) {
      const double degree = (v.top_ + v.bottom_);
      std::memcpy(&all[at++], &degree, 8);
    }
    for (int k = 0; k < f.levels; k++)
      for (const exact &v : values) {
        const detail::word r = v.residues_[static_cast<std::size_t>(k)];
        all[at++] = r == detail::unknown ? -1 : static_cast<std::int64_t>(r);
      }
    std::vector<long long> planes = {f.levels + 2};
    planes.insert(planes.end(), extents.begin(), extents.end());
    return gc_put_words(file_, name, static_cast<int>(planes.size()), planes.data(), all.data());
  }
};

/** Whether a probe is one of an exact run. */
inline bool is_exact(const char *path) {
  gc_file *file = gc_open(path);
  bool found = false;
  for (int i = 0; file && i < file->count; i++) found = found || std::strcmp(file->tensors[i].name, "gradcheck.exact") == 0;
  gc_close(file);
  return found;
}

} // namespace gradcheck

// Kernels that name the library's functions in full.
namespace std {
#define GRADCHECK_IN_STD(name)                                                                                         \
  inline gradcheck::exact name(const gradcheck::exact &a) { return gradcheck::name(a); }
GRADCHECK_IN_STD(abs)
GRADCHECK_IN_STD(fabs)
GRADCHECK_IN_STD(exp)
GRADCHECK_IN_STD(expm1)
GRADCHECK_IN_STD(sinh)
GRADCHECK_IN_STD(cosh)
GRADCHECK_IN_STD(tanh)
#undef GRADCHECK_IN_STD
#define GRADCHECK_IN_STD(name)                                                                                         \
  inline gradcheck::exact name(const gradcheck::exact &a, const char *file = __builtin_FILE(),                         \
                               int line = __builtin_LINE()) {                                                          \
    return gradcheck::name(a, file, line);                                                                             \
  }
GRADCHECK_IN_STD(sqrt)
GRADCHECK_IN_STD(log)
GRADCHECK_IN_STD(log1p)
GRADCHECK_IN_STD(erf)
GRADCHECK_IN_STD(sin)
GRADCHECK_IN_STD(cos)
#undef GRADCHECK_IN_STD
inline gradcheck::exact fmax(const gradcheck::exact &a, const gradcheck::exact &b) { return gradcheck::max(a, b); }
inline gradcheck::exact fmin(const gradcheck::exact &a, const gradcheck::exact &b) { return gradcheck::min(a, b); }
inline gradcheck::exact pow(const gradcheck::exact &a, int n) { return gradcheck::pow(a, n); }
inline gradcheck::exact pow(const gradcheck::exact &a, float n) { return gradcheck::pow(a, n); }
inline gradcheck::exact pow(const gradcheck::exact &a, double n) { return gradcheck::pow(a, n); }
inline gradcheck::exact fma(const gradcheck::exact &a, const gradcheck::exact &b, const gradcheck::exact &c) { return a * b + c; }
inline bool isnan(const gradcheck::exact &) { return false; }
inline bool isfinite(const gradcheck::exact &a) { return gradcheck::isfinite(a); }

template <> class numeric_limits<gradcheck::exact> {
public:
  static constexpr bool is_specialized = true, is_signed = true, is_integer = false, is_exact = true, has_infinity = true;
  static gradcheck::exact lowest() { return gradcheck::exact(-numeric_limits<double>::infinity()); }
  static gradcheck::exact max() { return gradcheck::exact(numeric_limits<double>::infinity()); }
  static gradcheck::exact infinity() { return max(); }
};
} // namespace std

#endif
