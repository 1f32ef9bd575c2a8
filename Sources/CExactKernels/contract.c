// The blocks of a contraction: pack, multiply tiles, recombine, write.
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "access.h"
#include "exact_kernels.h"
#include "pack.h"
#include "plain.h"
#include "rests.h"
#include "tiles.h"
#include "vectors.h"
#include "workspace.h"

// ------------------------------------------------------------------------------------- packing

typedef struct {
  const ek_problem *problem;
  const ek_job *job;
  const ek_tiles *tiles;
  const ek_vectors *vectors;
  blocking b;
  workspace w;
} state;

static int uses_words(const ek_problem *problem) { return problem->moduli_count == 0; }

// The sums of a packed operand's words over depth, one for each point, added to what is there.
static void add_sums(const int64_t *panels, const ek_panels *p, uint64_t *sums) {
  for (int64_t i = 0; i < p->points; i += p->width) {
    const int64_t *panel = panels + i * p->depths;
    for (int64_t d = 0; d < p->depths; d++)
      for (int64_t j = 0; j < p->width; j++) sums[i + j] += (uint64_t)panel[d * p->width + j];
  }
}

// One of a problem's operands.
typedef struct {
  const ek_access *access;
  const int64_t *source;
  int64_t limbs, limb_stride;
  const char *residues;
  int64_t residue_stride;
  const double *weights;
  int32_t bits;
  int32_t byte_kind;  // of 8-bit residues: signed on the left, unsigned on the right
} operand;

// The residues of a slice's words, which lie in its order, go to where its panels lie among all.
static void reduce_slice(
    const state *s, const operand *o, const ek_panels *panels, const ek_panels *slice, char *out) {
  int32_t size = s->tiles->element_bytes;
  int64_t depths = ek_round_up(panels->depths, panels->group);
  int64_t cut = ek_round_up(slice->depths, panels->group);
  int64_t all = ek_panel_elements(panels), elements = ek_panel_elements(slice);
  // Whole panels follow each other without a gap.
  int64_t piece = cut == depths ? elements : panels->width * cut;
  int64_t first = slice->first - panels->first, first_depth = slice->depth - panels->depth;
  char *to = out + (first * depths + first_depth * panels->width) * size;
  for (int64_t i = 0; i < elements; i += piece, to += panels->width * depths * size) {
    if (size == 1) {
      ek_residues_8(
          s->problem->features, s->w.slice + i, o->limbs, elements, piece, o->bits,
          (int32_t)s->b.moduli, s->problem->moduli, o->weights, o->byte_kind, (int8_t *)to, all);
    } else {
      ek_residues_16(
          s->problem->features, s->w.slice + i, o->limbs, elements, piece, o->bits,
          (int32_t)s->b.moduli, s->problem->moduli, o->weights, (int16_t *)to, all);
    }
  }
}

// Packs words in panels' order, a slice after another, and their residues from there, so that no
// plane of residues is ever written. A slice is as long in memory as it can be: whole depths of some
// points, or some depths of many points.
static void pack_reduced(
    const state *s, const operand *o, const ek_panels *panels, char *out) {
  int64_t depths = ek_round_up(panels->depths, panels->group), width = panels->width;
  int along_depth = ek_reads_along_depth(panels->access);
  int64_t points = along_depth ? ek_max(SLICE_ELEMENTS / (width * depths), 1) * width
                               : ek_round_up(SLICE_POINTS, width);
  int64_t cut = along_depth ? depths : ek_round_up(SLICE_ELEMENTS / points, panels->group);
  for (int64_t i = 0; i < panels->points; i += points) {
    for (int64_t d = 0; d < panels->depths; d += cut) {
      ek_panels slice = *panels;
      slice.first += i;
      slice.points = ek_min(panels->points - i, points);
      slice.depth += d;
      slice.depths = ek_min(panels->depths - d, cut);
      int64_t elements = ek_panel_elements(&slice);
      for (int64_t j = 0; j < o->limbs; j++)
        ek_pack_limbs(
            &slice, o->source + j * o->limb_stride, s->w.scratch, s->w.slice + j * elements);
      reduce_slice(s, o, panels, &slice, out);
    }
  }
}

