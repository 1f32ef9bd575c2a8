// Compiles the plain vector C of `vector_body.h` for each instruction set.
#include "vectors.h"

#include <stdlib.h>
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "access.h"

// The helpers below are all inlined into one caller compiled for the same instruction set.
#pragma clang diagnostic ignored "-Wpsabi"

#define EK_INLINE static inline __attribute__((always_inline))

// 2^52: adding an integer below 2^52 puts it into the fraction's bits.
#define EK_MAGIC_LOW 4503599627370496.0
#define EK_MAGIC_LOW_BITS INT64_C(0x4330000000000000)
// 1.5 * 2^52: adding it rounds to the nearest integer, for magnitudes below 2^51.
#define EK_MAGIC_ROUND 6755399441055744.0
#define EK_MAGIC_ROUND_BITS INT64_C(0x4338000000000000)

#define EK_TABLE_OF(NAME, SUFFIX, DOT, DIGIT_BITS)                                            \
  static const ek_vectors table_##NAME = {                                                   \
      residues_##SUFFIX, spread_constants_##SUFFIX, recombine_##SUFFIX, DOT, DIGIT_BITS,     \
      scan_##SUFFIX, largest_##SUFFIX, find_rests_##SUFFIX, rest_sums_##SUFFIX};
#define EK_TABLE(SUFFIX) EK_TABLE_OF(SUFFIX, SUFFIX, field_dot_##SUFFIX, 21)

#define EK_NAME(name) name##_portable
#define EK_LANES 4
#include "vector_body.h"
EK_TABLE(portable)
#undef EK_NAME
#undef EK_LANES

#if defined(__x86_64__)
#define EK_LANES 8
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define EK_NAME(name) name##_avx2
#include "vector_body.h"
#undef EK_NAME
#pragma clang attribute pop
EK_TABLE(avx2)

#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl"))), apply_to = function)
#define EK_NAME(name) name##_avx512
#include "vector_body.h"
#undef EK_NAME
#pragma clang attribute pop
EK_TABLE(avx512)

// The same sum as `field_dot` with u in two digits, of 52 and 9 bits, and x likewise, of 52 and 12:
//
//   x * u = x0 * u0 + 2^52 * (x0 * u1 + x1 * u0) + 2^104 * x1 * u1,   each product in halves of 52 bits.
//
// A block of 1024 adds up to three halves for each of 128 groups: below 2^61.
__attribute__((target("avx512f,avx512ifma"))) static uint64_t field_dot_ifma(
    const int64_t *values, uint64_t flip, const uint64_t *u0, const uint64_t *u1,
    const uint64_t *unused, int64_t count) {
  (void)unused;
  uint64_t total = 0;
  __m512i flips = _mm512_set1_epi64((int64_t)flip);
  for (int64_t begin = 0; begin < count; begin += 1024) {
    int64_t end = begin + 1024 < count ? begin + 1024 : count;
    __m512i sum[7];
    for (int i = 0; i < 7; i++) sum[i] = _mm512_setzero_si512();
    for (int64_t i = begin; i < end; i += 8) {
      __m512i x = _mm512_xor_si512(_mm512_loadu_si512(values + i), flips);
      __m512i top = _mm512_srli_epi64(x, 52);
      __m512i low = _mm512_loadu_si512(u0 + i), high = _mm512_loadu_si512(u1 + i);
      sum[0] = _mm512_madd52lo_epu64(sum[0], x, low);
      sum[1] = _mm512_madd52hi_epu64(sum[1], x, low);
      sum[2] = _mm512_madd52lo_epu64(sum[2], x, high);
      sum[3] = _mm512_madd52lo_epu64(sum[3], top, low);
      sum[4] = _mm512_madd52hi_epu64(sum[4], x, high);
      sum[5] = _mm512_madd52hi_epu64(sum[5], top, low);
      sum[6] = _mm512_madd52lo_epu64(sum[6], top, high);
    }
    __m512i part[3] = {
        sum[0], _mm512_add_epi64(_mm512_add_epi64(sum[1], sum[2]), sum[3]),
        _mm512_add_epi64(_mm512_add_epi64(sum[4], sum[5]), sum[6])};
    static const int shift[3] = {0, 52, 104 - 61};
    for (int i = 0; i < 3; i++) {
      uint64_t lanes[8];
      unsigned __int128 whole = 0;
      memcpy(lanes, &part[i], sizeof lanes);
      for (int lane = 0; lane < 8; lane++) whole += lanes[lane];
      total = ek_field_add(
          total, ek_field_multiply(ek_field_reduce(whole), UINT64_C(1) << shift[i]));
    }
  }
  return total;
}
EK_TABLE_OF(ifma, avx512, field_dot_ifma, 52)
#endif

const ek_vectors *ek_vectors_for(int32_t features) {
#if defined(__x86_64__)
  if (features & EK_CPU_AVX512)
    return features & EK_CPU_IFMA ? &table_ifma : &table_avx512;
  if (features & EK_CPU_AVX2) return &table_avx2;
#endif
  (void)features;
  return &table_portable;
}

