#include "tiles.h"

const ek_tiles *ek_tiles_for(ek_kernel kernel) {
  switch (kernel) {
    case EK_PLAIN: return 0;
    case EK_PAIRS_PORTABLE: return &ek_tiles_pairs_portable;
    case EK_QUADS_AMX_MODEL: return &ek_tiles_quads_amx_model;
#if defined(__x86_64__)
    case EK_PAIRS_AVX2: return &ek_tiles_pairs_avx2;
    case EK_PAIRS_AVX512: return &ek_tiles_pairs_avx512;
    case EK_QUADS_VNNI: return &ek_tiles_quads_vnni;
    case EK_QUADS_AMX: return &ek_tiles_quads_amx;
    case EK_WORDS_IFMA_LOW: return &ek_tiles_words_low;
    case EK_WORDS_IFMA_WIDE: return &ek_tiles_words_wide;
#else
    case EK_PAIRS_AVX2:
    case EK_PAIRS_AVX512:
    case EK_QUADS_VNNI:
    case EK_QUADS_AMX:
    case EK_WORDS_IFMA_LOW:
    case EK_WORDS_IFMA_WIDE: return 0;
#endif
  }
  return 0;
}
