#include "simd/kernel_table.h"
#include "simd/vectors_baseline.h"

namespace pssglass {

extern const Kernels kBaselineKernels;
const Kernels kBaselineKernels = table_of<Baseline, BaselineSingle>();

}  // namespace pssglass
