// Products of 16-bit residues: two depths to a 32-bit lane, multiplied and added pairwise.
//
// The planner keeps sums below 2^31 - 2^15 by folding them after every `limit` depths. Residues
// modulo 2^16 need no such care: whatever wraps at 2^32 is congruent.
#include "tile_frame.h"

#define EK_PAIRS_KERNEL(NAME, FUNCTION, ROWS, COLUMNS, FACTOR, SPREAD) \
  const ek_tiles NAME = {ROWS, COLUMNS, 2, 2, 2, 4, 1, FACTOR, SPREAD, FUNCTION, 0, 0};

enum { PORTABLE_ROWS = 6, PORTABLE_REGISTERS = 2 };

#if defined(__x86_64__)
#include <immintrin.h>

// Both 16-bit halves of every lane that multiplies (low, high) by (1, carry).
EK_OPERATION int32_t fold_factors(int32_t carry) { return (int32_t)((uint32_t)carry << 16 | 1); }

// ------------------------------------------------------------------- 128 bits, on every x86-64 CPU

#define portable_TARGET
typedef int32_t portable_element;
typedef __m128i portable_columns, portable_row, portable_sum;
enum { portable_lanes = 4, portable_group = 2, portable_row_bytes = 16 };

EK_OPERATION __m128i portable_load_columns(const char *b) {
  return _mm_loadu_si128((const __m128i *)b);
}
EK_OPERATION __m128i portable_load_row(const char *a) {
  return _mm_load_si128((const __m128i *)a);
}
EK_OPERATION __m128i portable_zero(void) { return _mm_setzero_si128(); }
EK_OPERATION __m128i portable_load(const int32_t *c, int64_t plane) {
  (void)plane;
  return _mm_loadu_si128((const __m128i *)c);
}
EK_OPERATION __m128i portable_fold(__m128i sum, int32_t carry) {
  __m128i half = _mm_set1_epi32(0x8000), halves = _mm_xor_si128(_mm_add_epi32(sum, half), half);
  return _mm_madd_epi16(halves, _mm_set1_epi32(fold_factors(carry)));
}
EK_OPERATION void portable_store(int32_t *c, int64_t plane, __m128i sum) {
  (void)plane;
  _mm_storeu_si128((__m128i *)c, sum);
}
EK_OPERATION __m128i portable_add(__m128i sum, __m128i columns, __m128i row) {
  return _mm_add_epi32(sum, _mm_madd_epi16(columns, row));
}
EK_OPERATION void portable_prepare(const char *b) { _mm_prefetch(b + 1024, _MM_HINT_T0); }
EK_TILE(tile_portable, portable, PORTABLE_ROWS, PORTABLE_REGISTERS)

// Repeats each pair four times, since 128-bit registers have no load that does.
static void spread_four(const void *left, int64_t depth, void *wide) {
  const __m128i *a = left;
  __m128i *out = wide;
  int64_t pairs = PORTABLE_ROWS * depth / 2;
  for (; pairs >= 4; pairs -= 4, a++, out += 4) {
    _mm_prefetch((const char *)(a + 64), _MM_HINT_T0);  // panels come from a far cache
    __m128i four = _mm_loadu_si128(a);
    _mm_store_si128(out, _mm_shuffle_epi32(four, 0x00));
    _mm_store_si128(out + 1, _mm_shuffle_epi32(four, 0x55));
    _mm_store_si128(out + 2, _mm_shuffle_epi32(four, 0xaa));
    _mm_store_si128(out + 3, _mm_shuffle_epi32(four, 0xff));
  }
  for (int64_t i = 0; i < pairs; i++) {
    int32_t pair;
    memcpy(&pair, (const int32_t *)a + i, sizeof pair);
    _mm_store_si128(out + i, _mm_set1_epi32(pair));
  }
}

// --------------------------------------------------------------------------------------- 256 bits

#define avx2_TARGET __attribute__((target("avx2")))
typedef int32_t avx2_element;
typedef __m256i avx2_columns, avx2_row, avx2_sum;
enum { avx2_lanes = 8, avx2_group = 2, avx2_row_bytes = 4 };

avx2_TARGET EK_OPERATION __m256i avx2_load_columns(const char *b) {
  return _mm256_loadu_si256((const __m256i *)b);
}
avx2_TARGET EK_OPERATION __m256i avx2_load_row(const char *a) {
  int32_t pair;
  memcpy(&pair, a, sizeof pair);
  return _mm256_set1_epi32(pair);
}
avx2_TARGET EK_OPERATION __m256i avx2_zero(void) { return _mm256_setzero_si256(); }
avx2_TARGET EK_OPERATION __m256i avx2_load(const int32_t *c, int64_t plane) {
  (void)plane;
  return _mm256_loadu_si256((const __m256i *)c);
}
avx2_TARGET EK_OPERATION __m256i avx2_fold(__m256i sum, int32_t carry) {
  __m256i half = _mm256_set1_epi32(0x8000), halves = _mm256_xor_si256(_mm256_add_epi32(sum, half), half);
  return _mm256_madd_epi16(halves, _mm256_set1_epi32(fold_factors(carry)));
}
avx2_TARGET EK_OPERATION void avx2_store(int32_t *c, int64_t plane, __m256i sum) {
  (void)plane;
  _mm256_storeu_si256((__m256i *)c, sum);
}
avx2_TARGET EK_OPERATION __m256i avx2_add(__m256i sum, __m256i columns, __m256i row) {
  return _mm256_add_epi32(sum, _mm256_madd_epi16(columns, row));
}
avx2_TARGET EK_OPERATION void avx2_prepare(const char *b) { _mm_prefetch(b + 2048, _MM_HINT_T0); }
EK_TILE(tile_avx2, avx2, 6, 2)

