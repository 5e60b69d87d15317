#include "simd/kernel_table.h"
#include "simd/vectors_avx512.h"

namespace pssglass {

extern const Kernels kAvx512Kernels;
const Kernels kAvx512Kernels = table_of<Avx512, MaskedSingle>();

}  // namespace pssglass
