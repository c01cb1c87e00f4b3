#pragma once
/// Writes what Weights & Biases writes offline, from the published description: for tests to read.

#include <zlib.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rung {

class WandbFileBuilder {
 public:
  using Items = std::vector<std::pair<std::string, std::string>>;  // key, JSON

  void add_run(const std::string& id, const std::string& name) {
    add_record(field(17, field(1, id) + field(8, name)));
  }
  void add_config(const Items& items) { add_record(field(5, fields_of(items))); }
  void add_summary(const Items& items) { add_record(field(3, fields_of(items))); }
  void add_history(std::uint64_t step, const Items& items) {
    add_record(field(2, fields_of(items) + field(2, varint(1 << 3) + varint(step))));
  }
  const std::string& bytes() const { return bytes_; }

 private:
  static std::string varint(std::uint64_t value) {
    std::string bytes;
    for (; value >= 0x80; value >>= 7) bytes += static_cast<char>((value & 0x7f) | 0x80);
    return bytes + static_cast<char>(value);
  }
  static std::string field(std::uint64_t number, std::string_view bytes) {
    return varint(number << 3 | 2) + varint(bytes.size()) + std::string(bytes);
  }
  static std::string fields_of(const Items& items) {
    std::string fields;
    for (const auto& [key, json] : items) fields += field(1, field(1, key) + field(16, json));
    return fields;
  }

  void add_fragment(int type, std::string_view bytes) {
    const char kind = static_cast<char>(type);
    uLong crc = crc32(0, reinterpret_cast<const Bytef*>(&kind), 1);
    crc = crc32(crc, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uInt>(bytes.size()));
    for (int i = 0; i < 4; ++i) bytes_ += static_cast<char>(crc >> (8 * i));
    for (int i = 0; i < 2; ++i) bytes_ += static_cast<char>(bytes.size() >> (8 * i));
    bytes_ += kind;
    bytes_ += bytes;
  }

  void add_record(std::string_view record) {
    constexpr std::size_t kBlock = 32768, kHeader = 7;
    for (bool is_first = true;; is_first = false) {
      std::size_t room = kBlock - bytes_.size() % kBlock;
      if (room < kHeader) {
        bytes_.append(room, '\0');
        room = kBlock;
      }
      const std::size_t n = std::min(record.size(), room - kHeader);
      const bool is_last = n == record.size();
      add_fragment(is_first ? (is_last ? 1 : 2) : (is_last ? 4 : 3), record.substr(0, n));
      record.remove_prefix(n);
      if (is_last) return;
    }
  }

  std::string bytes_{":W&B\xe1\xbe\0", 7};
};

}  // namespace rung