static void pack_operand(
    const state *s, const operand *o, const ek_panels *panels, void *out, uint64_t *sums,
    int starts) {
  if (uses_words(s->problem)) {
    ek_pack_words(panels, o->source, INT64_C(1) << o->bits, s->w.scratch, out);
    if (starts)
      memset(sums, 0, (size_t)ek_round_up(panels->points, panels->width) * sizeof(uint64_t));
    add_sums(out, panels, sums);
    return;
  }
  if (!o->residues) {
    pack_reduced(s, o, panels, out);
    return;
  }
  int64_t elements = ek_panel_elements(panels);
  int32_t size = s->tiles->element_bytes;
  for (int64_t r = 0; r < s->b.moduli; r++) {
    const void *plane = o->residues + r * o->residue_stride * size;
    void *to = (char *)out + r * elements * size;
    if (size == 1) {
      ek_pack_bytes(panels, plane, s->w.scratch, to);
    } else {
      ek_pack_shorts(panels, plane, s->w.scratch, to);
    }
  }
}

static void pack_left(
    const state *s, int64_t row, int64_t rows, int64_t depth, int64_t depths) {
  const ek_problem *p = s->problem;
  operand left = {&p->left, p->left_source, p->left_limbs, p->left_limb_stride,
                  p->left_residues, p->left_residue_stride, p->left_weights, p->left_bits, 0};
  ek_panels panels = {
      &p->left, s->job->left_base, s->job->left_origin, row, rows, depth, depths,
      s->tiles->rows, s->tiles->left_group};
  pack_operand(s, &left, &panels, s->w.left, s->w.row_sums, depth == 0);
}

static void pack_right(
    const state *s, int64_t column, int64_t columns, int64_t depth, int64_t depths) {
  const ek_problem *p = s->problem;
  operand right = {&p->right, p->right_source, p->right_limbs, p->right_limb_stride,
                   p->right_residues, p->right_residue_stride, p->right_weights, p->right_bits, 1};
  ek_panels panels = {
      &p->right, s->job->right_base, s->job->right_origin, column, columns, depth, depths,
      s->tiles->columns, s->tiles->right_group};
  pack_operand(s, &right, &panels, s->w.right, s->w.column_sums, depth == 0);
}

// ----------------------------------------------------------------------------------- multiplying

// The largest of as few nearly equal parts of a depth as keep one modulus's columns in the second
// cache, in whole groups.
static int64_t even_chunk(const state *s, int64_t depth) {
  int64_t unit = ek_max(s->tiles->left_group, s->tiles->right_group);
  int64_t parts = (depth + CHUNK_DEPTH - 1) / CHUNK_DEPTH;
  return ek_round_up((depth + parts - 1) / ek_max(parts, 1), unit);
}

// Adds the products of one block of rows, for every modulus, to the accumulators from row `held`.
// `packed` depths (whole groups of both operands) lie in the panels; `starts` says that these are
// the first ones.
static void multiply_block(
    const state *s, int64_t first_row, int64_t rows, int64_t all_rows, int64_t columns,
    int64_t packed_left, int64_t packed_right, int64_t held, int starts) {
  const ek_tiles *t = s->tiles;
  int64_t stride = s->b.columns;
  int64_t plane = s->b.rows_held * stride;
  int64_t size = t->element_bytes;
  int64_t left_plane = ek_round_up(all_rows, t->rows) * packed_left * size;
  int64_t right_plane = ek_round_up(columns, t->columns) * packed_right * size;
  int64_t depth = ek_max(packed_left, packed_right), most = even_chunk(s, depth);
  for (int64_t r = 0; r < s->b.moduli; r++) {
    const char *left = (const char *)s->w.left + r * left_plane;
    const char *right = (const char *)s->w.right + r * right_plane;
    char *accumulators = (char *)s->w.accumulators +
                         (r * t->accumulator_planes * plane + held * stride) *
                             t->accumulator_bytes;
    int32_t carry = uses_words(s->problem) ? 0 : s->problem->moduli[r].carry;
    for (int64_t d = 0; d < depth; d += most) {
      int64_t chunk = ek_min(depth - d, most);
      int keep = d > 0 || !starts;
      for (int64_t i = 0; i < rows; i += t->rows) {
        const char *a = left + ((first_row + i) * packed_left + d * t->rows) * size;
        if (t->spread) {
          t->spread(a, chunk, s->w.spread);
          a = s->w.spread;
        }
        for (int64_t j = 0; j < columns; j += t->columns) {
          const char *b = right + (j * packed_right + d * t->columns) * size;
          t->tile(
              a, b, chunk, s->problem->depth_limit,
              accumulators + (i * stride + j) * t->accumulator_bytes, stride, plane, keep, carry);
        }
      }
    }
  }
}

