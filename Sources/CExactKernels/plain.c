#include "plain.h"

#include <stdlib.h>

#include "access.h"
#include "pack.h"

// Dot products of whole rows and columns in 128 bits, without panels or residues.
static void run_plain(
    const ek_problem *p, const ek_job *job, int64_t *left, int64_t *right, int64_t *values) {
  int64_t depth = ek_points(&p->left.inner), rows = job->row_end - job->row_begin;
  int64_t columns = job->column_end - job->column_begin;
  ek_panels rows_of = {
      &p->left, job->left_base, job->left_origin, job->row_begin, rows, 0, depth, 1, 1};
  ek_panels columns_of = {
      &p->right, job->right_base, job->right_origin, job->column_begin, columns, 0, depth, 1, 1};
  ek_pack_words(&rows_of, p->left_source, 0, values, left);
  ek_pack_words(&columns_of, p->right_source, 0, values, right);
  ek_fixed fixed;
  for (int64_t i = 0; i < rows; i++) {
    for (int64_t j = 0; j < columns; j++) {
      __int128 sum = 0;
      for (int64_t d = 0; d < depth; d++)
        sum += (__int128)left[i * depth + d] * right[j * depth + d];
      values[j] = (int64_t)sum;
      values[columns + j] = (int64_t)(sum >> 64);
    }
    ek_fix(
        &p->output, &p->output.outer, job->row_begin + i, job->output_base, job->output_origin,
        &fixed);
    for (int64_t l = 0; l < p->result_limbs; l++)
      ek_scatter(
          &p->output, &p->output.inner, &fixed, job->column_begin, columns, values + l * columns,
          p->result + l * p->result_limb_stride);
  }
}

int32_t ek_run_plain(const ek_problem *p, const ek_job *jobs, int64_t count) {
  int64_t depth = ek_points(&p->left.inner), rows = 0, columns = 0;
  for (int64_t i = 0; i < count; i++) {
    rows = ek_max(rows, jobs[i].row_end - jobs[i].row_begin);
    columns = ek_max(columns, jobs[i].column_end - jobs[i].column_begin);
  }
  int64_t values = ek_max(ek_max(rows, 2 * columns), depth);
  int64_t *memory = ek_allocate(((rows + columns) * depth + values) * (int64_t)sizeof(int64_t));
  if (!memory) return -1;
  int64_t *right = memory + rows * depth;
  for (int64_t i = 0; i < count; i++)
    run_plain(p, jobs + i, memory, right, right + columns * depth);
  free(memory);
  return 0;
}
