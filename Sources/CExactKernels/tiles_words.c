// Products of unsigned 52-bit words by AVX-512 IFMA, with no residues at all.
//
// Low: products are below 2^52, so that one instruction adds them whole, and sums are right
// modulo 2^64. Wide: the low and the high 52 bits of each product go to two accumulators; the low
// one holds 4096 of them, and is then carried into the high one, which wraps at 2^64, so that the
// value low + 2^52 * high is right modulo 2^116.
#include "tiles.h"

#if defined(__x86_64__)
#include <immintrin.h>
#include <string.h>

#define EK_WORDS_TARGET __attribute__((target("avx512f,avx512dq,avx512vl,avx512ifma")))

enum { LOW_ROWS = 12, WIDE_ROWS = 6 };

EK_WORDS_TARGET static void tile_low(
    const void *left, const void *right, int64_t depth, void *accumulators, int64_t stride,
    int64_t plane, int32_t keep) {
  (void)plane;
  const int64_t *a = left, *b = right;
  int64_t *c = accumulators;
  __m512i sum[LOW_ROWS][2];
#pragma clang loop unroll(full)
  for (int i = 0; i < LOW_ROWS; i++) {
    sum[i][0] = keep ? _mm512_loadu_si512(c + i * stride) : _mm512_setzero_si512();
    sum[i][1] = keep ? _mm512_loadu_si512(c + i * stride + 8) : _mm512_setzero_si512();
  }
  for (int64_t d = 0; d < depth; d++) {
    __m512i first = _mm512_loadu_si512(b), second = _mm512_loadu_si512(b + 8);
#pragma clang loop unroll(full)
    for (int i = 0; i < LOW_ROWS; i++) {
      __m512i row = _mm512_set1_epi64(a[i]);
      sum[i][0] = _mm512_madd52lo_epu64(sum[i][0], first, row);
      sum[i][1] = _mm512_madd52lo_epu64(sum[i][1], second, row);
    }
    a += LOW_ROWS;
    b += 16;
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < LOW_ROWS; i++) {
    _mm512_storeu_si512(c + i * stride, sum[i][0]);
    _mm512_storeu_si512(c + i * stride + 8, sum[i][1]);
  }
}

EK_WORDS_TARGET static inline __m512i start_low(int64_t *low, int64_t *high) {
  // Carries what earlier depths left above bit 52.
  __m512i x = _mm512_loadu_si512(low), y = _mm512_loadu_si512(high);
  _mm512_storeu_si512(high, _mm512_add_epi64(y, _mm512_srli_epi64(x, 52)));
  return _mm512_and_si512(x, _mm512_set1_epi64((INT64_C(1) << 52) - 1));
}

EK_WORDS_TARGET static void tile_wide(
    const void *left, const void *right, int64_t depth, void *accumulators, int64_t stride,
    int64_t plane, int32_t keep) {
  const int64_t *a = left, *b = right;
  int64_t *low = accumulators, *high = low + plane;
  __m512i l[WIDE_ROWS][2], h[WIDE_ROWS][2];
#pragma clang loop unroll(full)
  for (int i = 0; i < WIDE_ROWS; i++) {
#pragma clang loop unroll(full)
    for (int j = 0; j < 2; j++) {
      if (keep) {
        l[i][j] = start_low(low + i * stride + 8 * j, high + i * stride + 8 * j);
        h[i][j] = _mm512_loadu_si512(high + i * stride + 8 * j);
      } else {
        l[i][j] = h[i][j] = _mm512_setzero_si512();
      }
    }
  }
  for (int64_t d = 0; d < depth; d++) {
    __m512i columns[2] = {_mm512_loadu_si512(b), _mm512_loadu_si512(b + 8)};
#pragma clang loop unroll(full)
    for (int i = 0; i < WIDE_ROWS; i++) {
      __m512i row = _mm512_set1_epi64(a[i]);
#pragma clang loop unroll(full)
      for (int j = 0; j < 2; j++) {
        l[i][j] = _mm512_madd52lo_epu64(l[i][j], columns[j], row);
        h[i][j] = _mm512_madd52hi_epu64(h[i][j], columns[j], row);
      }
    }
    a += WIDE_ROWS;
    b += 16;
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < WIDE_ROWS; i++) {
#pragma clang loop unroll(full)
    for (int j = 0; j < 2; j++) {
      _mm512_storeu_si512(low + i * stride + 8 * j, l[i][j]);
      _mm512_storeu_si512(high + i * stride + 8 * j, h[i][j]);
    }
  }
}

const ek_tiles ek_tiles_words_low = {
    LOW_ROWS, 16, 1, 1, 8, 8, 1, EK_WORDS_DEPTH, 1, 0, tile_low, 0, 0};
const ek_tiles ek_tiles_words_wide = {
    WIDE_ROWS, 16, 1, 1, 8, 8, 2, EK_WORDS_DEPTH, 1, 0, tile_wide, 0, 0};
#endif
