#include <doctest/doctest.h>

#include <cmath>

#include "dynamics/displacements.h"
#include "liquid.h"

using namespace pssglass;
using namespace pssglass::test;

namespace {

constexpr std::size_t kParticles = 700;  // two whole blocks and a part of one

/// Displacements of all lengths up to `largest`, and where they end.
std::pair<Vectors, Vectors> moved(double largest) {
  Vectors before(kParticles), after(kParticles);
  for (std::size_t i = 0; i < kParticles; ++i) {
    const auto id = static_cast<std::uint32_t>(i);
    const auto a = normals(3, kVelocities, 0, id), b = normals(3, kVelocities, 1, id);
    const double size = largest * static_cast<double>(i) / kParticles;
    before[i] = Vec3{a[0], a[1], a[2]} * 5;
    after[i] = before[i] + Vec3{b[0], b[1], b[2]} * size + Vec3{7, -1, 2};
  }
  return {before, after};
}

Species alternating() {
  Species species(kParticles);
  for (std::size_t i = 0; i < kParticles; ++i) species[i] = i % 3 == 0 ? 1 : 0;
  return species;
}

/// As the definitions say.
std::vector<DisplacementSums> plain(const Vectors& before, const Vectors& after, const Species& species,
                                    const DisplacementScales& scales) {
  Vec3 mean;
  for (std::size_t i = 0; i < before.size(); ++i)
    mean += (after[i] + before[i] * -1.0) * (1.0 / static_cast<double>(before.size()));
  std::vector<DisplacementSums> sums(2);
  for (std::size_t i = 0; i < before.size(); ++i) {
    const double r = norm(after[i] + before[i] * -1.0 + mean * -1.0), kr = scales.wave_number * r;
    DisplacementSums& own = sums[static_cast<std::size_t>(species[i])];
    own.squared += r * r;
    own.quartic += r * r * r * r;
    own.overlap += r < scales.overlap_distance ? 1 : 0;
    own.scattering += kr > 0 ? std::sin(kr) / kr : 1;
  }
  return sums;
}

/// Largest distance of unwrapped positions from where a state with its images has the particles.
double distance(const Vectors& unwrapped, const SimulationState& state, const Box& box) {
  double farthest = 0;
  for (std::size_t i = 0; i < unwrapped.size(); ++i) {
    const Image& image = state.images[i];
    const Vec3 place =
        state.positions[i] + box.cartesian({double(image.x), double(image.y), double(image.z)});
    farthest = std::max(farthest, norm(place + unwrapped[i] * -1.0));
  }
  return farthest;
}

}  // namespace

TEST_CASE("sums of displacements are those of the definitions, by species, without the mean motion") {
  const Species species = alternating();
  for (const double largest : {0.1, 3.0, 3e4}) {
    const auto [before, after] = moved(largest);
    const DisplacementScales scales{7.1, 0.3};
    const auto found = displacement_sums(before, after, species, 2, scales);
    const auto expected = plain(before, after, species, scales);
    for (std::size_t s = 0; s < 2; ++s) {
      CHECK(found[s].squared == doctest::Approx(expected[s].squared).epsilon(1e-12));
      CHECK(found[s].quartic == doctest::Approx(expected[s].quartic).epsilon(1e-12));
      CHECK(found[s].overlap == expected[s].overlap);
      CHECK(std::abs(found[s].scattering - expected[s].scattering) < 1e-10);
    }
  }
}

TEST_CASE("particles that have not moved are all where they were") {
  const Vectors still = moved(1.0).first;
  const auto found = displacement_sums(still, still, Species(kParticles), 1, {7.1, 0.3});
  CHECK(found[0].squared == 0);
  CHECK(found[0].overlap == kParticles);
  CHECK(found[0].scattering == kParticles);
}

TEST_CASE("displacements of what does not match are refused") {
  const auto [before, after] = moved(1.0);
  const Species species = alternating();
  CHECK_THROWS_AS(displacement_sums(before, Vectors(3), species, 2, {7.1, 0.3}), InvalidArgument);
  CHECK_THROWS_AS(displacement_sums(before, after, species, 1, {7.1, 0.3}), InvalidArgument);
  CHECK_THROWS_AS(displacement_sums(before, after, species, 2, {0, 0.3}), InvalidArgument);
  CHECK_THROWS_AS(displacement_sums(before, after, species, 2, {7.1, -1}), InvalidArgument);
}

TEST_CASE("frames are unwrapped positions, the same however a run is cut and by any number of threads") {
  const Liquid start = liquid(1.5, 6, 3.0);
  Simulation whole = start.simulation();
  RunSettings asked = settings(900, 0.003, Thermostat::langevin, 3.0);
  asked.frames = {0, 1, 300, 301, 900};
  whole.run(asked);
  const Frames frames = whole.frames();
  REQUIRE(frames.positions.size() == 5);

  SimulationState state = start.state;
  std::vector<Vectors> cut;
  for (const auto& part : {std::vector<std::int64_t>{0, 1, 300}, {1}, {300}}) {
    Simulation next{start.system.box, start.potential, state, 1, 7, {2}};
    RunSettings third = settings(300, 0.003, Thermostat::langevin, 3.0);
    third.frames = part;
    next.run(third);
    cut.insert(cut.end(), next.frames().positions.begin(), next.frames().positions.end());
    state = next.state();
  }
  CHECK(cut == frames.positions);

  CHECK(distance(frames.positions[0], start.state, start.system.box) < 1e-12);
  CHECK(distance(frames.positions[4], state, start.system.box) < 1e-12);
  const bool has_crossed = state.images != start.state.images;
  CHECK(has_crossed);
}

TEST_CASE("frames outside of a run are refused") {
  Simulation simulation = liquid(1.5, 5, 3.0, 10).simulation();
  for (const auto& frames : {std::vector<std::int64_t>{-1}, {11}, {3, 3}}) {
    RunSettings asked = settings(10, 0.003, Thermostat::langevin, 3.0);
    asked.frames = frames;
    CHECK_THROWS_AS(simulation.run(asked), InvalidArgument);
  }
}
