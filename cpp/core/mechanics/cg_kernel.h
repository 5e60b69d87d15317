// The inner loop of CgSolver, once for each instruction set.
#pragma once

#include <array>
#include <vector>

#include "base/aligned_memory.h"

namespace pssglass {

/// Symmetric matrix of symmetric 3×3 blocks in block rows: the blocks left of the diagonal, and the inverse
/// Cholesky factors of those on it.
struct SweepMatrix {
  using Symmetric = std::array<double, 6>;  ///< xx xy xz yy yz zz
  using Lower = std::array<double, 6>;      ///< xx yx yy zx zy zz

  std::vector<int> row_start{0}, columns;
  std::vector<Symmetric> blocks;
  std::vector<Lower> inverse_roots;

  std::size_t rows() const { return inverse_roots.size(); }
};

template <int width>
using PerColumn = std::array<double, static_cast<std::size_t>(width)>;

/// Conjugate gradients on `width` columns at once, the columns' entries adjacent.
template <int width>
struct CgState {
  explicit CgState(std::size_t block_rows)
      : solution(3 * block_rows * width, 0.0),
        residual(solution),
        direction(solution),
        image(solution),
        scratch(solution) {}

  AlignedVector<double> solution, residual, direction, image, scratch;
  PerColumn<width> norm2{};      ///< of the preconditioned residuals
  PerColumn<width> growth{};     ///< β: how much of the last direction the next one keeps
  PerColumn<width> curvature{};  ///< of the last directions; not positive only where the matrix is not
};

/// Starts anew from state.residual = b, whose columns it preconditions.
template <int width>
void cg_start(const SweepMatrix& matrix, CgState<width>& state);

/// One iteration of every column.
template <int width>
void cg_iterate(const SweepMatrix& matrix, CgState<width>& state);

}  // namespace pssglass
