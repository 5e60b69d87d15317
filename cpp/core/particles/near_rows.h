// The neighbours of every particle and their distances, at one set of positions.
#pragma once

#include <vector>

#include "base/aligned_memory.h"
#include "particles/box.h"
#include "simd/dispatch.h"

namespace pssglass {

class NearRows {
 public:
  NearRows(double reach, Simd simd) : reach_(reach), kernels_(&kernels(simd)) {}

  /// The box must be twice as wide as the reach. Rows depend on the positions alone.
  void find(const Box& box, const Vectors& positions);

  std::size_t size() const { return places_.size(); }
  /// Where a particle stands in the order of cells.
  std::size_t place(std::size_t particle) const { return places_[particle]; }
  /// Of the particle at a place, for the caller to set: it goes with its neighbours.
  double& tag(std::size_t place) { return records_[4 * place + 3]; }

  /// Neighbours of the one at a place that are nearer than reach2, which is within the reach, and whose tag
  /// is a number: squared distances and tags. Returns their number.
  std::int64_t gather(std::size_t place, double reach2, double* near2, double* tags) const;
  /// Room that gathering a row may need.
  std::size_t room() const { return longest_ + kMaxLanes; }

 private:
  double reach_;
  const Kernels* kernels_;
  std::vector<std::size_t> places_;
  AlignedVector<double> records_;  // in the order of cells
  std::vector<std::int64_t> starts_;
  std::vector<std::int32_t> entries_;
  std::vector<double> r2_;
  std::size_t longest_ = 0;
};

}  // namespace pssglass
