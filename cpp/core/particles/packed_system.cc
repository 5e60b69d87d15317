#include "particles/packed_system.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "base/parallel.h"
#include "particles/pair_scales.h"
#include "particles/valid_positions.h"
#include "simd/pair_table.h"

namespace pssglass {
namespace {

/// Above this many particles records no longer stay in the second-level cache: list entries are prefetched.
constexpr std::int64_t kFar = 20000;

/// Brings values by slot into a new order; `spare` keeps the room for the next time.
template <class T>
void permute(std::vector<T>& values, std::vector<T>& spare, const std::vector<std::uint32_t>& permutation,
             int threads) {
  spare.resize(values.size());
  for_blocks(permutation.size(), threads, [&](std::size_t begin, std::size_t end, std::size_t) {
    for (std::size_t k = begin; k < end; ++k) spare[k] = values[permutation[k]];
  });
  values.swap(spare);
}

/// Lists hold four times a slot as a 32-bit integer.
constexpr std::int64_t kMostSlots = (std::int64_t{1} << 29) - kMaxLanes;

/// Longest lead of a particle, in skins: two such are not yet outdated.
constexpr double kFarthestLead = 0.45;

const System& checked(const System& system, const Potential& potential, double skin,
                      const Execution& execution) {
  validate(system, potential);
  if (execution.precision == Precision::mixed)
    validate_mixed(system.box, longest_cutoff(system, potential) + skin);
  if (!(skin > 0) || !std::isfinite(skin))
    throw InvalidArgument("skin must be positive and finite, got " + std::to_string(skin));
  if (execution.threads < 1)
    throw InvalidArgument("number of threads must be at least 1, got " + std::to_string(execution.threads));
  return system;
}

}  // namespace

double tag_of(const System& system, std::size_t particle) {
  return system.diameters.empty() ? species_tag(system.species[particle]) : system.diameters[particle];
}

void validate_mixed(const Box& box, double reach) {
  if (box.lx() != box.ly() || box.ly() != box.lz() || box.xy() != 0 || box.xz() != 0 || box.yz() != 0)
    throw InvalidArgument("mixed precision needs a cubic box: use double");
  box.require_cutoff(reach);
}

PackedSystem::PackedSystem(const System& system, const Potential& potential, double skin,
                           const Execution& execution)
    : PackedSystem(checked(system, potential, skin, execution), potential, size_classes(system, potential),
                   skin, execution) {}

PackedSystem::PackedSystem(const System& system, const Potential& potential, const SizeClasses& classes,
                           double skin, const Execution& execution)
    : box_(system.box),
      list_box_(box_),
      count_(static_cast<std::int64_t>(system.size())),
      cutoff_(longest_cutoff(system, potential)),
      skin_(skin),
      allowance_(skin),
      mixed_(execution.precision == Precision::mixed),
      threads_(execution.threads),
      kernels_(&pssglass::kernels(execution.simd)),
      pair_kernels_(&kernels_->pairs[potential.form()][potential.mixing() ? 1 : 0]),
      table_(pair_table(potential, box_.lx())),
      form_memory_(potential.memory()),
      cells_(box_, cutoff_ + skin, count_),
      lists_(box_, potential, classes, skin,
             {kernels_, mixed_ ? kernels_->mixed_lanes : kernels_->lanes, mixed_, execution.threads}),
      ids_(system.size() + kMaxLanes),
      classes_(classes.of.begin(), classes.of.end()),
      images_(system.size()),
      cell_of_(system.size()),
      keys_(system.size()) {
  const std::size_t n = system.size();
  for (std::size_t k = 0; k < n; ++k) ids_[k] = static_cast<std::uint32_t>(k);
  records_.resize(4 * (n + 2));
  reference_.resize(4 * n);
  forces_.resize(4 * (n + 2));
  for (std::size_t k = 0; k < n; ++k) records_[4 * k + 3] = tag_of(system, k);
  if (mixed_) fractions_.assign(4 * (n + 2), table_.no_particle);
  load(system.positions);
  rebuild();
}

Displacement PackedSystem::load(const Vectors& positions) {
  if (static_cast<std::int64_t>(positions.size()) != count_)
    throw InvalidArgument("got " + std::to_string(positions.size()) + " positions for " +
                          std::to_string(count_) + " particles");
  const double limit2 = farthest2(box_);
  Displacement out{0, 0, true};
  for (std::int64_t k = 0; k < size(); ++k) {
    const auto slot = static_cast<std::size_t>(k);
    const Vec3 lattice_vector = box_.cartesian(lattice(k));
    const Vec3 r = positions[ids_[slot]] - lattice_vector;
    if (!(dot(r, r) < limit2)) refuse_position(ids_[slot], positions[ids_[slot]]);
    double* record = &records_[4 * slot];
    const double* from = &reference_[4 * slot];
    record[0] = r.x, record[1] = r.y, record[2] = r.z;
    const Vec3 d{r.x - from[0], r.y - from[1], r.z - from[2]};
    const double d2 = dot(d, d);
    out.second2 = std::max(out.second2, std::min(out.largest2, d2));
    out.largest2 = std::max(out.largest2, d2);
  }
  return out;
}

Displacement PackedSystem::displacement() const {
  Displacement out{0, 0, true};
  for (std::size_t k = 0; k < static_cast<std::size_t>(count_); ++k) {
    const double *r = &records_[4 * k], *from = &reference_[4 * k];
    const Vec3 d{r[0] - from[0], r[1] - from[1], r[2] - from[2]};
    const double d2 = dot(d, d);
    out.second2 = std::max(out.second2, std::min(out.largest2, d2));
    out.largest2 = std::max(out.largest2, d2);
    out.finite = out.finite && std::isfinite(d2);
  }
  return out;
}

bool PackedSystem::outdated(const Displacement& d) const {
  return !d.finite || !(std::sqrt(d.largest2) + std::sqrt(d.second2) <= allowance_);
}

void PackedSystem::dilate(const Box& box) {
  box.require_cutoff(cutoff_);
  if (!is_dilated()) built_reference_.assign(reference_.begin(), reference_.end());
  const double by = box.lx() / box_.lx(), since_built = box.lx() / list_box_.lx();
  box_ = box;
  for_blocks(static_cast<std::size_t>(count_), threads_,
             [&](std::size_t begin, std::size_t end, std::size_t) {
               for (std::size_t k = 4 * begin; k < 4 * end; ++k) {
                 if (k % 4 == 3) continue;  // the tag
                 records_[k] *= by;
                 reference_[k] = built_reference_[k] * since_built;
               }
             });
  // Lists hold what was closer than cutoff + skin when they were built.
  allowance_ = since_built * skin_ - std::max(0.0, 1 - since_built) * cutoff_;
  cells_.dilate(box_);
  if (mixed_) set_edge(table_, box_.lx());
}

void PackedSystem::set_skin(double skin) {
  if (mixed_) validate_mixed(box_, cutoff_ + skin);
  skin_ = skin;
  cells_ = GhostCells(box_, cutoff_ + skin, count_);
  lists_.set_reach(box_, skin);
}

void PackedSystem::relabel(const System& system, const Potential& potential) {
  const SizeClasses classes = size_classes(system, potential);
  for (std::size_t k = 0; k < static_cast<std::size_t>(count_); ++k) {
    records_[4 * k + 3] = tag_of(system, ids_[k]);
    classes_[k] = classes.of[ids_[k]];
  }
}

void PackedSystem::rebuild(const Lead& lead) {
  anticipate(lead);
  wrap();
  sort();
  apply_permutation();
  const std::int64_t missing = count_, slots = cells_.populate(starts_, missing + 2);
  if (slots > kMostSlots)
    throw InvalidArgument(std::to_string(slots) + " particles and periodic copies, at most " +
                          std::to_string(kMostSlots) + " can be listed: use fewer particles");
  if (!mixed_) records_.resize(static_cast<std::size_t>(4 * slots));
  // Two records far away from everything and from each other: no neighbour and no particle.
  const double far = 1e3 * (1 + box_.lx() + box_.ly() + box_.lz());
  for (int k = 0; k < 2; ++k) {
    double* record = &records_[static_cast<std::size_t>(4 * (missing + k))];
    record[0] = record[1] = record[2] = (k + 1) * far;
    record[3] = records_[3];
  }
  update_copies();
  lists_.build(cells_, starts_, reference_.data(), classes_, missing);
  list_box_ = box_;
  allowance_ = skin_;
  ++rebuilds_;
}

/// Sets the reference. No particle is sent so far ahead that the lists would be outdated now.
void PackedSystem::anticipate(const Lead& lead) {
  if (lead.velocities == nullptr) {
    std::copy_n(records_.begin(), reference_.size(), reference_.begin());
    return;
  }
  const double farthest = kFarthestLead * skin_;
  for_blocks(
      static_cast<std::size_t>(count_), threads_, [&](std::size_t begin, std::size_t end, std::size_t) {
        for (std::size_t k = begin; k < end; ++k) {
          const double *v = lead.velocities + 4 * k, *f = &forces_[4 * k];
          const Vec3 way{lead.time * v[0] + lead.push * f[0], lead.time * v[1] + lead.push * f[1],
                         lead.time * v[2] + lead.push * f[2]};
          const double part = farthest / std::max(farthest, std::sqrt(dot(way, way)));
          const double* from = &records_[4 * k];
          double* to = &reference_[4 * k];
          to[0] = from[0] + part * way.x, to[1] = from[1] + part * way.y, to[2] = from[2] + part * way.z;
          to[3] = from[3];
        }
      });
}

void PackedSystem::wrap() {
  // Rounding may put a wrapped particle on the upper face, from where it is wrapped once more: what is inside
  // stays as it is, so that a list rebuilt from its own reference is the same list.
  const auto inside = [](const Vec3& s) {
    return s.x >= -0.5 && s.x < 0.5 && s.y >= -0.5 && s.y < 0.5 && s.z >= -0.5 && s.z < 0.5;
  };
  const Vec3 inverse{1 / box_.lx(), 1 / box_.ly(), 1 / box_.lz()};
  const auto fractional = [&](const Vec3& r) {
    const double y = r.y - box_.yz() * r.z;
    return Vec3{(r.x - box_.xy() * y - box_.xz() * r.z) * inverse.x, y * inverse.y, r.z * inverse.z};
  };
  for_blocks(static_cast<std::size_t>(count_), threads_,
             [&](std::size_t begin, std::size_t end, std::size_t) {
               for (std::size_t k = begin; k < end; ++k) {
                 double *expected = &reference_[4 * k], *record = &records_[4 * k];
                 Vec3 r{expected[0], expected[1], expected[2]};
                 Vec3 s = fractional(r);
                 if (!inside(s)) {
                   Image moved;
                   for (int round = 0; round < 3 && !inside(s); ++round)
                     s = fractional(r = box_.wrap(r, moved));
                   expected[0] = r.x, expected[1] = r.y, expected[2] = r.z;
                   const Vec3 by = box_.cartesian({double(moved.x), double(moved.y), double(moved.z)});
                   record[0] -= by.x, record[1] -= by.y, record[2] -= by.z;
                   Image& image = images_[k];
                   image.x += moved.x, image.y += moved.y, image.z += moved.z;
                 }
                 cell_of_[k] = static_cast<std::int32_t>(cells_.grid().locate(s));
                 keys_[k] = static_cast<std::uint64_t>(classes_[k]) << 32 | ids_[k];
               }
             });
}

/// Cell by cell; within a cell by class, then by id: an order that depends on the positions alone.
void PackedSystem::sort() {
  cells_.grid().sort(cell_of_, starts_, permutation_);
  // Particles hardly change cells between rebuilds: what is nearly sorted is inserted.
  for_blocks(starts_.size() - 1, threads_, [&](std::size_t begin, std::size_t end, std::size_t) {
    for (std::size_t c = begin; c < end; ++c)
      for (std::int64_t k = starts_[c] + 1; k < starts_[c + 1]; ++k) {
        const std::uint32_t moved = permutation_[static_cast<std::size_t>(k)];
        std::int64_t at = k;
        for (; at > starts_[c] && keys_[permutation_[static_cast<std::size_t>(at - 1)]] > keys_[moved]; --at)
          permutation_[static_cast<std::size_t>(at)] = permutation_[static_cast<std::size_t>(at - 1)];
        permutation_[static_cast<std::size_t>(at)] = moved;
      }
  });
}

void PackedSystem::apply_permutation() {
  permute_records(records_);
  permute_records(reference_);
  permute(ids_, spare_ids_, permutation_, threads_);
  permute(classes_, spare_classes_, permutation_, threads_);
  permute(images_, spare_images_, permutation_, threads_);
}

void PackedSystem::permute_records(AlignedVector<double>& records) {
  spare_.resize(static_cast<std::size_t>(4 * count_));
  const auto n = static_cast<std::size_t>(count_);
  for_blocks(n, threads_, [&](std::size_t begin, std::size_t end, std::size_t) {
    for (std::size_t k = begin; k < end; ++k)
      std::memcpy(&spare_[4 * k], &records[4 * std::size_t{permutation_[k]}], 4 * sizeof(double));
  });
  for_blocks(n, threads_, [&](std::size_t begin, std::size_t end, std::size_t) {
    std::memcpy(&records[4 * begin], &spare_[4 * begin], 4 * sizeof(double) * (end - begin));
  });
}

void PackedSystem::update_copies() {
  if (mixed_) {
    for_blocks(
        static_cast<std::size_t>(count_), threads_, [&](std::size_t begin, std::size_t end, std::size_t) {
          kernels_->pack(records_.data(), box_.lx(), table_.by_diameter, static_cast<std::int64_t>(begin),
                         static_cast<std::int64_t>(end), fractions_.data());
        });
  } else {
    const auto& ghosts = cells_.ghosts();
    for_blocks(ghosts.size(), threads_, [&](std::size_t begin, std::size_t end, std::size_t) {
      kernels_->copy_ghosts(records_.data(), ghosts.data() + begin, static_cast<std::int64_t>(end - begin));
    });
  }
}

void PackedSystem::compute_forces() {
  const bool far = count_ > kFar;
  for_blocks(
      static_cast<std::size_t>(lists_.windows()), threads_,
      [&](std::size_t, std::size_t, std::size_t w) {
        const ListSpan list = lists_.window(static_cast<std::int64_t>(w));
        if (mixed_)
          pair_kernels_->mixed_forces(list, fractions_.data(), table_, box_.lx(), far, forces_.data());
        else
          pair_kernels_->forces(list, records_.data(), table_, far, forces_.data());
      },
      1);
}

double PackedSystem::compute_forces_energy() {
  const auto windows = static_cast<std::size_t>(lists_.windows());
  return 0.5 * ordered_sum<double>(
                   windows, threads_,
                   [&](std::size_t w, std::size_t) {
                     return pair_kernels_->forces_energy(lists_.window(static_cast<std::int64_t>(w)),
                                                         records_.data(), table_, count_ > kFar,
                                                         forces_.data());
                   },
                   1);
}

PairSums PackedSystem::compute_sums() {
  std::vector<Tally> tallies(static_cast<std::size_t>(lists_.windows()));
  for_blocks(
      tallies.size(), threads_,
      [&](std::size_t, std::size_t, std::size_t w) {
        tallies[w] = pair_kernels_->observe(lists_.window(static_cast<std::int64_t>(w)), lists_.lanes(),
                                            records_.data(), table_, mixed_ ? box_.lx() : 0);
      },
      1);
  PairSums sums;
  for (const Tally& t : tallies) {
    sums.energy += 0.5 * t.energy;
    sums.born_shear += 0.5 * t.born;
    sums.stress += {t.virial[0], t.virial[1], t.virial[2], t.virial[3], t.virial[4], t.virial[5]};
  }
  sums.stress *= 0.5 / box_.volume();
  sums.born_shear /= box_.volume();
  return sums;
}

Vec3 PackedSystem::record(std::int64_t slot) const {
  const double* r = &records_[static_cast<std::size_t>(4 * slot)];
  return {r[0], r[1], r[2]};
}

Vec3 PackedSystem::force(std::int64_t slot) const {
  const double* f = &forces_[static_cast<std::size_t>(4 * slot)];
  return {f[0], f[1], f[2]};
}

}  // namespace pssglass
