#ifndef GRADCHECK_EXACT_KERNELS_H
#define GRADCHECK_EXACT_KERNELS_H
#include <stdint.h>
#endif