// Runs the vector code on whole groups of eight, and the rest through a padded copy.
static void residues(
    int32_t features, const int64_t *source, int64_t limbs, int64_t limb_stride, int64_t count,
    int32_t bits, int32_t moduli_count, const ek_modulus *moduli, const double *weights,
    int32_t kind,
    void *out, int64_t stride) {
  const ek_vectors *vectors = ek_vectors_for(features);
  vectors->residues(
      source, limbs, limb_stride, count, bits, moduli_count, moduli, weights, kind, out, stride);
  int64_t whole = count / 8 * 8, rest = count - whole;
  if (rest == 0) return;
  int64_t size = kind == 16 ? 2 : 1;
  int64_t padded[64 * 8];
  for (int64_t j = 0; j < limbs; j++)
    for (int64_t i = 0; i < 8; i++)
      padded[j * 8 + i] = i < rest ? source[j * limb_stride + whole + i] : 0;
  for (int32_t r = 0; r < moduli_count; r++) {
    char eight[16];
    vectors->residues(
        padded, limbs, 8, 8, bits, 1, moduli + r, weights + (int64_t)r * limbs * 2, kind, eight, 8);
    memcpy((char *)out + (r * stride + whole) * size, eight, (size_t)(rest * size));
  }
}

void ek_residues_16(
    int32_t features, const int64_t *source, int64_t limbs, int64_t limb_stride, int64_t count,
    int32_t bits, int32_t moduli_count, const ek_modulus *moduli, const double *weights,
    int16_t *out,
    int64_t stride) {
  residues(
      features, source, limbs, limb_stride, count, bits, moduli_count, moduli, weights, 16, out,
      stride);
}

void ek_residues_8(
    int32_t features, const int64_t *source, int64_t limbs, int64_t limb_stride, int64_t count,
    int32_t bits, int32_t moduli_count, const ek_modulus *moduli, const double *weights,
    int32_t is_unsigned,
    int8_t *out, int64_t stride) {
  residues(
      features, source, limbs, limb_stride, count, bits, moduli_count, moduli, weights,
      is_unsigned ? 9 : 8, out, stride);
}

ek_binary_range ek_scan_doubles(int32_t features, const double *values, int64_t count) {
  const ek_vectors *vectors = ek_vectors_for(features);
  ek_binary_range range = vectors->scan(values, count);
  double rest[8] = {0};
  int64_t whole = count / 8 * 8;
  if (whole == count) return range;
  memcpy(rest, values + whole, (size_t)(count - whole) * sizeof(double));
  ek_binary_range last = vectors->scan(rest, 8);
  range.is_finite &= last.is_finite;
  range.is_zero &= last.is_zero;
  if (last.lowest < range.lowest) range.lowest = last.lowest;
  if (last.highest > range.highest) range.highest = last.highest;
  return range;
}

uint64_t ek_largest_magnitude(int32_t features, const int64_t *values, int64_t count) {
  uint64_t largest = ek_vectors_for(features)->largest(values, count);
  for (int64_t i = count / 8 * 8; i < count; i++) {
    uint64_t size = values[i] < 0 ? -(uint64_t)values[i] : (uint64_t)values[i];
    if (size > largest) largest = size;
  }
  return largest;
}

void ek_integers_from_doubles(
    const double *values, int64_t count, int32_t exponent, int64_t *integers) {
  // Two factors, each a normal power of two: one alone could overflow where the product is small.
  int32_t first = -exponent / 2, second = -exponent - first;
  double a, b;
  uint64_t bits = (uint64_t)(1023 + first) << 52;
  memcpy(&a, &bits, sizeof a);
  bits = (uint64_t)(1023 + second) << 52;
  memcpy(&b, &bits, sizeof b);
  for (int64_t i = 0; i < count; i++) integers[i] = (int64_t)(values[i] * a * b);
}

static uint64_t high_half(uint64_t a, uint64_t b) {
  return (uint64_t)((unsigned __int128)a * b >> 64);
}

// Limb by limb from the lowest, each made 0 by a multiple of the modulus, so that nothing is divided:
// with q = (limb - r) / modulus modulo 2^64, what is left of the limb is 0, and r' = floor(q * modulus / 2^64),
// and 1 where limb < r, is to be taken from the limbs above. In the end the integer is -r * 2^(64 * limbs), less
// 2^(64 * limbs) where it is negative, and one more such step takes the power away.
//
// Source: P. Montgomery, "Modular multiplication without trial division" (1985).
void ek_reduce(
    const int64_t *limbs, int64_t limb_count, int64_t limb_stride, int64_t count,
    uint64_t modulus, uint64_t *reduced) {
  uint64_t inverse = modulus;  // modulo 2^3, and of twice as many bits after each step
  for (int bits = 3; bits < 64; bits *= 2) inverse *= 2 - modulus * inverse;
  uint64_t word = (uint64_t)(((unsigned __int128)1 << 64) % modulus), power = modulus - word;
  for (int64_t j = 0; j < limb_count; j++)
    power = (uint64_t)((unsigned __int128)power * word % modulus);
  for (int64_t i = 0; i < count; i++) {
    uint64_t r = 0, limb = 0;
    for (int64_t j = 0; j < limb_count; j++) {
      limb = (uint64_t)limbs[j * limb_stride + i];
      r = high_half((limb - r) * inverse, modulus) + (limb < r);
    }
    unsigned __int128 product = (unsigned __int128)(r + (limb >> 63)) * power;
    uint64_t high = (uint64_t)(product >> 64);
    uint64_t taken = high_half((uint64_t)product * inverse, modulus);
    reduced[i] = high - taken + (modulus & -(uint64_t)(high < taken));
  }
}

int64_t ek_bit_width(
    const int64_t *limbs, int64_t limb_count, int64_t limb_stride, int64_t count) {
  const int64_t *top = limbs + (limb_count - 1) * limb_stride;
  for (int64_t j = limb_count - 1; j >= 0; j--) {
    uint64_t any = 0;
    for (int64_t i = 0; i < count; i++)
      any |= (uint64_t)(limbs[j * limb_stride + i] ^ (top[i] >> 63));
    if (any) return 64 * j + 64 - __builtin_clzll(any);
  }
  return 0;
}
