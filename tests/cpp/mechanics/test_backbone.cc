#include <doctest/doctest.h>

#include "mechanics/backbone.h"

using namespace pssglass;

namespace {

/// A pair at distance 1 that pushes with this force.
Pair pushing(int i, int j, double force = 1) { return {{i, j, {1, 0, 0}, 1}, {force / 2, -force, 3}}; }

Pairs sorted(Pairs pairs) {
  std::sort(pairs.begin(), pairs.end(),
            [](const Pair& a, const Pair& b) { return std::pair(a.i, a.j) < std::pair(b.i, b.j); });
  return pairs;
}

/// Particles first … first + 4, each in contact with all others of them.
void add_five(Pairs& pairs, int first) {
  for (int i = first; i < first + 5; ++i)
    for (int j = i + 1; j < first + 5; ++j) pairs.push_back(pushing(i, j));
}

}  // namespace

TEST_CASE("four neighbours that push are enough, and three are not") {
  Pairs pairs;
  add_five(pairs, 1);
  CHECK(Backbone(6, pairs).rattlers() == std::vector<int>{0});
  for (int j : {1, 2, 3}) pairs.push_back(pushing(0, j));
  CHECK(Backbone(6, sorted(pairs)).rattlers() == std::vector<int>{0});
  pairs.push_back(pushing(0, 4));
  CHECK(Backbone(6, sorted(pairs)).is_whole());
}

TEST_CASE("contacts with rattlers do not count, however many there are in a row") {
  Pairs pairs;
  add_five(pairs, 0);
  // Each of the next has three neighbours before it and one behind it.
  for (int i = 5; i < 9; ++i)
    for (int j : {0, 1, i - 1}) pairs.push_back(pushing(std::min(i, j), std::max(i, j)));
  CHECK(Backbone(9, sorted(pairs)).rattlers() == std::vector<int>{5, 6, 7, 8});

  Pairs cluster;  // of four that touch each other, and of one that touches two of them
  add_five(cluster, 0);
  for (int i = 5; i < 9; ++i)
    for (int j = i + 1; j < 9; ++j) cluster.push_back(pushing(i, j));
  for (int i : {5, 6}) cluster.push_back(pushing(i, 9));
  CHECK(Backbone(10, sorted(cluster)).rattlers() == std::vector<int>{5, 6, 7, 8, 9});
}

TEST_CASE("where nothing holds, all are rattlers") {
  CHECK(Backbone(3, {}).size() == 0);
  CHECK(Backbone(3, {pushing(0, 1), pushing(1, 2)}).rattlers() == std::vector<int>{0, 1, 2});
}

TEST_CASE("an attraction holds alone, also at the bottom of its well") {
  const Pair well{{0, 1, {1, 0, 0}, 1}, {-1, 0, 57}}, stretched{{1, 2, {1, 0, 0}, 1}, {1e-3, 0.1, 5}};
  CHECK(Backbone(4, {well, stretched}).rattlers() == std::vector<int>{3});
}

TEST_CASE("remainders of a quench are no forces") {
  Pairs pairs;
  add_five(pairs, 0);
  for (int j : {0, 1, 2, 3}) pairs.push_back(pushing(j, 5, 1e-8));
  const double max_force = 1e-9;
  const ForceFloor floor = force_floor(sorted(pairs), max_force);
  CHECK(floor.pair == doctest::Approx(1e-6 * 10 / 14));
  CHECK(floor.particle == doctest::Approx(100 * max_force));
  CHECK(Backbone(6, sorted(pairs), floor).rattlers() == std::vector<int>{5});
  CHECK_FALSE(Backbone(6, sorted(pairs), floor).has_loaded_rattlers());
  // Weak contacts of a particle that others press hold it, too.
  pairs.push_back(pushing(4, 5, 1));
  for (Pair& pair : pairs)
    if (pair.j == 5 && pair.i < 4) pair = pushing(pair.i, 5, 1e-5);
  CHECK(Backbone(6, sorted(pairs), floor).is_whole());
}

TEST_CASE("forces that do not balance tell nothing") {
  const Pairs pairs{pushing(0, 1, 1e-9)};
  CHECK_FALSE(bears_load(pairs, 1e-9));
  CHECK(force_floor(pairs, 1e-9).particle == 0);
  CHECK_FALSE(bears_load({}, 0));
}

TEST_CASE("a rattler under load is noticed") {
  Pairs pairs;
  add_five(pairs, 0);
  for (int j : {0, 1}) pairs.push_back(pushing(j, 5));
  const Backbone squeezed(6, sorted(pairs), force_floor(pairs, 1e-12));
  CHECK(squeezed.rattlers() == std::vector<int>{5});
  CHECK(squeezed.has_loaded_rattlers());
}

TEST_CASE("backbone particles keep their order, and rattlers have zeros") {
  Pairs pairs;
  add_five(pairs, 1);
  pairs.push_back(pushing(3, 6));
  const Backbone backbone(7, sorted(pairs));
  CHECK(backbone.rattlers() == std::vector<int>{0, 6});
  CHECK(backbone.size() == 5);
  CHECK(backbone.number(0) == Backbone::kRattler);
  CHECK(backbone.number(5) == 4);
  const Pairs inner = backbone.inner(sorted(pairs));
  REQUIRE(inner.size() == 10);
  CHECK(inner.front().i == 0);
  CHECK(inner.back().j == 4);
  const Matrix columns = Matrix::Random(21, 2), restricted = backbone.restricted(columns);
  CHECK(restricted == columns.middleRows(3, 15));
  CHECK(backbone.extended(restricted).middleRows(3, 15) == restricted);
  CHECK(backbone.extended(restricted).topRows(3).norm() == 0);
  CHECK(backbone.extended(restricted).bottomRows(3).norm() == 0);
}
