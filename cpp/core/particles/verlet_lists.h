// Verlet lists in slices: particles with about equally many neighbours side by side, one in each SIMD lane
// (the sliced ELLPACK format of sparse matrices, Kreutzer et al., doi:10.1137/130930352).
#pragma once

#include "base/aligned_memory.h"
#include "particles/ghost_cells.h"
#include "particles/pair_scales.h"

namespace pssglass {

/// How lists are made for the kernels that read them.
struct ListLayout {
  const Kernels* kernels;
  int lanes;    ///< particles of one class that a slice holds
  bool folded;  ///< ghosts are listed as the particles that they repeat: the kernel takes nearest images
  int threads;
};

/// For every particle all neighbours closer than the pair's cutoff plus the skin, in an order that depends on
/// the positions alone.
class VerletLists {
 public:
  VerletLists(const Box& box, const Potential& potential, const SizeClasses& classes, double skin,
              const ListLayout& layout);

  /// Of the lists built from now on.
  void set_reach(const Box& box, double skin);

  /// Lists of the n particles whose records stand in the order of the populated cells. `missing` is the slot
  /// of the record far away that stands for no neighbour; the one after it stands for no particle.
  void build(const GhostCells& cells, const std::vector<std::int64_t>& starts, const double* records,
             const std::vector<std::int32_t>& classes, std::int64_t missing);

  /// Lists are built and used in windows of consecutive particles, the unit of work of a thread.
  int lanes() const { return lanes_; }
  std::int64_t windows() const { return static_cast<std::int64_t>(windows_.size()); }
  ListSpan window(std::int64_t w) const;

  /// Entries stored, padding included.
  std::int64_t entries() const;

 private:
  /// What one thread builds and later reads.
  struct Share {
    AlignedVector<std::int32_t> entries;
    std::int64_t used = 0;
    std::vector<Slice> slices;
    // Scratch of one cell and one window.
    std::vector<Run> runs;
    AlignedVector<float> candidates;
    AlignedVector<std::int32_t> candidate_offsets, rows, lengths;
    std::vector<std::uint16_t> masks;
    std::vector<std::int32_t> begins, order, buckets;
  };
  struct Window {
    std::size_t share, first_slice, slices;
  };

  void copy_coordinates(const double* records, std::int64_t begin, std::int64_t end);
  void build_window(Share& share, const GhostCells& cells, const std::vector<std::int64_t>& starts,
                    std::int64_t begin, std::int64_t end);
  std::int64_t build_cell(Share& share, std::int64_t first, std::int64_t count, std::int32_t* lengths,
                          std::int64_t used);
  void sort_window(Share& share, std::int64_t begin, std::int64_t count) const;
  void slice_window(Share& share, std::int64_t begin, std::int64_t count) const;

  const Kernels* kernels_;
  int lanes_;
  bool folded_;
  int threads_, class_count_;
  std::vector<double> cutoffs_;  // of pairs of classes
  ListReach reach_{};
  std::array<std::vector<float>, 4> coordinates_;  // and the diameters
  std::vector<std::int32_t> classes_;
  std::int32_t missing_ = 0;
  std::vector<Share> shares_;
  std::vector<Window> windows_;
};

}  // namespace pssglass
