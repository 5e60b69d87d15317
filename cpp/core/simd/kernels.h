// The engine's inner loops: compiled once for each instruction set, chosen at run time (dispatch.h).
//
// Only raw pointers and plain structs cross this border, and no inline function that is not always inlined
// may be called behind it, so that no code compiled for one instruction set can be linked into another's
// path.
//
// A particle is a record of four doubles: x, y, z and a tag that names its species, or its diameter. Records
// stand in cell order; a particle's place in that order is its slot. Periodic copies ("ghosts") have records
// of their own, so the loops never take a minimum image. Offsets are counted in doubles: offset = 4 slot.
#pragma once

#include <cstddef>
#include <cstdint>

#include "potential/forms.h"

namespace pssglass {

inline constexpr int kMaxSpecies = 4;
inline constexpr int kMaxLanes = 8;

/// Potential as the kernels read it. Rows are indexed by species and padded; where lengths follow from
/// diameters there is one species.
struct PairTable {
  alignas(64) double inverse_length2[kMaxSpecies][8];
  alignas(64) double energy[kMaxSpecies][8];
  /// For positions as fractions of a cubic box: (length/2³²)²/λ² and energy at 2·species, and at 1 what
  /// stands for no particle, infinitely far from all.
  alignas(32) float fraction_scale[kMaxSpecies][8];
  alignas(32) float fraction_energy[kMaxSpecies][8];
  /// The numbers of the form, one of Forms.
  alignas(double) unsigned char form[largest_form(Forms{})];
  double q_cut;
  /// Of diameters: see Mixing; and (length/2³²)² for fractions of a cubic box.
  double nonadditivity, fraction_unit2;
  /// The tag of fractions that stand for no particle.
  std::int32_t no_particle;
  bool by_diameter;
  /// One energy for all pairs, and a form that has an arrangement for it: fewer operations.
  bool simple;
};

/// Up to `lanes` particles of one species, or class of diameters, whose neighbours are listed side by side:
/// entry m of lane k is at entries[begin + m·lanes + k]. Missing neighbours and missing particles point to
/// records far away.
struct Slice {
  std::int64_t begin;
  std::int32_t length, species;
  std::int32_t offsets[kMaxLanes];
};

/// Consecutive slices and the list they index. Reading up to kMaxLanes·kListSlack entries past the end is
/// safe.
struct ListSpan {
  const std::int32_t* entries;
  const Slice* slices;
  std::int64_t count;
};
inline constexpr int kListSlack = 32;

/// Sums over the pairs of a span, every pair counted from both sides.
struct Tally {
  double energy, virial[6], born;  // virial: Σ f⊗r as xx, yy, zz, xy, xz, yz
};

/// A run of consecutive particles, displaced by a lattice vector, and the offset of the first one's record.
struct Run {
  std::int64_t first;
  std::int32_t count, offset;
  float shift[3];
};

/// How far lists reach. Where pairs have lengths of their own, `factor`·(λ_i + λ_j)(1 − n_a|λ_i − λ_j|) +
/// beyond; else, and at most, as far as the pair of classes says: squared, and repeated every 4.
struct ListReach {
  float cutoff2[kMaxSpecies][16];
  float largest2[16];  // for each class
  float factor, nonadditivity, beyond;
  bool by_diameter;
};

/// Rows of raw neighbour offsets for the particles [first, first + count) of one cell. Arrays of candidates
/// have room for all runs and 16 more.
struct CellTask {
  const float *x, *y, *z, *diameters;  // of all particles, readable 16 beyond the end
  const std::int32_t* classes;         // likewise
  const Run* runs;                     // the cell and all around it
  std::int32_t run_count, class_count;
  std::int64_t first, count;
  const ListReach* reach;
  /// Of each: its diameter, or its squared list radius with every class.
  float *candidate_x, *candidate_y, *candidate_z, *candidate_reach;
  std::int64_t candidate_stride;  // from one class's radii to the next
  std::int32_t* candidates;
  std::uint16_t* masks;          // room for one of each vector of candidates
  std::int32_t *rows, *lengths;  // out: rows one behind the other; each is written up to 16 beyond its end
};

/// Consecutive points [begin, end).
struct Range {
  std::int64_t begin, end;
};

/// Points in reduced coordinates, and one of them whose neighbours in some ranges are asked for.
struct NearTask {
  const float *x, *y, *z;       // readable 16 beyond the end
  const std::int32_t* classes;  // likewise
  std::int64_t self;
  const Range* ranges;
  std::int64_t range_count;
  float edges[3], xy, xz, yz;  // of the box
  const float* reach2;         // [16]: squared, by the other's class, repeated every 4
  std::int32_t* out;           // four times the indices of those within reach; written up to 16 beyond
};

/// What moves particles [begin, end) by one step, up to the next force evaluation.
struct Motion {
  double *positions, *velocities;
  const double *forces, *reference;
  const std::uint32_t* ids;
  double kick;          // half a step over the mass
  std::int32_t kicks;   // 2 where the closing half kick of the step before is still due
  bool langevin;        // A–O–A with half steps instead of one drift
  bool tally;           // add up what O changes
  double drift;         // time of one drift
  double decay, noise;  // O: v ← decay·v + noise·ξ
  std::uint64_t seed, step;
  std::uint32_t stream;
};

/// The two largest squared displacements from the reference, and whether all are finite.
struct Displacement {
  double largest2, second2;
  bool finite;
  double heat = 0;  // change of Σv² by O, where a motion tallies it
};

/// Ghost records [target, target + count) repeat the records at source, displaced.
struct GhostBlock {
  std::int64_t source, target, count;
  double shift[3];
};

/// A tag that a particle may have, and the species that it stands for.
struct Candidate {
  double tag;
  std::int32_t species;
};

/// Rows of neighbours: row i is that of the record at 4 i, and its entries are offsets of records. Reading
/// kMaxLanes entries past the end of a row is safe.
struct RowTask {
  const double* records;
  const std::int32_t* entries;
  const std::int64_t* starts;  // count + 1
  std::int64_t count;
  double edges[3], inverse_edges[3], xy, xz, yz;  // of the box
  double* r2;  // out: of each entry's nearest image; written up to kMaxLanes beyond
};

/// One of these rows, of which those nearer than reach2 with a tag that is a number are asked for, and room
/// for kMaxLanes more of each.
struct GatherTask {
  const double* records;
  const std::int32_t* entries;
  const double* r2;
  std::int64_t count;
  double reach2;
  double *near2, *tags;  // out
};

/// Two particles that might exchange their tags, and the neighbours of each, the other left out. Arrays are
/// padded to a multiple of 8 with squared distances beyond every cutoff.
struct SwapTask {
  const double *r2[2], *tags[2];
  std::int64_t count[2];
  Candidate own[2];
};

/// Phases of some particles along three axes, times whole numbers, and the numbers of wave vectors.
struct WaveTask {
  /// Of each axis: cosines of n times the phases at 2 n count, behind them the sines.
  const double* phases[3];
  std::int64_t count;           // of particles, a multiple of kMaxLanes
  const std::int32_t* numbers;  // three for each wave vector
  std::int64_t waves;
  /// Of each wave vector, in and out: Σ of ccc, ccs, csc, css, scc, scs, ssc, sss.
  double* sums;
};

/// Sums over the pairs of a span for one form of potential.
struct PairKernels {
  /// Forces on the particles of the span as records (fourth component 0). `far` prefetches list entries.
  void (*forces)(const ListSpan&, const double* records, const PairTable&, bool far, double* forces);
  /// The same, and twice the energy.
  double (*forces_energy)(const ListSpan&, const double* records, const PairTable&, bool far, double* forces);
  /// Sums over lists with this many lanes. `fold` is 0, or the edge of a cubic box whose records have no
  /// ghosts.
  Tally (*observe)(const ListSpan&, int lanes, const double* records, const PairTable&, double fold);
  /// Forces in mixed precision, from positions as fractions of a cubic box with this edge.
  void (*mixed_forces)(const ListSpan&, const std::int32_t* fractions, const PairTable&, double length,
                       bool far, double* forces);
  /// Change of the energy if the two exchange their tags.
  double (*swap_energy)(const SwapTask&, const PairTable&);
};

struct Kernels {
  const char* name;
  /// Particles of a slice, in double and in mixed precision.
  int lanes, mixed_lanes;
  /// Two for each of Forms: lengths by species, and by diameters.
  const PairKernels (*pairs)[2];
  /// Records [begin, end) as four integers each: fractions of the box times 2³², modulo 2³², and 2·species or
  /// the bits of the diameter as a float.
  void (*pack)(const double* records, double length, bool by_diameter, std::int64_t begin, std::int64_t end,
               std::int32_t* fractions);
  /// Returns the number of entries written.
  std::int64_t (*build_rows)(const CellTask&);
  /// Returns the number of entries written.
  std::int64_t (*near)(const NearTask&);
  void (*measure_rows)(const RowTask&);
  /// Returns the number found.
  std::int64_t (*gather_row)(const GatherTask&);
  /// Lays `lanes` rows side by side, padded with `dummy` to a common length. Reads up to kMaxLanes beyond the
  /// rows and writes up to its square beyond the end.
  void (*interleave)(const std::int32_t* const* rows, const std::int32_t* lengths, std::int32_t length,
                     int lanes, std::int32_t dummy, std::int32_t* out);
  Displacement (*advance)(const Motion&, std::int64_t begin, std::int64_t end);
  /// Closing half kick; returns Σv².
  double (*kick)(double* velocities, const double* forces, double kick, std::int64_t begin, std::int64_t end);
  void (*scale)(double* velocities, double factor, std::int64_t begin, std::int64_t end);
  void (*copy_ghosts)(double* records, const GhostBlock* blocks, std::int64_t count);
  /// Three normals of each particle as records: those of random.h to rounding. Written up to `lanes` beyond.
  void (*normals)(std::uint64_t seed, std::uint32_t stream, std::uint64_t step, const std::uint32_t* ids,
                  std::int64_t count, double* out);
  void (*add_waves)(const WaveTask&);
  /// sin(x)/x of x = factor·√squared, the same bits under every instruction set. Reads and writes up to
  /// kMaxLanes beyond.
  void (*sine_over)(const double* squared, double factor, std::int64_t count, double* out);
};

}  // namespace pssglass
