// Compiles the plain vector C of `vector_body.h` for each instruction set.
#include "vectors.h"

#include <stdlib.h>
#include <string.h>

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

#define EK_TABLE(SUFFIX)                                                                     \
  static const ek_vectors table_##SUFFIX = {                                                 \
      residues_##SUFFIX, spread_constants_##SUFFIX, recombine_##SUFFIX, field_dot_##SUFFIX,  \
      scan_##SUFFIX, largest_##SUFFIX, find_rests_##SUFFIX, rest_sums_##SUFFIX};

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
#endif

const ek_vectors *ek_vectors_for(int32_t features) {
#if defined(__x86_64__)
  if (features & EK_CPU_AVX512) return &table_avx512;
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

// A divisor whose highest bit is set, with floor((2^128 - 1) / divisor) - 2^64.
typedef struct {
  uint64_t divisor, reciprocal;
} divider;

// The remainder of high * 2^64 + low, for high below the divisor, without a division.
//
// Source: N. Moeller, T. Granlund, "Improved division by invariant integers" (2011), algorithm 4.
static inline uint64_t remainder_by(divider d, uint64_t high, uint64_t low) {
  unsigned __int128 quotient = (unsigned __int128)d.reciprocal * high;
  quotient += (unsigned __int128)high << 64 | low;
  uint64_t rest = low - ((uint64_t)(quotient >> 64) + 1) * d.divisor;
  if (rest > (uint64_t)quotient) rest += d.divisor;
  return rest >= d.divisor ? rest - d.divisor : rest;
}

// Limb by limb from the top, everything times 2^shift, which makes the divisor as large as it can be.
// The top limb counts 2^64 less than it shows where it is negative, as if a limb -1 stood above it.
void ek_reduce(
    const int64_t *limbs, int64_t limb_count, int64_t limb_stride, int64_t count,
    uint64_t modulus, uint64_t *reduced) {
  int shift = __builtin_clzll(modulus);
  divider d = {modulus << shift, (uint64_t)(~(unsigned __int128)0 / (modulus << shift))};
  uint64_t below = (modulus - 1) << shift;
  for (int64_t i = 0; i < count; i++) {
    uint64_t value = limbs[(limb_count - 1) * limb_stride + i] < 0 ? below : 0;
    for (int64_t j = limb_count - 1; j >= 0; j--) {
      uint64_t limb = (uint64_t)limbs[j * limb_stride + i];
      value = remainder_by(d, value | limb >> (64 - shift), limb << shift);
    }
    reduced[i] = value >> shift;
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
