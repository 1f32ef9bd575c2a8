// The vectorised helpers, chosen by instruction set at run time.
#ifndef GRADCHECK_VECTORS_H
#define GRADCHECK_VECTORS_H

#include <stdint.h>

#include "exact_kernels.h"

enum { EK_MAX_DIGITS = 128 };

// A digit of an element that a split operand's main part leaves out.
typedef struct {
  uint32_t depth, digit;
} ek_rest_term;

enum { EK_REST_WIDTH = 16 };  // points of a panel that a rest is multiplied by at one time

// Added to the panel's words, which are below it in magnitude, to make them unsigned.
#define EK_REST_BIAS (INT64_C(1) << 62)

typedef struct {
  void (*residues)(
      const int64_t *source, int64_t limbs, int64_t limb_stride, int64_t count, int32_t bits,
      int32_t moduli_count, const ek_modulus *moduli, const double *weights, int32_t kind,
      void *out, int64_t stride);
  // Writes what `recombine` reads of a residue system: 64 bytes or less for each modulus, inverse
  // and digit.
  void (*spread_constants)(
      int32_t moduli_count, const ek_modulus *moduli, const double *weights, int32_t digits,
      void *constants);
  void (*recombine)(
      const int32_t *accumulators, int64_t plane, int64_t count, int32_t moduli_count,
      const void *constants, const double *product, int32_t digits, int64_t *out,
      int64_t out_stride);
  uint64_t (*field_dot)(
      const int64_t *values, uint64_t flip, const uint64_t *u0, const uint64_t *u1,
      const uint64_t *u2, int64_t count);
  int32_t digit_bits;  // of the digits of u, lowest first
  ek_binary_range (*scan)(const double *values, int64_t count);
  uint64_t (*largest)(const int64_t *values, int64_t count);
  // Writes the places of the values whose rest is not zero (see `ek_split`), and returns how many.
  int64_t (*find_rests)(
      const int64_t *values, int64_t count, int32_t shift, uint64_t limit, int32_t *places);
  // The sums over `plus` less those over `minus` of digit * (panel[depth] - EK_REST_BIAS), which are
  // low + high * 2^32: [EK_REST_WIDTH] each.
  void (*rest_sums)(
      const ek_rest_term *plus, int64_t plus_count, const ek_rest_term *minus,
      int64_t minus_count, const int64_t *panel, int64_t *low, int64_t *high);
} ek_vectors;

const ek_vectors *ek_vectors_for(int32_t features);

// ------------------------------------------------------------------- the field of 2^61 - 1

#define EK_FIELD ((UINT64_C(1) << 61) - 1)

static inline uint64_t ek_field_reduce(unsigned __int128 x) {
  uint64_t low = (uint64_t)x & EK_FIELD;
  unsigned __int128 high = x >> 61;
  uint64_t sum = low + ((uint64_t)high & EK_FIELD) + (uint64_t)(high >> 61);
  sum = (sum & EK_FIELD) + (sum >> 61);
  return sum >= EK_FIELD ? sum - EK_FIELD : sum;
}

static inline uint64_t ek_field_add(uint64_t a, uint64_t b) {
  uint64_t sum = a + b;
  return sum >= EK_FIELD ? sum - EK_FIELD : sum;
}

static inline uint64_t ek_field_multiply(uint64_t a, uint64_t b) {
  return ek_field_reduce((unsigned __int128)a * b);
}

// Sums of half words times digits: part 0, 1, 2 with the low half, 3, 4, 5 with the high one.
typedef struct {
  unsigned __int128 part[6];
} ek_field_sums;

static inline uint64_t ek_field_fold(const ek_field_sums *sums) {
  uint64_t total = 0;
  static const int shift[6] = {0, 21, 42, 32, 53, 74 - 61};
  for (int i = 0; i < 6; i++)
    total = ek_field_add(
        total, ek_field_multiply(ek_field_reduce(sums->part[i]), UINT64_C(1) << shift[i]));
  return total;
}

#endif
