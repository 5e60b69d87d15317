#include <doctest/doctest.h>

#include <array>

#include "particles/cells.h"

using namespace pssglass;

namespace {

const Box kLiquid(17.1, 17.1, 17.1, 0, 0, 0), kDilute(1e5, 1e5, 1e5, 0, 0, 0), kSlab(1e5, 2e5, 3, 0, 0, 0),
    kNeedle(3, 3, 1e9, 0, 0, 0);

}  // namespace

TEST_CASE("cells are no more than some for each particle, however large the box") {
  for (const Box& box : {kDilute, kSlab, kNeedle})
    for (const std::int64_t particles : {1, 1000}) {
      const CellGrid grid(box, 1.8, particles), wrapping = CellGrid::wrapping(box, 0.9, particles);
      for (const CellGrid* one : {&grid, &wrapping}) {
        CHECK(one->size() <= 8 * particles);
        CHECK(one->size() > particles);
      }
      for (const int count : wrapping.counts()) CHECK((count == 1 || count >= 3));
    }
}

TEST_CASE("cells of a liquid are as narrow as the reach allows") {
  const CellGrid grid(kLiquid, 1.7, 3000);
  CHECK(grid.counts() == std::array{10, 10, 10});
  CHECK(CellGrid::wrapping(kLiquid, 1.7, 3000).counts() == std::array{10, 10, 10});
}
