// How a contraction is cut into blocks, and the memory that one thread needs for them.
#ifndef GRADCHECK_WORKSPACE_H
#define GRADCHECK_WORKSPACE_H

#include <stdint.h>

#include "exact_kernels.h"
#include "tiles.h"

// Blocks are chosen so that one modulus's columns stay in the second cache and the rows of one
// block, over all moduli, in the third.
enum {
  ROW_BLOCK = 96,
  ROW_SUPERBLOCK = 1152,
  COLUMN_BLOCK = 512,
  DEPTH_BYTES = 4096,
  CHUNK_DEPTH = 512,  // multiplied at one time
  SLICE_ELEMENTS = 4096,  // reduced at a time while packing
  SLICE_POINTS = 64,      // of them in one depth, where points lie side by side
};

typedef struct {
  int64_t rows, columns;  // of one superblock and one column block, in whole panels
  int64_t row_block;
  int64_t depth;          // of one depth block
  int64_t depth_blocks;
  int64_t rows_held;      // rows whose accumulators are kept at one time
  int64_t planes;         // accumulator planes: one for each modulus, or those of the words
  int64_t moduli;         // 1 for words
} blocking;

typedef struct {
  void *left, *right, *accumulators, *scratch, *spread, *constants;
  int64_t *slice;
  int64_t *limbs;
  uint64_t *row_sums, *column_sums;
} workspace;

typedef struct {
  int64_t left, right, accumulators, scratch, spread, constants, slice, limbs;
  int64_t row_sums, column_sums;
} workspace_sizes;

blocking ek_plan_blocks(const ek_problem *problem, int64_t rows, int64_t columns);
workspace_sizes ek_measure(const ek_problem *problem, const blocking *b);

// Returns 0, or -1 when memory could not be had, and then holds none.
int ek_reserve(workspace *w, const workspace_sizes *s);
void ek_release(workspace *w);

#endif
