#include <doctest/doctest.h>

#include <limits>
#include <set>

#include "models.h"
#include "particles/near_rows.h"

using namespace pssglass;
using namespace pssglass::test;

namespace {

constexpr Simd kSets[] = {Simd::baseline, Simd::avx2, Simd::avx512};
constexpr double kReach = 1.9;

/// Pairs of an index, which stands in the tag, and a squared distance.
using Near = std::set<std::pair<double, double>>;

Near of_rows(const NearRows& rows, std::size_t i, double reach) {
  std::vector<double> near2(rows.room()), tags(rows.room());
  const auto count =
      static_cast<std::size_t>(rows.gather(rows.place(i), reach * reach, near2.data(), tags.data()));
  Near out;
  for (std::size_t k = 0; k < count; ++k) out.insert({tags[k], near2[k]});
  CHECK(out.size() == count);
  return out;
}

void check(const NearRows& rows, const System& system, std::size_t i, double reach, std::size_t hidden) {
  const Near found = of_rows(rows, i, reach);
  auto next = found.begin();
  for (std::size_t j = 0; j < system.size(); ++j) {
    const Vec3 d = system.box.minimum_image(system.positions[j] - system.positions[i]);
    if (j == i || j == hidden || dot(d, d) >= reach * reach) continue;
    REQUIRE(next != found.end());
    CHECK(next->first == double(j));
    CHECK(next->second == doctest::Approx(dot(d, d)).epsilon(1e-13));
    ++next;
  }
  CHECK(next == found.end());
}

}  // namespace

TEST_CASE("rows have all neighbours within reach, but for those whose tag is no number") {
  for (const Simd simd : kSets) {
    if (!supported(simd)) continue;
    for (const double tilt : {0.0, 0.3})
      for (const int per_side : {4, 6}) {  // few and more cells
        System system = jittered_lattice(per_side, 0.2, 4);
        const double edge = system.box.lx();
        system.box = Box(edge, edge, 1.1 * edge, tilt, -tilt, 0.5 * tilt);
        NearRows rows(kReach, simd);
        rows.find(system.box, system.positions);
        const std::size_t hidden = 7;
        for (std::size_t i = 0; i < system.size(); ++i) rows.tag(rows.place(i)) = double(i);
        rows.tag(rows.place(hidden)) = std::numeric_limits<double>::quiet_NaN();
        for (std::size_t i = 0; i < system.size(); ++i)
          for (const double reach : {1.0, 1.5, kReach}) check(rows, system, i, reach, hidden);
      }
  }
}
