#include "simd/kernel_table.h"
#include "simd/vectors_avx2.h"

namespace pssglass {

extern const Kernels kAvx2Kernels;
const Kernels kAvx2Kernels = table_of<Avx2, Single>();

}  // namespace pssglass
