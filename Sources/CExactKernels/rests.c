#include "rests.h"

#include <stdlib.h>
#include <string.h>

#include "access.h"
#include "pack.h"
#include "rest_lists.h"
#include "vectors.h"

EK_GATHER(gather_words, int64_t)

enum {
  POINTS = 128,     // sparse points whose sums are held at one time, in the first cache
  PACKED = 64,      // dense points packed at one time, so that memory is read in longer runs
  MOST_TERMS = 512,
};

typedef __int128 wide;
typedef unsigned __int128 unsigned_wide;

// What one sparse point has with every point of a panel: low + high * 2^32.
typedef struct {
  int64_t low[EK_REST_WIDTH], high[EK_REST_WIDTH];
} point_sums;

typedef struct {
  const ek_problem *problem;
  const ek_job *job;
  const ek_vectors *vectors;
  ek_rest_side sparse, dense;
  int32_t shift;  // of the product
  int columns_are_sparse;
  ek_rest_lists lists;
  int64_t *panels, *scratch;
  point_sums *sums;  // [POINTS]
} term;

// A part of every list that is small enough to be summed at one time.
typedef struct {
  int32_t digit;
  int64_t skip;   // this many of the terms that are added, and of those that are subtracted
  int32_t shift;  // of what they come to
} pass;

static int64_t most_terms(const ek_rest_lists *l, int64_t points) {
  int64_t most = 0;
  for (int64_t i = 0; i < points * l->digits * 2; i++)
    most = ek_max(most, l->starts[i + 1] - l->starts[i]);
  return most;
}

// The sums of one sparse point and pass with every point of a panel; 0 where it has none.
//
// Digits are below 2^21 and halves of words below 2^32, so that 2 * MOST_TERMS products add up to
// less than 2^63 in magnitude.
static int sum_point(
    const term *t, const pass *now, const int64_t *panel, int64_t point, point_sums *sums) {
  const int64_t *starts = t->lists.starts + 2 * (point * t->lists.digits + now->digit);
  int64_t plus = ek_min(starts[0] + now->skip, starts[1]);
  int64_t minus = ek_min(starts[1] + now->skip, starts[2]);
  int64_t plus_count = ek_min(starts[1] - plus, MOST_TERMS);
  int64_t minus_count = ek_min(starts[2] - minus, MOST_TERMS);
  if (plus_count + minus_count == 0) return 0;
  t->vectors->rest_sums(
      t->lists.terms + plus, plus_count, t->lists.terms + minus, minus_count, panel, sums->low,
      sums->high);
  return 1;
}

// Where `count` elements of a row lie in the first limb of the result, if they lie side by side there
// and none of them might be outside.
static int64_t *in_place(const ek_problem *p, const ek_fixed *row, int64_t column, int64_t count) {
  const ek_group *inner = &p->output.inner;
  int64_t run = column / inner->length, i = column % inner->length;
  if (p->output.axes || inner->step != 1 || i + count > inner->length) return 0;
  return p->result + row->offset + inner->offset[run] + i;
}

// Adds (low + high * 2^32) * 2^shift, each `stride` apart, to as many elements of one or two limbs.
static void add_shifted(
    int64_t *to, int64_t *to_high, int64_t count, const int64_t *low, const int64_t *high,
    int64_t stride, int32_t shift) {
  for (int64_t i = 0; i < count; i++) {
    wide value = low[i * stride] + high[i * stride] * ((wide)1 << 32);
    unsigned_wide sum = (unsigned_wide)(uint64_t)to_high[i] << 64 | (uint64_t)to[i];
    sum += (unsigned_wide)value << shift;
    to_high[i] = (int64_t)(uint64_t)(sum >> 64);
    to[i] = (int64_t)(uint64_t)sum;  // last, since one limb is both
  }
}

// Limb j of value * 2^shift.
static uint64_t shifted_limb(wide value, int32_t shift, int64_t j) {
  int64_t down = 64 * j - shift;
  if (down <= -64) return 0;
  return down < 0 ? (uint64_t)value << -down : (uint64_t)(value >> ek_min(down, 127));
}

