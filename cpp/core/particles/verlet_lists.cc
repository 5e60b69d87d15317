#include "particles/verlet_lists.h"

#include <algorithm>

#include "base/parallel.h"

namespace pssglass {
namespace {

/// Particles of a window. Larger ones fill the lanes better, smaller ones share out better.
constexpr std::int64_t kWindow = 512;
/// Vector loads and stores may run this far past the end of an array.
constexpr std::int64_t kSlack = 16;

/// Ensures room without shrinking, with some to spare so that growth is rare.
template <class Array>
void ensure(Array& array, std::int64_t size) {
  if (static_cast<std::int64_t>(array.size()) < size) array.resize(static_cast<std::size_t>(size + size / 4));
}

}  // namespace

VerletLists::VerletLists(const Box& box, const Potential& potential, const SizeClasses& classes, double skin,
                         const ListLayout& layout)
    : kernels_(layout.kernels),
      lanes_(layout.lanes),
      folded_(layout.folded),
      threads_(layout.threads),
      class_count_(classes.count),
      cutoffs_(classes.reach) {
  reach_.by_diameter = potential.mixing().has_value();
  if (reach_.by_diameter) {
    reach_.factor = static_cast<float>(0.5 * std::sqrt(potential.q_cut()) * (1 + 1e-6));
    reach_.nonadditivity = static_cast<float>(potential.mixing()->nonadditivity);
  }
  set_reach(box, skin);
}

void VerletLists::set_reach(const Box& box, double skin) {
  // Distances are tested in single precision, from coordinates as large as the box: the margin covers it.
  const double extent = box.lx() + box.ly() * (1 + std::abs(box.xy())) +
                        box.lz() * (1 + std::abs(box.xz()) + std::abs(box.yz()));
  const double margin = 4e-7 * extent;
  std::fill(std::begin(reach_.largest2), std::end(reach_.largest2), 0.0f);
  for (int a = 0; a < class_count_; ++a)
    for (int b = 0; b < class_count_; ++b) {
      const double radius = cutoffs_[static_cast<std::size_t>(a * class_count_ + b)] + skin + margin;
      const auto radius2 = static_cast<float>(radius * radius * (1 + 1e-6));
      for (int repeat = b; repeat < 16; repeat += kMaxSpecies) {
        reach_.cutoff2[a][repeat] = radius2;
        reach_.largest2[repeat] = std::max(reach_.largest2[repeat], radius2);
      }
    }
  reach_.beyond = static_cast<float>((skin + margin) * (1 + 1e-6));
}

void VerletLists::build(const GhostCells& cells, const std::vector<std::int64_t>& starts,
                        const double* records, const std::vector<std::int32_t>& classes,
                        std::int64_t missing) {
  const auto n = static_cast<std::int64_t>(classes.size());
  missing_ = static_cast<std::int32_t>(4 * missing);
  classes_.assign(classes.begin(), classes.end());
  classes_.resize(static_cast<std::size_t>(n + kSlack));
  for (auto& c : coordinates_) c.resize(static_cast<std::size_t>(n + kSlack));
  for_blocks(static_cast<std::size_t>(n), threads_, [&](std::size_t begin, std::size_t end, std::size_t) {
    copy_coordinates(records, static_cast<std::int64_t>(begin), static_cast<std::int64_t>(end));
  });

  const std::int64_t count = (n + kWindow - 1) / kWindow;
  const std::int64_t each = (count + threads_ - 1) / threads_;
  windows_.resize(static_cast<std::size_t>(count));
  shares_.resize(static_cast<std::size_t>((count + each - 1) / each));
  for_blocks(
      static_cast<std::size_t>(count), threads_,
      [&](std::size_t first, std::size_t last, std::size_t s) {
        Share& share = shares_[s];
        share.used = 0;
        share.slices.clear();
        for (std::size_t w = first; w < last; ++w) {
          const std::size_t before = share.slices.size();
          const auto begin = static_cast<std::int64_t>(w) * kWindow;
          build_window(share, cells, starts, begin, std::min(begin + kWindow, n));
          windows_[w] = {s, before, share.slices.size() - before};
        }
        const std::int64_t tail = kListSlack * kMaxLanes;
        ensure(share.entries, share.used + tail);
        std::fill_n(share.entries.begin() + share.used, tail, missing_);
      },
      static_cast<std::size_t>(each));
}

void VerletLists::copy_coordinates(const double* records, std::int64_t begin, std::int64_t end) {
  for (std::int64_t i = begin; i < end; ++i)
    for (std::size_t axis = 0; axis < (reach_.by_diameter ? 4 : 3); ++axis)
      coordinates_[axis][static_cast<std::size_t>(i)] =
          static_cast<float>(records[4 * i + static_cast<int>(axis)]);
}

void VerletLists::build_window(Share& share, const GhostCells& cells, const std::vector<std::int64_t>& starts,
                               std::int64_t begin, std::int64_t end) {
  ensure(share.lengths, kWindow);
  const auto after = std::upper_bound(starts.begin(), starts.end(), begin);
  std::int64_t used = 0;
  for (std::int64_t cell = after - starts.begin() - 1; cell < cells.grid().size(); ++cell) {
    const std::int64_t first = std::max(begin, starts[static_cast<std::size_t>(cell)]);
    const std::int64_t last = std::min(end, starts[static_cast<std::size_t>(cell) + 1]);
    if (first >= end) break;
    if (first >= last) continue;
    cells.runs_around(cell, folded_, share.runs);
    used += build_cell(share, first, last - first, share.lengths.data() + (first - begin), used);
  }
  sort_window(share, begin, end - begin);
  slice_window(share, begin, end - begin);
}

std::int64_t VerletLists::build_cell(Share& share, std::int64_t first, std::int64_t count,
                                     std::int32_t* lengths, std::int64_t used) {
  std::int64_t bound = kSlack;
  for (const Run& run : share.runs) bound += run.count;
  const std::int64_t stride = bound + kSlack;
  const int columns = reach_.by_diameter ? 1 : class_count_;
  ensure(share.candidates, (3 + columns) * stride);
  ensure(share.candidate_offsets, stride);
  ensure(share.masks, stride);
  ensure(share.rows, used + count * stride);
  float* c = share.candidates.data();
  CellTask task;
  task.x = coordinates_[0].data();
  task.y = coordinates_[1].data();
  task.z = coordinates_[2].data();
  task.diameters = coordinates_[3].data();
  task.classes = classes_.data();
  task.runs = share.runs.data();
  task.run_count = static_cast<std::int32_t>(share.runs.size());
  task.class_count = class_count_;
  task.first = first;
  task.count = count;
  task.reach = &reach_;
  task.candidate_x = c;
  task.candidate_y = c + stride;
  task.candidate_z = c + 2 * stride;
  task.candidate_reach = c + 3 * stride;
  task.candidate_stride = stride;
  task.candidates = share.candidate_offsets.data();
  task.masks = share.masks.data();
  task.rows = share.rows.data() + used;
  task.lengths = lengths;
  return kernels_->build_rows(task);
}

/// Orders the window's particles by class and then by number of neighbours, as a counting sort.
void VerletLists::sort_window(Share& share, std::int64_t begin, std::int64_t count) const {
  const auto n = static_cast<std::size_t>(count);
  const std::int32_t longest = *std::max_element(share.lengths.begin(), share.lengths.begin() + count);
  const auto key = [&](std::size_t k) {
    const std::int32_t own = classes_[static_cast<std::size_t>(begin) + k];
    return static_cast<std::size_t>(own * (longest + 1) + share.lengths[k]);
  };
  share.buckets.assign(static_cast<std::size_t>(class_count_ * (longest + 1)) + 1, 0);
  share.begins.resize(n);
  share.order.resize(n);
  std::int32_t offset = 0;
  for (std::size_t k = 0; k < n; ++k) {
    share.begins[k] = offset;
    offset += share.lengths[k];
    ++share.buckets[key(k) + 1];
  }
  for (std::size_t b = 1; b < share.buckets.size(); ++b) share.buckets[b] += share.buckets[b - 1];
  for (std::size_t k = 0; k < n; ++k)
    share.order[static_cast<std::size_t>(share.buckets[key(k)]++)] = static_cast<std::int32_t>(k);
}

void VerletLists::slice_window(Share& share, std::int64_t begin, std::int64_t count) const {
  for (std::int64_t k = 0; k < count;) {
    const auto particle = [&](std::int64_t at) { return share.order[static_cast<std::size_t>(at)]; };
    const auto class_at = [&](std::int64_t at) {
      return classes_[static_cast<std::size_t>(begin + particle(at))];
    };
    Slice slice{share.used, 0, class_at(k), {}};
    const std::int32_t* rows[kMaxLanes];
    std::int32_t lengths[kMaxLanes];
    int filled = 0;
    for (; filled < lanes_ && k < count && class_at(k) == slice.species; ++filled, ++k) {
      const auto p = static_cast<std::size_t>(particle(k));
      rows[filled] = share.rows.data() + share.begins[p];
      lengths[filled] = share.lengths[p];
      slice.offsets[filled] = static_cast<std::int32_t>(4 * (begin + particle(k)));
      slice.length = std::max(slice.length, lengths[filled]);
    }
    for (; filled < lanes_; ++filled) {
      rows[filled] = share.rows.data();
      lengths[filled] = 0;
      slice.offsets[filled] = missing_ + 4;
    }
    const std::int64_t size = std::int64_t{slice.length} * lanes_;
    ensure(share.entries, share.used + size + kListSlack * kMaxLanes);
    kernels_->interleave(rows, lengths, slice.length, lanes_, missing_, share.entries.data() + share.used);
    share.used += size;
    share.slices.push_back(slice);
  }
}

ListSpan VerletLists::window(std::int64_t w) const {
  const Window& window = windows_[static_cast<std::size_t>(w)];
  const Share& share = shares_[window.share];
  return {share.entries.data(), share.slices.data() + window.first_slice,
          static_cast<std::int64_t>(window.slices)};
}

std::int64_t VerletLists::entries() const {
  std::int64_t total = 0;
  for (const Share& share : shares_) total += share.used;
  return total;
}

}  // namespace pssglass
