// Products of unsigned 52-bit words by AVX-512 IFMA, with no residues at all.
//
// Low: products are below 2^52, so that one instruction adds them whole, and sums are right
// modulo 2^64. Wide: the low and the high 52 bits of each product go to two accumulators; the low
// one holds 4096 of them, and is then carried into the high one, which wraps at 2^64, so that the
// value low + 2^52 * high is right modulo 2^116.
#include "tile_frame.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define EK_WORDS_TARGET __attribute__((target("avx512f,avx512dq,avx512vl,avx512ifma")))

enum { LOW_ROWS = 12, WIDE_ROWS = 6 };

// -------------------------------------------------------------------------------------------- low

#define low_TARGET EK_WORDS_TARGET
typedef int64_t low_element;
typedef __m512i low_columns, low_row, low_sum;
enum { low_lanes = 8, low_group = 1, low_row_bytes = 8 };

EK_WORDS_TARGET EK_OPERATION __m512i low_load_columns(const char *b) {
  return _mm512_loadu_si512(b);
}
EK_WORDS_TARGET EK_OPERATION __m512i low_load_row(const char *a) {
  int64_t word;
  memcpy(&word, a, sizeof word);
  return _mm512_set1_epi64(word);
}
EK_WORDS_TARGET EK_OPERATION __m512i low_zero(void) { return _mm512_setzero_si512(); }
EK_WORDS_TARGET EK_OPERATION __m512i low_load(const int64_t *c, int64_t plane) {
  (void)plane;
  return _mm512_loadu_si512(c);
}
EK_WORDS_TARGET EK_OPERATION __m512i low_fold(__m512i sum, int32_t carry) {
  (void)carry;
  return sum;
}
EK_WORDS_TARGET EK_OPERATION void low_store(int64_t *c, int64_t plane, __m512i sum) {
  (void)plane;
  _mm512_storeu_si512(c, sum);
}
EK_WORDS_TARGET EK_OPERATION __m512i low_add(__m512i sum, __m512i columns, __m512i row) {
  return _mm512_madd52lo_epu64(sum, columns, row);
}
EK_WORDS_TARGET EK_OPERATION void low_prepare(const char *b) { (void)b; }
EK_TILE(tile_low, low, LOW_ROWS, 2)

// ------------------------------------------------------------------------------------------- wide

#define wide_TARGET EK_WORDS_TARGET
typedef int64_t wide_element;
typedef __m512i wide_columns, wide_row;
typedef struct {
  __m512i low, high;
} wide_sum;
enum { wide_lanes = 8, wide_group = 1, wide_row_bytes = 8 };

EK_WORDS_TARGET EK_OPERATION __m512i wide_load_columns(const char *b) {
  return low_load_columns(b);
}
EK_WORDS_TARGET EK_OPERATION __m512i wide_load_row(const char *a) { return low_load_row(a); }
EK_WORDS_TARGET EK_OPERATION wide_sum wide_zero(void) {
  return (wide_sum){_mm512_setzero_si512(), _mm512_setzero_si512()};
}
EK_WORDS_TARGET EK_OPERATION wide_sum wide_load(const int64_t *c, int64_t plane) {
  return (wide_sum){_mm512_loadu_si512(c), _mm512_loadu_si512(c + plane)};
}
// Carries what earlier depths left above bit 52.
EK_WORDS_TARGET EK_OPERATION wide_sum wide_fold(wide_sum sum, int32_t carry) {
  (void)carry;
  return (wide_sum){
      _mm512_and_si512(sum.low, _mm512_set1_epi64((INT64_C(1) << 52) - 1)),
      _mm512_add_epi64(sum.high, _mm512_srli_epi64(sum.low, 52))};
}
EK_WORDS_TARGET EK_OPERATION void wide_store(int64_t *c, int64_t plane, wide_sum sum) {
  _mm512_storeu_si512(c, sum.low);
  _mm512_storeu_si512(c + plane, sum.high);
}
EK_WORDS_TARGET EK_OPERATION wide_sum wide_add(wide_sum sum, __m512i columns, __m512i row) {
  return (wide_sum){
      _mm512_madd52lo_epu64(sum.low, columns, row), _mm512_madd52hi_epu64(sum.high, columns, row)};
}
EK_WORDS_TARGET EK_OPERATION void wide_prepare(const char *b) { (void)b; }
EK_TILE(tile_wide, wide, WIDE_ROWS, 2)

const ek_tiles ek_tiles_words_low = {LOW_ROWS, 16, 1, 1, 8, 8, 1, 1, 0, tile_low, 0, 0};
const ek_tiles ek_tiles_words_wide = {WIDE_ROWS, 16, 1, 1, 8, 8, 2, 1, 0, tile_wide, 0, 0};
#endif
