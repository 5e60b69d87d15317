#include "kernel_table.h"
#include "simd_baseline.h"

namespace pssglass {

extern const Kernels kBaselineKernels;
const Kernels kBaselineKernels = table_of<Baseline, BaselineSingle>();

}  // namespace pssglass