// --------------------------------------------------------------------------------------- 512 bits

#define avx512_TARGET __attribute__((target("avx512f,avx512bw,avx512vl,avx512vnni")))
typedef int32_t avx512_element;
typedef __m512i avx512_columns, avx512_row, avx512_sum;
enum { avx512_lanes = 16, avx512_group = 2, avx512_row_bytes = 4 };

avx512_TARGET EK_OPERATION __m512i avx512_load_columns(const char *b) {
  return _mm512_loadu_si512(b);
}
avx512_TARGET EK_OPERATION __m512i avx512_load_row(const char *a) {
  int32_t pair;
  memcpy(&pair, a, sizeof pair);
  return _mm512_set1_epi32(pair);
}
avx512_TARGET EK_OPERATION __m512i avx512_zero(void) { return _mm512_setzero_si512(); }
avx512_TARGET EK_OPERATION __m512i avx512_load(const int32_t *c, int64_t plane) {
  (void)plane;
  return _mm512_loadu_si512(c);
}
avx512_TARGET EK_OPERATION __m512i avx512_fold(__m512i sum, int32_t carry) {
  __m512i half = _mm512_set1_epi32(0x8000), halves = _mm512_xor_si512(_mm512_add_epi32(sum, half), half);
  return _mm512_madd_epi16(halves, _mm512_set1_epi32(fold_factors(carry)));
}
avx512_TARGET EK_OPERATION void avx512_store(int32_t *c, int64_t plane, __m512i sum) {
  (void)plane;
  _mm512_storeu_si512(c, sum);
}
avx512_TARGET EK_OPERATION __m512i avx512_add(__m512i sum, __m512i columns, __m512i row) {
  return _mm512_dpwssd_epi32(sum, columns, row);
}
avx512_TARGET EK_OPERATION void avx512_prepare(const char *b) { _mm_prefetch(b + 2048, _MM_HINT_T0); }
EK_TILE(tile_avx512, avx512, 12, 2)

EK_PAIRS_KERNEL(ek_tiles_pairs_avx2, tile_avx2, 6, 16, 1, 0)
EK_PAIRS_KERNEL(ek_tiles_pairs_avx512, tile_avx512, 12, 32, 1, 0)

#else

// ------------------------------------------------------------------------- 128 bits, in vector C

#define portable_TARGET
typedef int32_t portable_element;
// Sums are unsigned, since those modulo 2^16 wrap.
typedef int32_t portable_columns __attribute__((vector_size(16)));
typedef int32_t portable_row __attribute__((vector_size(16)));
typedef uint32_t portable_sum __attribute__((vector_size(16)));
enum { portable_lanes = 4, portable_group = 2, portable_row_bytes = 16 };

EK_OPERATION portable_columns portable_load_columns(const char *b) {
  portable_columns x;
  memcpy(&x, b, sizeof x);
  return x;
}
EK_OPERATION portable_row portable_load_row(const char *a) {
  portable_row x;
  memcpy(&x, a, sizeof x);
  return x;
}
EK_OPERATION portable_sum portable_zero(void) { return (portable_sum){0}; }
EK_OPERATION portable_sum portable_load(const int32_t *c, int64_t plane) {
  (void)plane;
  portable_sum x;
  memcpy(&x, c, sizeof x);
  return x;
}
EK_OPERATION portable_sum portable_fold(portable_sum sum, int32_t carry) {
  for (int i = 0; i < portable_lanes; i++) sum[i] = (uint32_t)ek_fold((int32_t)sum[i], carry);
  return sum;
}
EK_OPERATION void portable_store(int32_t *c, int64_t plane, portable_sum sum) {
  (void)plane;
  memcpy(c, &sum, sizeof sum);
}
EK_OPERATION portable_sum portable_add(
    portable_sum sum, portable_columns x, portable_row y) {
  portable_sum low = (portable_sum)(((x << 16) >> 16) * ((y << 16) >> 16));
  return sum + low + (portable_sum)((x >> 16) * (y >> 16));
}
EK_TILE(tile_portable, portable, PORTABLE_ROWS, PORTABLE_REGISTERS)

static void spread_four(const void *left, int64_t depth, void *wide) {
  const int32_t *a = left;
  int32_t *out = wide;
  for (int64_t i = 0; i < PORTABLE_ROWS * depth / 2; i++)
    for (int64_t j = 0; j < 4; j++) out[4 * i + j] = a[i];
}

#endif

EK_PAIRS_KERNEL(
    ek_tiles_pairs_portable, tile_portable, PORTABLE_ROWS, PORTABLE_REGISTERS * 4, 4, spread_four)