// ------------------------------------------------------------------------------------- finishing

// With a' = a + 2^p and b' = b + 2^q the sum of a b over n depths is
//   sum of a' b'  -  2^q * (sum of a')  -  2^p * (sum of b')  +  n * 2^(p + q).
static void finish_words(const state *s, int64_t held, int64_t row_in_block, int64_t columns) {
  const ek_problem *p = s->problem;
  int64_t stride = s->b.columns, limb = s->b.columns;
  int64_t depth = ek_points(&p->left.inner);
  const uint64_t *low = (const uint64_t *)s->w.accumulators + held * stride;
  const uint64_t *high = low + s->b.rows_held * stride;
  uint64_t row_sum = s->w.row_sums[row_in_block];
  if (p->kernel == EK_WORDS_IFMA_LOW) {
    uint64_t constant =
        ((uint64_t)depth << (p->left_bits + p->right_bits)) - (row_sum << p->right_bits);
    for (int64_t j = 0; j < columns; j++) {
      uint64_t value = low[j] + constant - (s->w.column_sums[j] << p->left_bits);
      unsigned __int128 exact = (unsigned __int128)(__int128)(int64_t)value << p->result_shift;
      s->w.limbs[j] = (int64_t)exact;
      s->w.limbs[limb + j] = (int64_t)(exact >> 64);
    }
    return;
  }
  unsigned __int128 constant =
      ((unsigned __int128)(uint64_t)depth << (p->left_bits + p->right_bits)) -
      ((unsigned __int128)row_sum << p->right_bits);
  for (int64_t j = 0; j < columns; j++) {
    unsigned __int128 value = ((unsigned __int128)high[j] << 52) + low[j] + constant -
                              ((unsigned __int128)s->w.column_sums[j] << p->left_bits);
    // Right modulo 2^116: the sign is bit 115.
    unsigned __int128 exact = (unsigned __int128)((__int128)(value << 12) >> 12) << p->result_shift;
    s->w.limbs[j] = (int64_t)exact;
    s->w.limbs[limb + j] = (int64_t)(exact >> 64);
  }
}

static void write_row(const state *s, int64_t row, int64_t column, int64_t columns) {
  const ek_problem *p = s->problem;
  ek_fixed fixed;
  ek_fix(&p->output, &p->output.outer, row, s->job->output_base, s->job->output_origin, &fixed);
  for (int64_t j = 0; j < p->result_limbs; j++)
    ek_scatter(
        &p->output, &p->output.inner, &fixed, column, columns, s->w.limbs + j * s->b.columns,
        p->result + j * p->result_limb_stride);
}

// Recombines and writes `rows` rows, whose accumulators start at row `held`.
static void finish_block(
    const state *s, int64_t superblock, int64_t first_row, int64_t rows, int64_t held,
    int64_t column, int64_t columns) {
  const ek_problem *p = s->problem;
  int64_t stride = s->b.columns;
  for (int64_t i = 0; i < rows; i++) {
    if (uses_words(p)) {
      finish_words(s, held + i, first_row + i, columns);
    } else {
      s->vectors->recombine(
          (const int32_t *)s->w.accumulators + (held + i) * stride, s->b.rows_held * stride,
          ek_round_up(columns, 8), p->moduli_count, s->w.constants, p->product, p->digits,
          s->w.limbs, stride);
    }
    write_row(s, superblock + first_row + i, column, columns);
  }
}

// ------------------------------------------------------------------------------------ one block

typedef struct {
  ek_progress progress;
  void *context;
  int64_t total;
  _Atomic int64_t done;
} meter;

static void advance(meter *m, int64_t amount, int reports) {
  int64_t done = atomic_fetch_add(&m->done, amount) + amount;
  if (reports && m->progress) m->progress(m->context, done, m->total);
}

