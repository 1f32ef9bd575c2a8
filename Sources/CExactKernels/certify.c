// The random-vector check of a product, which shares no packing and no kernel with it.
#include <stdlib.h>
#include <string.h>

#include "access.h"
#include "exact_kernels.h"
#include "vectors.h"

EK_GATHER(gather_words, int64_t)

// A vector over the field as up to three digits (see `ek_vectors`), padded with zeros to whole groups of eight.
typedef struct {
  uint64_t *digit[3];
  uint64_t sum;  // of all elements
} digits;

enum { BLOCK = 1024 };

static int make_digits(digits *d, int64_t count) {
  int64_t padded = ek_round_up(count, 8) + 8;
  uint64_t *memory = calloc((size_t)(3 * padded), sizeof(uint64_t));
  for (int i = 0; i < 3; i++) d->digit[i] = memory ? memory + i * padded : 0;
  return memory ? 0 : -1;
}

static void fill_digits(digits *d, const uint64_t *elements, int64_t count, int32_t bits) {
  uint64_t mask = (UINT64_C(1) << bits) - 1;
  d->sum = 0;
  for (int64_t i = 0; i < count; i++) {
    uint64_t rest = elements[i] >> bits;
    d->digit[0][i] = elements[i] & mask;
    d->digit[1][i] = rest & mask;
    d->digit[2][i] = rest >> bits;
    d->sum = ek_field_add(d->sum, elements[i]);
  }
  for (int64_t i = count; i < ek_round_up(count, 8); i++)
    d->digit[0][i] = d->digit[1][i] = d->digit[2][i] = 0;
}

static uint64_t negate(uint64_t x) { return x ? EK_FIELD - x : 0; }

static uint64_t power_of_two(int64_t exponent) { return UINT64_C(1) << (exponent % 61); }

// An operand or a result, as limbs.
typedef struct {
  const ek_access *access;
  const int64_t *plane;
  int64_t limbs, limb_stride;
  int64_t base;
  const int64_t *origin;
  const ek_vectors *vectors;
} matrix;

// The sum over points i of one group of matrix[fixed, i] * vector[i].
static uint64_t row_times_vector(
    const matrix *m, const ek_group *fixed_group, int64_t point, const ek_group *along,
    const digits *vector) {
  ek_fixed fixed;
  ek_fix(m->access, fixed_group, point, m->base, m->origin, &fixed);
  int64_t count = ek_points(along);
  int64_t buffer[BLOCK];
  uint64_t total = 0;
  for (int64_t j = 0; j < m->limbs; j++) {
    int is_top = j + 1 == m->limbs;
    uint64_t limb = 0;
    for (int64_t begin = 0; begin < count; begin += BLOCK) {
      int64_t block = ek_min(count - begin, BLOCK), padded = ek_round_up(block, 8);
      gather_words(
          m->access, along, &fixed, begin, block, m->plane + j * m->limb_stride, buffer);
      for (int64_t i = block; i < padded; i++) buffer[i] = 0;
      // The top limb is made unsigned by 2^63; the vector's padding is zero.
      limb = ek_field_add(
          limb, m->vectors->field_dot(
                    buffer, is_top ? UINT64_C(1) << 63 : 0, vector->digit[0] + begin,
                    vector->digit[1] + begin, vector->digit[2] + begin, padded));
    }
    if (is_top)
      limb = ek_field_add(limb, negate(ek_field_multiply(vector->sum, power_of_two(63))));
    total = ek_field_add(total, ek_field_multiply(limb, power_of_two(64 * j)));
  }
  return total;
}

// The sum over both groups of left[outer] * matrix[outer, inner] * right[inner].
static uint64_t between(
    const matrix *m, const uint64_t *left, const uint64_t *right, digits *scratch) {
  const ek_group *outer = &m->access->outer, *inner = &m->access->inner;
  int along_outer = outer->step == 1 && inner->step != 1;
  const ek_group *along = along_outer ? outer : inner, *other = along_outer ? inner : outer;
  const uint64_t *weights = along_outer ? right : left;
  fill_digits(scratch, along_outer ? left : right, ek_points(along), m->vectors->digit_bits);
  uint64_t total = 0;
  int64_t count = ek_points(other);
  for (int64_t i = 0; i < count; i++)
    total = ek_field_add(
        total, ek_field_multiply(weights[i], row_times_vector(m, other, i, along, scratch)));
  return total;
}

// out[d] = sum over the outer group of vector * matrix[., d].
static void project(
    const matrix *m, const uint64_t *vector, digits *scratch, uint64_t *out) {
  fill_digits(scratch, vector, ek_points(&m->access->outer), m->vectors->digit_bits);
  int64_t count = ek_points(&m->access->inner);
  for (int64_t d = 0; d < count; d++)
    out[d] = row_times_vector(m, &m->access->inner, d, &m->access->outer, scratch);
}

int32_t ek_certify(
    const ek_problem *p, const ek_job *job, const uint64_t *rows, const uint64_t *columns,
    ek_certificate *certificate) {
  const ek_vectors *vectors = ek_vectors_for(p->features);
  matrix left = {&p->left, p->left_source, p->left_limbs, p->left_limb_stride,
                 job->left_base, job->left_origin, vectors};
  matrix right = {&p->right, p->right_source, p->right_limbs, p->right_limb_stride,
                  job->right_base, job->right_origin, vectors};
  matrix output = {&p->output, p->result, p->result_limbs, p->result_limb_stride,
                   job->output_base, job->output_origin, vectors};
  int64_t row_count = ek_points(&p->left.outer), column_count = ek_points(&p->right.outer);
  int64_t depth = ek_points(&p->left.inner);
  digits scratch;
  uint64_t *middle = malloc((size_t)depth * sizeof(uint64_t) + 8);
  if (make_digits(&scratch, ek_max(ek_max(row_count, column_count), depth) + BLOCK) || !middle) {
    free(middle);
    return -1;
  }
  // Start from the operand whose outer index lies closest in memory, so that both are read in runs.
  if (p->right.outer.step == 1 || p->left.outer.step != 1) {
    project(&right, columns, &scratch, middle);
    certificate->expected = between(&left, rows, middle, &scratch);
  } else {
    project(&left, rows, &scratch, middle);
    certificate->expected = between(&right, columns, middle, &scratch);
  }
  certificate->found = between(&output, rows, columns, &scratch);
  free(scratch.digit[0]);
  free(middle);
  return 0;
}
