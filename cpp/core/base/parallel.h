// Threads. The only file that includes <omp.h>; results never depend on the number of threads.
#pragma once

#include <omp.h>

#include <algorithm>
#include <cstddef>
#include <vector>

namespace pssglass {

/// Particles per block of a reduction: fixed, so that sums do not depend on the number of threads.
inline constexpr std::size_t kBlock = 256;

inline int available_threads() { return omp_get_max_threads(); }

/// While one lives, parallel regions that this thread starts run on it alone.
class SerialRegions {
 public:
  SerialRegions() { omp_set_max_active_levels(0); }
  ~SerialRegions() { omp_set_max_active_levels(before_); }
  SerialRegions(const SerialRegions&) = delete;
  SerialRegions& operator=(const SerialRegions&) = delete;

 private:
  int before_ = omp_get_max_active_levels();
};

/// Calls body(begin, end, block) for consecutive blocks of [0, count), blocks spread over the threads.
template <class Body>
void for_blocks(std::size_t count, int threads, Body&& body, std::size_t block = kBlock) {
  const auto blocks = static_cast<std::ptrdiff_t>((count + block - 1) / block);
#pragma omp parallel for schedule(static) num_threads(threads) if (threads > 1)
  for (std::ptrdiff_t b = 0; b < blocks; ++b) {
    const std::size_t begin = static_cast<std::size_t>(b) * block;
    body(begin, std::min(begin + block, count), static_cast<std::size_t>(b));
  }
}

/// Sum of partial(begin, end) over fixed-size blocks, added in block order.
template <class T, class Partial>
T ordered_sum(std::size_t count, int threads, Partial&& partial, std::size_t block = kBlock) {
  std::vector<T> sums((count + block - 1) / block);
  for_blocks(
      count, threads,
      [&](std::size_t begin, std::size_t end, std::size_t b) { sums[b] = partial(begin, end); }, block);
  T total{};
  for (const T& sum : sums) total += sum;
  return total;
}

}  // namespace pssglass
