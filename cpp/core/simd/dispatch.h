// Which instruction set the kernels use on this machine, and in which precision.
#pragma once

#include <string>

#include "simd/kernels.h"

namespace pssglass {

enum class Simd { baseline, avx2, avx512 };

/// Mixed: forces between pairs in single precision from positions exact to 2⁻³² of the box, all else in
/// double.
enum class Precision { full, mixed };

/// Whether this build has the instruction set and this processor can run it.
bool supported(Simd simd);

/// The widest supported set, or the one that the environment variable PSSGLASS_SIMD names (baseline, avx2,
/// avx512). Trajectories are the same, bit for bit, under avx2 and avx512. Throws InvalidArgument for a name
/// that is unknown or not supported here.
Simd default_simd();

/// What the forces are computed by.
struct Execution {
  int threads = 1;
  Precision precision = Precision::full;
  Simd simd = default_simd();
};

/// Throws InvalidArgument unless supported.
const Kernels& kernels(Simd simd);

}  // namespace pssglass
