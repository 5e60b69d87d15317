// Particles packed for the kernels: records in cell order, ghosts behind them, Verlet lists over both.
#pragma once

#include "particles/system.h"
#include "particles/verlet_lists.h"
#include "simd/dispatch.h"

namespace pssglass {

/// What the record of a particle says of its species or size.
double tag_of(const System& system, std::size_t particle);

/// Throws InvalidArgument unless the box is cubic, BoxTooSmall unless it is twice as wide as the lists reach.
void validate_mixed(const Box& box, double reach);

/// Energy, stress and Born term of one configuration.
struct PairSums {
  double energy = 0;
  /// Σ_pairs f⊗r / V, positive for repulsion.
  Tensor stress;
  /// U_γγ / V, the mean over the six simple shears of the coordinate planes.
  double born_shear = 0;
};

/// A time ahead, and what tells where the particles will be then.
struct Lead {
  const double* velocities = nullptr;  // by slot, none for no lead
  double time = 0;
  double push = 0;  // displacement by a unit force
};

/// Owns the records of one system's particles. Slots change with every rebuild, ids (the caller's order)
/// never do.
class PackedSystem {
 public:
  /// Throws as validate(system, potential) does, and InvalidArgument for a non-positive skin, more than
  /// kMaxSpecies species or threads < 1; in mixed precision as validate_mixed(box, cutoff + skin) does.
  PackedSystem(const System& system, const Potential& potential, double skin,
               const Execution& execution = {});

  std::int64_t size() const { return count_; }
  double skin() const { return skin_; }
  const Box& box() const { return box_; }
  /// The box that the lists were built in.
  const Box& list_box() const { return list_box_; }
  int threads() const { return threads_; }
  const Kernels& kernels() const { return *kernels_; }
  const VerletLists& lists() const { return lists_; }

  double* records() { return records_.data(); }
  const double* records() const { return records_.data(); }
  const double* reference() const { return reference_.data(); }
  const double* forces() const { return forces_.data(); }
  /// The reference as the lists were built for it, in their box.
  const double* built_reference() const { return is_dilated() ? built_reference_.data() : reference(); }
  /// Id of the particle in each slot, readable kMaxLanes beyond the end.
  const std::uint32_t* ids() const { return ids_.data(); }
  /// How often the particle in each slot was wrapped: position = record + images.
  const Image& image(std::int64_t slot) const { return images_[static_cast<std::size_t>(slot)]; }

  /// Sets records to positions (by id) less the lattice vectors of the images. Returns how far they lie from
  /// the reference. Throws InvalidArgument where a position is not finite.
  Displacement load(const Vectors& positions);
  /// How far the records lie from the reference.
  Displacement displacement() const;
  /// Whether pairs might be missing from the lists.
  bool outdated(const Displacement& displacement) const;

  /// Changes the box for one of the same shape, and dilates records and reference with it about the origin.
  /// Cutoffs stay, so lists may be outdated afterwards. Throws BoxTooSmall for less than two cutoffs.
  void dilate(const Box& box);
  bool is_dilated() const { return box_.lx() != list_box_.lx(); }
  /// Of the lists built from now on. Throws as the constructor does where the box has become too small.
  void set_skin(double skin);

  /// Other species or diameters of the particles, the same set of them; lists are outdated afterwards.
  void relabel(const System& system, const Potential& potential);

  /// Wraps the particles, sorts them into cells, places the ghosts and builds the lists, all by the positions
  /// expected after `lead`, the reference. Slot k then holds what slot permutation()[k] held before.
  void rebuild(const Lead& lead = {});
  const std::vector<std::uint32_t>& permutation() const { return permutation_; }
  /// Brings other records of the particles, such as velocities, into the order of the last rebuild.
  void permute_records(AlignedVector<double>& records);
  std::int64_t rebuilds() const { return rebuilds_; }

  /// Ghosts, or fractions in mixed precision, must follow the records before any of the sums below.
  void update_copies();
  void compute_forces();
  /// In full precision only.
  double compute_forces_energy();
  PairSums compute_sums();

  /// Record of a slot, and the position in the caller's images.
  Vec3 record(std::int64_t slot) const;
  Vec3 position(std::int64_t slot) const { return record(slot) + box_.cartesian(lattice(slot)); }
  Vec3 force(std::int64_t slot) const;

 private:
  PackedSystem(const System& system, const Potential& potential, const SizeClasses& classes, double skin,
               const Execution& execution);
  Vec3 lattice(std::int64_t slot) const {
    const Image& m = image(slot);
    return {double(m.x), double(m.y), double(m.z)};
  }
  void anticipate(const Lead& lead);
  void wrap();
  void sort();
  void apply_permutation();

  Box box_, list_box_;
  std::int64_t count_;
  double cutoff_, skin_;
  /// How far two particles together may have moved from the reference.
  double allowance_;
  bool mixed_;
  int threads_;
  const Kernels* kernels_;
  const PairKernels* pair_kernels_;
  PairTable table_;
  std::shared_ptr<const void> form_memory_;
  GhostCells cells_;
  VerletLists lists_;
  AlignedVector<double> records_, reference_, built_reference_, forces_, spare_;
  AlignedVector<std::int32_t> fractions_;
  std::vector<std::uint32_t> ids_, spare_ids_, permutation_;
  std::vector<std::int32_t> classes_, spare_classes_;  // of size, by slot
  std::vector<Image> images_, spare_images_;
  std::vector<std::int32_t> cell_of_;
  std::vector<std::int64_t> starts_;
  std::vector<std::uint64_t> keys_;  // of sorting within cells, by slot
  std::int64_t rebuilds_ = 0;
};

}  // namespace pssglass
