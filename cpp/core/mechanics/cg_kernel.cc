#include "mechanics/cg_kernel.h"

#include <algorithm>
#include <bit>

#include "simd/dispatch.h"
#include "simd/lanes.h"

namespace pssglass {
namespace {

/// Three components of the columns.
template <class V>
struct Triple {
  V x, y, z;
};

/// sum += A·v with A symmetric.
template <class V>
PSSGLASS_LANES void add_product(const SweepMatrix::Symmetric& a, const Triple<V>& v, Triple<V>& sum) {
  sum.x += a[0] * v.x + a[1] * v.y + a[2] * v.z;
  sum.y += a[1] * v.x + a[3] * v.y + a[4] * v.z;
  sum.z += a[2] * v.x + a[4] * v.y + a[5] * v.z;
}
/// v ← C⁻¹·v.
template <class V>
PSSGLASS_LANES void apply(const SweepMatrix::Lower& c, Triple<V>& v) {
  v.z = c[3] * v.x + c[4] * v.y + c[5] * v.z;
  v.y = c[1] * v.x + c[2] * v.y;
  v.x = c[0] * v.x;
}
/// v ← C⁻ᵀ·v.
template <class V>
PSSGLASS_LANES void apply_transposed(const SweepMatrix::Lower& c, Triple<V>& v) {
  v.x = c[0] * v.x + c[1] * v.y + c[3] * v.z;
  v.y = c[2] * v.y + c[4] * v.z;
  v.z = c[5] * v.z;
}

/// a/b, and 0 where b is not positive.
template <std::size_t width>
std::array<double, width> ratios(const std::array<double, width>& a, const std::array<double, width>& b) {
  std::array<double, width> out{};
  for (std::size_t c = 0; c < width; ++c)
    if (b[c] > 0) out[c] = a[c] / b[c];
  return out;
}

template <class V>
PSSGLASS_LANES Triple<V>* rows(AlignedVector<double>& v) {
  return reinterpret_cast<Triple<V>*>(v.data());
}

/// With the matrix scaled to C⁻¹·M·C⁻ᵀ = 1 + L + Lᵀ, the operator is S = (1 + L)⁻¹(1 + L + Lᵀ)(1 + Lᵀ)⁻¹. The
/// sweep back takes the direction p to t = (1 + Lᵀ)⁻¹p, which also gives the curvature p·S·p = t·(2p − t).
/// The sweep forth computes S·p = t + (1 + L)⁻¹(p − t) row by row and steps. `image` holds C⁻ᵀt, `scratch` p
/// − t and then C⁻ᵀ(1 + L)⁻¹(p − t).
template <int native, int width>
PSSGLASS_LANES void iterate(const SweepMatrix& matrix, CgState<width>& state) {
  using V = Lanes<native, width>;
  Triple<V>*const x = rows<V>(state.solution), *const r = rows<V>(state.residual);
  Triple<V>*const p = rows<V>(state.direction), *const t = rows<V>(state.image),
                  *const w = rows<V>(state.scratch);
  const int *const start = matrix.row_start.data(), *const columns = matrix.columns.data();
  const auto* const blocks = matrix.blocks.data();

  const V beta = std::bit_cast<V>(state.growth);
  V curvature{};
  for (std::size_t i = matrix.rows(); i-- > 0;) {
    p[i] = {r[i].x + beta * p[i].x, r[i].y + beta * p[i].y, r[i].z + beta * p[i].z};
    w[i] = t[i];
    apply(matrix.inverse_roots[i], w[i]);
    Triple<V> image{p[i].x - w[i].x, p[i].y - w[i].y, p[i].z - w[i].z};
    curvature += image.x * (p[i].x + w[i].x) + image.y * (p[i].y + w[i].y) + image.z * (p[i].z + w[i].z);
    apply_transposed(matrix.inverse_roots[i], image);
    t[i] = image;
    // Strictly descending, like the rows: otherwise the hardware does not prefetch the blocks.
    for (int k = start[i + 1]; k-- > start[i];) add_product(blocks[k], image, t[columns[k]]);
  }

  state.curvature = std::bit_cast<PerColumn<width>>(curvature);
  const V alpha = std::bit_cast<V>(ratios(state.norm2, state.curvature));
  V norm2{};
  for (std::size_t i = 0; i < matrix.rows(); ++i) {
    Triple<V> sum{};
    for (int k = start[i]; k < start[i + 1]; ++k) add_product(blocks[k], w[columns[k]], sum);
    apply(matrix.inverse_roots[i], sum);
    r[i].x -= alpha * (p[i].x - sum.x);
    r[i].y -= alpha * (p[i].y - sum.y);
    r[i].z -= alpha * (p[i].z - sum.z);
    norm2 += r[i].x * r[i].x + r[i].y * r[i].y + r[i].z * r[i].z;
    w[i] = {w[i].x - sum.x, w[i].y - sum.y, w[i].z - sum.z};
    apply_transposed(matrix.inverse_roots[i], w[i]);
    x[i].x += alpha * t[i].x;
    x[i].y += alpha * t[i].y;
    x[i].z += alpha * t[i].z;
    t[i] = Triple<V>{};
  }

  const auto reached = std::bit_cast<PerColumn<width>>(norm2);
  state.growth = ratios(reached, state.norm2);
  state.norm2 = reached;
}

#if defined(__x86_64__)
template <int width>
[[gnu::target("avx512f,avx512vl,avx512dq,fma")]] void iterate_avx512(const SweepMatrix& m,
                                                                     CgState<width>& s) {
  iterate<width, width>(m, s);
}
template <int width>
[[gnu::target("avx2,fma")]] void iterate_avx2(const SweepMatrix& m, CgState<width>& s) {
  iterate<std::min(4, width), width>(m, s);
}
#endif
template <int width>
void iterate_baseline(const SweepMatrix& m, CgState<width>& s) {
  iterate<std::min(2, width), width>(m, s);
}

}  // namespace

template <int width>
void cg_start(const SweepMatrix& matrix, CgState<width>& state) {
  using V = Lanes<std::min(2, width), width>;
  for (auto* zeros : {&state.solution, &state.direction, &state.image})
    std::fill(zeros->begin(), zeros->end(), 0.0);
  Triple<V>*const r = rows<V>(state.residual), *const w = rows<V>(state.scratch);
  V norm2{};
  for (std::size_t i = 0; i < matrix.rows(); ++i) {
    Triple<V> sum{};
    for (int k = matrix.row_start[i]; k < matrix.row_start[i + 1]; ++k)
      add_product(matrix.blocks[static_cast<std::size_t>(k)], w[matrix.columns[static_cast<std::size_t>(k)]],
                  sum);
    r[i] = {r[i].x - sum.x, r[i].y - sum.y, r[i].z - sum.z};
    apply(matrix.inverse_roots[i], r[i]);
    norm2 += r[i].x * r[i].x + r[i].y * r[i].y + r[i].z * r[i].z;
    w[i] = r[i];
    apply_transposed(matrix.inverse_roots[i], w[i]);
  }
  state.growth = {};
  state.norm2 = std::bit_cast<PerColumn<width>>(norm2);
}

template <int width>
void cg_iterate(const SweepMatrix& matrix, CgState<width>& state) {
#if defined(__x86_64__)
  static const Simd simd = default_simd();
  if (simd == Simd::avx512) return iterate_avx512<width>(matrix, state);
  if (simd == Simd::avx2) return iterate_avx2<width>(matrix, state);
#endif
  iterate_baseline<width>(matrix, state);
}

template void cg_start<1>(const SweepMatrix&, CgState<1>&);
template void cg_start<4>(const SweepMatrix&, CgState<4>&);
template void cg_start<8>(const SweepMatrix&, CgState<8>&);
template void cg_iterate<1>(const SweepMatrix&, CgState<1>&);
template void cg_iterate<4>(const SweepMatrix&, CgState<4>&);
template void cg_iterate<8>(const SweepMatrix&, CgState<8>&);

}  // namespace pssglass
