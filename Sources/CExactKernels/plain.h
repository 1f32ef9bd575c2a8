// Small products, for which panels and residues would cost more than they save.
#ifndef GRADCHECK_PLAIN_H
#define GRADCHECK_PLAIN_H

#include "exact_kernels.h"

// Runs every job by dot products in 128 bits. Returns 0, or -1 when memory could not be had.
int32_t ek_run_plain(const ek_problem *problem, const ek_job *jobs, int64_t job_count);

#endif
