#include "workspace.h"

#include <limits.h>
#include <stdlib.h>
#if defined(__GLIBC__)
#include <malloc.h>
#endif

#include "access.h"

static int64_t depth_block(const ek_tiles *tiles, int64_t depth) {
  int64_t unit = ek_max(tiles->left_group, tiles->right_group);
  int64_t limit = ek_max(DEPTH_BYTES / tiles->element_bytes / 2, 512);
  return ek_round_up(ek_min(depth, limit), unit);
}

blocking ek_plan_blocks(const ek_problem *problem, int64_t rows, int64_t columns) {
  const ek_tiles *tiles = ek_tiles_for(problem->kernel);
  blocking b;
  int64_t depth = ek_points(&problem->left.inner);
  b.moduli = problem->moduli_count ? problem->moduli_count : 1;
  b.planes = b.moduli * tiles->accumulator_planes;
  b.row_block = ROW_BLOCK / tiles->rows * tiles->rows;
  b.rows = ek_round_up(ek_min(rows, ROW_SUPERBLOCK), tiles->rows);
  b.columns = ek_round_up(ek_min(columns, COLUMN_BLOCK), tiles->columns);
  b.depth = depth_block(tiles, depth);
  b.depth_blocks = (depth + b.depth - 1) / b.depth;
  b.rows_held = b.depth_blocks > 1 ? b.rows : ek_min(b.row_block, b.rows);
  return b;
}

void ek_pack_counts(
    ek_kernel kernel, int64_t rows, int64_t columns, int64_t depth, int64_t *left, int64_t *right) {
  const ek_tiles *tiles = ek_tiles_for(kernel);
  int is_one_block = !tiles || depth <= depth_block(tiles, depth);
  *left = is_one_block ? 1 : (columns + COLUMN_BLOCK - 1) / COLUMN_BLOCK;
  *right = (rows + ROW_SUPERBLOCK - 1) / ROW_SUPERBLOCK;
}

workspace_sizes ek_measure(const ek_problem *problem, const blocking *b) {
  const ek_tiles *tiles = ek_tiles_for(problem->kernel);
  workspace_sizes s;
  s.left = b->rows * b->depth * b->moduli * tiles->element_bytes;
  s.right = b->columns * b->depth * b->moduli * tiles->element_bytes;
  s.accumulators = b->rows_held * b->columns * b->planes * tiles->accumulator_bytes;
  int64_t group = ek_max(tiles->left_group, tiles->right_group);
  int reduces = problem->moduli_count && (!problem->left_residues || !problem->right_residues);
  int64_t widest = ek_max(tiles->rows, tiles->columns), limbs = 0;
  if (reduces) limbs = ek_max(problem->left_limbs, problem->right_limbs);
  s.scratch = (ek_max(b->rows, b->columns) * group + 4 * b->depth) *
              (reduces ? (int64_t)sizeof(int64_t) : tiles->element_bytes);
  s.slice = limbs * (SLICE_ELEMENTS + widest * b->depth) * (int64_t)sizeof(int64_t);
  s.spread = tiles->spread
                 ? tiles->rows * ek_min(b->depth, CHUNK_DEPTH) * tiles->element_bytes *
                       tiles->spread_factor
                 : 0;
  s.constants = problem->moduli_count * (problem->digits + 2) * (int64_t)64;
  s.limbs = b->columns * ek_max(problem->result_limbs, 2) * (int64_t)sizeof(int64_t);
  s.row_sums = b->rows * (int64_t)sizeof(uint64_t);
  s.column_sums = b->columns * (int64_t)sizeof(uint64_t);
  return s;
}

int64_t ek_workspace_bytes(const ek_problem *problem, int64_t rows, int64_t columns) {
  if (problem->kernel == EK_PLAIN) return 0;
  blocking b = ek_plan_blocks(problem, rows, columns);
  workspace_sizes s = ek_measure(problem, &b);
  return s.left + s.right + s.accumulators + s.scratch + s.spread + s.constants + s.slice +
         s.limbs + s.row_sums + s.column_sums;
}

void *ek_allocate(int64_t bytes) {
  return aligned_alloc(64, (size_t)ek_round_up(bytes + 1, 64));
}

void ek_keep_freed_memory(void) {
#if defined(__GLIBC__)
  mallopt(M_ARENA_MAX, 1);
  mallopt(M_MMAP_THRESHOLD, INT_MAX);
  mallopt(M_TRIM_THRESHOLD, INT_MAX);
#endif
}

void ek_release(workspace *w) {
  free(w->left);
  free(w->right);
  free(w->accumulators);
  free(w->scratch);
  free(w->spread);
  free(w->constants);
  free(w->slice);
  free(w->limbs);
  free(w->row_sums);
  free(w->column_sums);
}

int ek_reserve(workspace *w, const workspace_sizes *s) {
  w->left = ek_allocate(s->left);
  w->right = ek_allocate(s->right);
  w->accumulators = ek_allocate(s->accumulators);
  w->scratch = ek_allocate(s->scratch);
  w->spread = ek_allocate(s->spread);
  w->constants = ek_allocate(s->constants);
  w->slice = ek_allocate(s->slice);
  w->limbs = ek_allocate(s->limbs);
  w->row_sums = ek_allocate(s->row_sums);
  w->column_sums = ek_allocate(s->column_sums);
  int is_whole = w->left && w->right && w->accumulators && w->scratch && w->spread &&
                 w->constants && w->slice && w->limbs && w->row_sums && w->column_sums;
  if (is_whole) return 0;
  ek_release(w);
  return -1;
}