// The same for any number of limbs, at most POINTS elements of a row of the result at a time.
static void add_to_row(
    const term *t, const ek_fixed *row, int64_t column, int64_t count, const int64_t *low,
    const int64_t *high, int64_t stride, int32_t shift) {
  const ek_problem *p = t->problem;
  const ek_group *inner = &p->output.inner;
  int64_t *place = in_place(p, row, column, count);
  if (place && p->result_limbs <= 2) {
    int64_t *to_high = place + (p->result_limbs - 1) * p->result_limb_stride;
    add_shifted(place, to_high, count, low, high, stride, shift);
    return;
  }
  int64_t sums[POINTS];
  uint64_t carry[POINTS] = {0};
  for (int64_t j = 0; j < p->result_limbs; j++) {
    int64_t *limb = p->result + j * p->result_limb_stride;
    gather_words(&p->output, inner, row, column, count, limb, sums);
    for (int64_t i = 0; i < count; i++) {
      wide value = low[i * stride] + high[i * stride] * ((wide)1 << 32);
      unsigned_wide sum = (unsigned_wide)(uint64_t)sums[i] + carry[i];
      sum += shifted_limb(value, shift, j);
      sums[i] = (int64_t)(uint64_t)sum;
      carry[i] = (uint64_t)(sum >> 64);
    }
    ek_scatter(&p->output, inner, row, column, count, sums, limb);
  }
}

// Asks for a row of the result, which lies in a far cache.
static void prefetch_row(const ek_problem *p, const ek_fixed *row, int64_t column, int64_t count) {
  const int64_t *place = in_place(p, row, column, count);
  if (!place) return;
  for (int64_t j = 0; j < p->result_limbs; j++)
    for (int64_t i = 0; i < count; i += 8)
      __builtin_prefetch(place + j * p->result_limb_stride + i, 1);
}

static void fix_row(const term *t, int64_t row, ek_fixed *fixed) {
  const ek_problem *p = t->problem;
  ek_fix(&p->output, &p->output.outer, row, t->job->output_base, t->job->output_origin, fixed);
}

// Adds the sums of every sparse row with the `packed` columns in panels from `begin` on.
static void add_rows(const term *t, const pass *now, int64_t begin, int64_t packed) {
  int64_t points = t->sparse.end - t->sparse.begin, stride = t->lists.depth_count;
  ek_fixed fixed;
  for (int64_t i = 0; i < points; i++) {
    fix_row(t, t->sparse.begin + i, &fixed);
    prefetch_row(t->problem, &fixed, begin, packed);
    for (int64_t j = 0; j < packed; j += EK_REST_WIDTH) {
      if (!sum_point(t, now, t->panels + j * stride, i, t->sums)) break;
      add_to_row(
          t, &fixed, begin + j, ek_min(packed - j, EK_REST_WIDTH), t->sums->low, t->sums->high, 1,
          now->shift);
    }
  }
}

// Adds the sums of `points` sparse columns from `first` on with the `width` rows in a panel, of which
// the first is `begin`.
static void add_columns(
    const term *t, const pass *now, const int64_t *panel, int64_t first, int64_t points,
    int64_t begin, int64_t width) {
  char is_empty[POINTS];
  ek_fixed fixed;
  for (int64_t i = 0; i < points; i++) {
    is_empty[i] = !sum_point(t, now, panel, first + i, t->sums + i);
    if (is_empty[i]) memset(t->sums + i, 0, sizeof(point_sums));
  }
  for (int64_t row = 0; row < width; row++) {
    fix_row(t, begin + row, &fixed);
    for (int64_t i = 0; i < points;) {
      if (is_empty[i]) {
        i++;
        continue;
      }
      // A run of columns, in which a few empty ones count for less than one more run.
      int64_t end = i + 1, gap = 0;
      for (int64_t j = end; j < points && gap < 8; j++) {
        gap = is_empty[j] ? gap + 1 : 0;
        if (!gap) end = j + 1;
      }
      add_to_row(
          t, &fixed, t->sparse.begin + first + i, end - i, t->sums[i].low + row,
          t->sums[i].high + row, 2 * EK_REST_WIDTH, now->shift);
      i = end;
    }
  }
}

