// Products of the few elements of a split operand that its main part leaves out.
#ifndef GRADCHECK_RESTS_H
#define GRADCHECK_RESTS_H

#include <stdint.h>

#include "exact_kernels.h"

// Adds the products of both operands' rests to one job's rectangle of the result. Returns 0, or -1
// when memory could not be had.
int32_t ek_add_rests(const ek_problem *problem, const ek_job *job);

#endif
