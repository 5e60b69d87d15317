// Swap Monte Carlo: two particles exchange their diameters, or their species. Grigera and Parisi,
// doi:10.1103/PhysRevE.63.045102; with molecular dynamics Berthier, Flenner, Fullerton, Scalliet and Singh,
// doi:10.1088/1742-5468/ab1910.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <vector>

#include "base/aligned_memory.h"
#include "particles/near_rows.h"
#include "particles/system.h"
#include "simd/dispatch.h"

namespace pssglass {

struct SwapSettings {
  std::int64_t every = 1;     ///< steps from one block of attempts to the next
  std::int64_t attempts = 0;  ///< in a block
  /// Pairs whose diameters differ by more are not drawn.
  double largest_difference = std::numeric_limits<double>::infinity();
};

/// Attempts and what came of them; by the difference of the diameters, in equal parts of the largest that
/// there is. Species have one part.
struct SwapRecord {
  static constexpr std::size_t kParts = 10;
  std::array<std::int64_t, kParts> attempts{}, accepted{};
  double largest_difference = 0;  ///< the upper end of the last part
  double seconds = 0;
};

/// Blocks of attempts in one system. Pairs that differ, by no more than the bound, are drawn with equal
/// probability; the Metropolis criterion accepts by the change of the energies of both.
class SwapMoves {
 public:
  /// Throws InvalidArgument for settings out of bounds, or where no two particles differ.
  SwapMoves(const System& system, const Potential& potential, Simd simd, const SwapSettings& settings,
            double temperature);

  /// One block at these positions: exchanges `species` and `diameters` of the system. Random numbers are a
  /// function of (seed, step). Returns the change of the energy, and adds to the record.
  double run(System& system, std::uint64_t seed, std::uint64_t step, SwapRecord& record);

 private:
  bool are_alike(const System& system, std::size_t i, std::size_t j) const;
  double reach2(const System& system, std::size_t i, std::size_t j) const;
  /// Change of the energy if the two exchange what they are; that of their own pair stays.
  double change(const System& system, std::size_t i, std::size_t j);
  /// Neighbours of i but for j and those beyond the reach, padded. Returns their number.
  std::int64_t gather(std::size_t i, std::size_t j, double reach2, std::size_t which);
  double difference(const System& system, std::size_t i, std::size_t j) const;

  Potential potential_;
  SwapSettings settings_;
  double temperature_;
  const PairKernels* kernels_;
  PairTable table_;
  Diameters extent_;
  NearRows rows_;
  AlignedVector<double> near2_[2], near_tags_[2];  // of the two that might exchange
};

}  // namespace pssglass