// Packs the words of `points` points of the dense side at the depths that have rests, made unsigned:
// [panel][depth][EK_REST_WIDTH].
static void pack_dense(const term *t, int64_t first, int64_t points) {
  const ek_rest_side *s = &t->dense;
  const ek_access *access = s->access;
  int64_t depth = ek_points(&access->inner), used = t->lists.depth_count;
  ek_fixed fixed;
  if (ek_reads_along_depth(access)) {
    for (int64_t i = 0; i < points; i++) {
      int64_t *to = t->panels + i / EK_REST_WIDTH * used * EK_REST_WIDTH + i % EK_REST_WIDTH;
      ek_fix(access, &access->outer, first + i, s->base, s->origin, &fixed);
      gather_words(access, &access->inner, &fixed, 0, depth, s->words, t->scratch);
      for (int64_t k = 0; k < used; k++)
        to[k * EK_REST_WIDTH] = t->scratch[t->lists.depths[k]] + EK_REST_BIAS;
    }
    return;
  }
  for (int64_t k = 0; k < used; k++) {
    ek_fix(access, &access->inner, t->lists.depths[k], s->base, s->origin, &fixed);
    gather_words(access, &access->outer, &fixed, first, points, s->words, t->scratch);
    for (int64_t i = 0; i < points; i += EK_REST_WIDTH) {
      int64_t *to = t->panels + (i * used + k * EK_REST_WIDTH);
      for (int64_t j = 0; j < EK_REST_WIDTH; j++) to[j] = t->scratch[i + j] + EK_REST_BIAS;
    }
  }
}

static void multiply_packed(const term *t, const pass *now, int64_t begin, int64_t packed) {
  if (!t->columns_are_sparse) {
    add_rows(t, now, begin, packed);
    return;
  }
  int64_t points = t->sparse.end - t->sparse.begin;
  for (int64_t first = 0; first < points; first += POINTS)
    for (int64_t j = 0; j < packed; j += EK_REST_WIDTH)
      add_columns(
          t, now, t->panels + j * t->lists.depth_count, first, ek_min(points - first, POINTS),
          begin + j, ek_min(packed - j, EK_REST_WIDTH));
}

static void multiply_rests(const term *t) {
  int64_t most = most_terms(&t->lists, t->sparse.end - t->sparse.begin);
  for (int64_t i = t->dense.begin; i < t->dense.end; i += PACKED) {
    int64_t packed = ek_min(t->dense.end - i, PACKED);
    pack_dense(t, i, packed);
    for (int32_t d = 0; d < t->lists.digits; d++) {
      for (int64_t skip = 0; skip < most; skip += MOST_TERMS) {
        pass now = {d, skip, t->shift + EK_REST_BITS * d};
        multiply_packed(t, &now, i, packed);
      }
    }
  }
}

static int64_t panel_words(int64_t depth) { return depth * PACKED; }

static int64_t scratch_words(int64_t depth) { return ek_round_up(ek_max(depth, PACKED), 2); }

int64_t ek_rest_bytes(int64_t depth) {
  return (panel_words(depth) + scratch_words(depth)) * (int64_t)sizeof(int64_t) +
         POINTS * (int64_t)sizeof(point_sums);
}

static int32_t run_term(term *t, const ek_split *split) {
  int64_t depth = ek_points(&t->dense.access->inner);
  int32_t status = ek_list_rests(t->vectors, &t->sparse, split, &t->lists);
  if (!status && t->lists.depth_count > 0) {
    t->panels = ek_allocate(ek_rest_bytes(depth));
    status = t->panels ? 0 : -1;
  }
  if (t->panels) {
    t->scratch = t->panels + panel_words(depth);
    memset(t->scratch, 0, (size_t)scratch_words(depth) * sizeof(int64_t));
    t->sums = (point_sums *)(t->scratch + scratch_words(depth));
    multiply_rests(t);
  }
  free(t->panels);
  ek_release_rests(&t->lists);
  return status;
}

int32_t ek_add_rests(const ek_problem *p, const ek_job *job) {
  const ek_vectors *vectors = ek_vectors_for(p->features);
  ek_rest_side rows = {&p->left, p->left_split.whole, job->left_base, job->left_origin,
               job->row_begin, job->row_end};
  ek_rest_side columns = {&p->right, p->right_split.whole, job->right_base, job->right_origin,
                  job->column_begin, job->column_end};
  if (p->left_split.digits) {
    term t = {p, job, vectors, rows, columns, 0, 0, {0}, 0, 0, 0};
    if (run_term(&t, &p->left_split)) return -1;
  }
  if (p->right_split.digits) {
    rows.words = p->left_source;
    term t = {p, job, vectors, columns, rows, p->left_split.shift, 1, {0}, 0, 0, 0};
    if (run_term(&t, &p->right_split)) return -1;
  }
  return 0;
}