// Multiplies one superblock of rows with one block of columns.
static void run_block(
    const state *s, int64_t row, int64_t rows, int64_t column, int64_t columns, int packs_left) {
  const blocking *b = &s->b;
  int64_t depth = ek_points(&s->problem->left.inner);
  for (int64_t d = 0; d < depth; d += b->depth) {
    int64_t depths = ek_min(depth - d, b->depth);
    if (packs_left || b->depth_blocks > 1) pack_left(s, row, rows, d, depths);
    pack_right(s, column, columns, d, depths);
    int64_t packed_left = ek_round_up(depths, s->tiles->left_group);
    int64_t packed_right = ek_round_up(depths, s->tiles->right_group);
    for (int64_t i = 0; i < rows; i += b->row_block) {
      int64_t block = ek_min(rows - i, b->row_block);
      int64_t held = b->depth_blocks > 1 ? i : 0;
      multiply_block(
          s, i, block, rows, columns, packed_left, packed_right, held, d == 0);
      if (d + b->depth >= depth) finish_block(s, row, i, block, held, column, columns);
    }
  }
}

static void run_tiles(state *s, meter *m, int reports) {
  const ek_job *job = s->job;
  int64_t depth = ek_points(&s->problem->left.inner);
  for (int64_t row = job->row_begin; row < job->row_end; row += s->b.rows) {
    int64_t rows = ek_min(job->row_end - row, s->b.rows);
    for (int64_t column = job->column_begin; column < job->column_end; column += s->b.columns) {
      int64_t columns = ek_min(job->column_end - column, s->b.columns);
      run_block(s, row, rows, column, columns, column == job->column_begin);
      advance(m, rows * columns * depth, reports);
    }
  }
}

// -------------------------------------------------------------------------------------- threads

typedef struct {
  const ek_problem *problem;
  const ek_job *jobs;
  int64_t job_count;
  blocking b;
  workspace_sizes sizes;
  meter meter;
  _Atomic int64_t next;
  _Atomic int32_t failed;
} crew;

static void work(crew *c, int reports) {
  state s = {c->problem, 0, ek_tiles_for(c->problem->kernel),
             ek_vectors_for(c->problem->features), c->b, {0}};
  if (ek_reserve(&s.w, &c->sizes)) {
    atomic_store(&c->failed, 1);
    return;
  }
  if (!uses_words(c->problem))
    s.vectors->spread_constants(
        c->problem->moduli_count, c->problem->moduli, c->problem->weights, c->problem->digits,
        s.w.constants);
  if (s.tiles->enter) s.tiles->enter();
  for (;;) {
    int64_t i = atomic_fetch_add(&c->next, 1);
    if (i >= c->job_count || atomic_load(&c->failed)) break;
    s.job = c->jobs + i;
    run_tiles(&s, &c->meter, reports);
    if (ek_add_rests(c->problem, s.job)) atomic_store(&c->failed, 1);
  }
  if (s.tiles->leave) s.tiles->leave();
  ek_release(&s.w);
}

static void *work_in_thread(void *context) {
  work(context, 0);
  return 0;
}

int32_t ek_run(
    const ek_problem *problem, const ek_job *jobs, int64_t job_count, int32_t threads,
    ek_progress progress, void *context) {
  if (job_count == 0) return 0;
  if (problem->kernel == EK_PLAIN) return ek_run_plain(problem, jobs, job_count);
  int64_t rows = 1, columns = 1, total = 0, depth = ek_points(&problem->left.inner);
  for (int64_t i = 0; i < job_count; i++) {
    int64_t r = jobs[i].row_end - jobs[i].row_begin;
    int64_t c = jobs[i].column_end - jobs[i].column_begin;
    rows = ek_max(rows, r);
    columns = ek_max(columns, c);
    total += r * c * depth;
  }
  crew c = {problem, jobs, job_count, ek_plan_blocks(problem, rows, columns), {0}, {0}, 0, 0};
  c.sizes = ek_measure(problem, &c.b);
  c.meter.progress = progress;
  c.meter.context = context;
  c.meter.total = total;
  enum { MOST_THREADS = 64 };
  pthread_t others[MOST_THREADS];
  int32_t started = 0;
  int64_t wanted = ek_min(ek_min(threads, job_count), MOST_THREADS) - 1;
  while (started < wanted && pthread_create(&others[started], 0, work_in_thread, &c) == 0)
    started++;
  work(&c, 1);
  for (int32_t i = 0; i < started; i++) pthread_join(others[i], 0);
  return atomic_load(&c.failed) ? -1 : 0;
}
