#include "exact_kernels.h"
