#include "simd/dispatch.h"

#include <array>
#include <cstdlib>

#include "base/error.h"

namespace pssglass {

extern const Kernels kBaselineKernels;
#ifdef PSSGLASS_X86_KERNELS
extern const Kernels kAvx2Kernels, kAvx512Kernels;
#endif

bool supported(Simd simd) {
#ifdef PSSGLASS_X86_KERNELS
  // What CMakeLists.txt compiles them for.
  const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
                    __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2") &&
                    __builtin_cpu_supports("popcnt");
  if (simd == Simd::avx2) return avx2;
  if (simd == Simd::avx512)
    return avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
#endif
  return simd == Simd::baseline;
}

Simd default_simd() {
  constexpr std::array sets{Simd::avx512, Simd::avx2, Simd::baseline};
  constexpr std::array names{"avx512", "avx2", "baseline"};
  const char* wanted = std::getenv("PSSGLASS_SIMD");
  for (std::size_t k = 0; k < sets.size(); ++k)
    if (wanted && *wanted ? std::string(wanted) == names[k] && supported(sets[k]) : supported(sets[k]))
      return sets[k];
  throw InvalidArgument("PSSGLASS_SIMD=" + std::string(wanted) +
                        " is unknown or not supported by this processor: unset it, or set it to baseline");
}

const Kernels& kernels(Simd simd) {
  if (!supported(simd))
    throw InvalidArgument(
        "this processor or build does not support the instruction set asked for: use default_simd()");
#ifdef PSSGLASS_X86_KERNELS
  if (simd == Simd::avx2) return kAvx2Kernels;
  if (simd == Simd::avx512) return kAvx512Kernels;
#endif
  return kBaselineKernels;
}

}  // namespace pssglass
