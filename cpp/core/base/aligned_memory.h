// Arrays that start on a cache line, as the kernels' vector loads need; large ones in huge pages where the
// system offers them.
#pragma once

#include <cstddef>
#include <new>
#include <vector>

namespace pssglass {

/// Memory in huge pages, for free() to return.
void* allocate_huge(std::size_t bytes);
/// Storage for the vectors below.
void* allocate_aligned(std::size_t bytes);
void deallocate_aligned(void* pointer, std::size_t bytes);

template <class T>
struct CacheLineAllocator {
  using value_type = T;

  CacheLineAllocator() = default;
  template <class U>
  CacheLineAllocator(const CacheLineAllocator<U>&) {}

  T* allocate(std::size_t count) { return static_cast<T*>(allocate_aligned(count * sizeof(T))); }
  void deallocate(T* pointer, std::size_t count) { deallocate_aligned(pointer, count * sizeof(T)); }
  friend bool operator==(const CacheLineAllocator&, const CacheLineAllocator&) { return true; }
};

template <class T>
using AlignedVector = std::vector<T, CacheLineAllocator<T>>;

}  // namespace pssglass
