#include "potential/table.h"

#include <algorithm>
#include <string>

#include "base/aligned_memory.h"
#include "base/error.h"

namespace pssglass {
namespace {

struct Rows {
  AlignedVector<double> full;
  AlignedVector<float> single;
};

/// φ and its derivatives by t at a node.
struct Node {
  double f, g, k;
};

/// Of the polynomial of fifth order in t that has these values at t = −1/2 and 1/2.
void write_row(double* row, const Node& a, const Node& b, double width) {
  const double sum = 0.5 * (a.f + b.f), tilt = 0.5 * (b.f - a.f);
  const double G = 0.5 * (b.g - a.g), H = 0.5 * (a.g + b.g), K = 0.5 * (a.k + b.k), L = 0.5 * (b.k - a.k);
  const double c4 = 0.5 * (K - 2 * G), c2 = 0.25 * (6 * G - K), c0 = sum - 0.25 * c2 - 0.0625 * c4;
  const double c5 = L - 6 * H + 12 * tilt, c3 = (L - 2.5 * c5) / 3, c1 = H - 0.25 * L + 0.3125 * c5;
  const double push = -2 / width;
  const double values[] = {push * c1, push * 2 * c2, push * 3 * c3, push * 4 * c4, push * 5 * c5, c0};
  std::copy(std::begin(values), std::end(values), row);
}

/// The parabola through the first node, about a point half a width before it.
void write_parabola(double* row, const Node& first, double width) {
  row[0] = -2 / width * (first.g - 0.5 * first.k);
  row[1] = -2 / width * first.k;
  row[5] = first.f - 0.5 * first.g + 0.125 * first.k;
}

}  // namespace

Stored<Table> Table::from(const std::array<std::vector<double>, 3>& values) {
  const double q_first = values[0][0], q_cut = values[1][0];
  const std::vector<double>& nodes = values[2];
  const std::size_t count = nodes.size() / 3;
  if (nodes.size() % 3 != 0 || count < 2 || count > kMaxNodes)
    throw InvalidArgument("nodes has " + std::to_string(nodes.size()) +
                          " entries: give three for each of 2 to " + std::to_string(kMaxNodes) + " nodes");
  if (!std::all_of(nodes.begin(), nodes.end(), [](double x) { return std::isfinite(x); }))
    throw InvalidArgument("nodes must be finite numbers");
  if (!(q_first >= 0 && q_first < q_cut && std::isfinite(q_cut)))
    throw InvalidArgument("q_first = " + std::to_string(q_first) +
                          " must not be negative, and below q_cut = " + std::to_string(q_cut));
  const std::size_t cells = count - 1;
  const double width = (q_cut - q_first) / static_cast<double>(cells);
  const auto node = [&](std::size_t k) {
    return Node{nodes[3 * k], width * nodes[3 * k + 1], width * width * nodes[3 * k + 2]};
  };
  const auto rows = std::make_shared<Rows>();
  rows->full.resize(kRow * count);
  write_parabola(rows->full.data(), node(0), width);
  for (std::size_t k = 0; k < cells; ++k) write_row(&rows->full[kRow * (k + 1)], node(k), node(k + 1), width);
  for (const double value : rows->full) rows->single.push_back(static_cast<float>(value));
  return {{rows->full.data(), rows->single.data(), static_cast<double>(cells), 1 / width,
           0.5 - q_first / width, width, q_cut},
          rows};
}

}  // namespace pssglass
