// Scratch memory, aligned to cache lines and never cleared.
#pragma once

#include <cstddef>
#include <cstdint>
#include <new>
#include <utility>

namespace remy {

constexpr std::size_t kCacheLine = 64;

template <class T>
class Buffer {
 public:
  Buffer() = default;
  explicit Buffer(std::int64_t size) { resize(size); }
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;
  Buffer(Buffer&& other) noexcept { *this = std::move(other); }
  Buffer& operator=(Buffer&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(capacity_, other.capacity_);
    return *this;
  }
  ~Buffer() { release(); }

  // Room for `size` values; what was there is lost when the buffer has to grow.
  T* resize(std::int64_t size) {
    if (size > capacity_) {
      release();
      data_ = static_cast<T*>(::operator new(static_cast<std::size_t>(size) * sizeof(T), std::align_val_t(kCacheLine)));
      capacity_ = size;
    }
    return data_;
  }

  T* data() const { return data_; }

 private:
  void release() {
    if (data_ != nullptr) ::operator delete(data_, std::align_val_t(kCacheLine));
    data_ = nullptr;
    capacity_ = 0;
  }

  T* data_ = nullptr;
  std::int64_t capacity_ = 0;
};

}  // namespace remy
