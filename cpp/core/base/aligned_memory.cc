#include "base/aligned_memory.h"

#include <cstdlib>

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace pssglass {
namespace {

constexpr std::size_t kHugePage = std::size_t{1} << 21;
constexpr std::align_val_t kCacheLine{64};

/// Huge pages spare large arrays the address translation of every 4 kB and its first fault, and let
/// prefetching run on.
bool is_large(std::size_t bytes) { return bytes >= kHugePage / 2; }

}  // namespace

void* allocate_huge(std::size_t bytes) {
  const std::size_t whole = (bytes + kHugePage - 1) / kHugePage * kHugePage;
  void* pointer = std::aligned_alloc(kHugePage, whole);
  if (!pointer) throw std::bad_alloc();
#ifdef __linux__
  madvise(pointer, whole, MADV_HUGEPAGE);
#endif
  return pointer;
}

void* allocate_aligned(std::size_t bytes) {
  return is_large(bytes) ? allocate_huge(bytes) : ::operator new(bytes, kCacheLine);
}

void deallocate_aligned(void* pointer, std::size_t bytes) {
  if (is_large(bytes))
    std::free(pointer);
  else
    ::operator delete(pointer, kCacheLine);
}

}  // namespace pssglass
