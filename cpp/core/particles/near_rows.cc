#include "particles/near_rows.h"

#include <algorithm>

#include "particles/near_pairs.h"

namespace pssglass {

void NearRows::find(const Box& box, const Vectors& positions) {
  const std::size_t n = positions.size();
  NearPairSearch search(box, positions, std::vector<int>(n), {reach_});
  starts_.assign(1, 0), entries_.clear();
  longest_ = 0;
  search.for_rows([&](std::size_t, const std::int32_t* offsets, std::size_t count) {
    entries_.insert(entries_.end(), offsets, offsets + count);
    starts_.push_back(static_cast<std::int64_t>(entries_.size()));
    longest_ = std::max(longest_, count);
  });
  entries_.insert(entries_.end(), kMaxLanes, 0);
  r2_.resize(entries_.size());
  records_.resize(4 * n), places_.resize(n);
  for (std::size_t k = 0; k < n; ++k) {
    const std::size_t particle = search.ids()[k];
    const Vec3& r = positions[particle];
    places_[particle] = k;
    records_[4 * k] = r.x, records_[4 * k + 1] = r.y, records_[4 * k + 2] = r.z, records_[4 * k + 3] = 0;
  }
  kernels_->measure_rows({records_.data(),
                          entries_.data(),
                          starts_.data(),
                          static_cast<std::int64_t>(n),
                          {box.lx(), box.ly(), box.lz()},
                          {1 / box.lx(), 1 / box.ly(), 1 / box.lz()},
                          box.xy(),
                          box.xz(),
                          box.yz(),
                          r2_.data()});
}

std::int64_t NearRows::gather(std::size_t place, double reach2, double* near2, double* tags) const {
  const auto begin = static_cast<std::size_t>(starts_[place]);
  return kernels_->gather_row({records_.data(), &entries_[begin], &r2_[begin],
                               starts_[place + 1] - starts_[place], reach2, near2, tags});
}

}  // namespace pssglass
