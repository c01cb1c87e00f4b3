#pragma once
/// TensorFlow's record files and the fields of protocol buffers: what event files are made of.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace rung {

/// The check sum of record files: CRC-32C, rotated and shifted.
std::uint32_t masked_crc32c(std::string_view bytes);

/// The whole records of a file: length, its check sum, bytes, their check sum. What is cut off or
/// damaged ends them.
struct Records {
  std::vector<std::string_view> records;
  std::optional<std::size_t> broken_at;  // the byte where the next record would begin
  bool is_cut_off = false;               // the file ends there, too early
};
Records read_records(std::string_view content);

/// Walks over the fields of one message.
class ProtoFields {
 public:
  explicit ProtoFields(std::string_view message) : left_(message) {}

  /// Goes to the next field; false at the end, and where the rest is no message.
  bool next();

  int number() const { return number_; }
  /// Of a variable-length, 64-bit or 32-bit field; 0 for others.
  std::uint64_t bits() const { return bits_; }
  double as_double() const;
  double as_float() const;
  /// Of a field with a length; empty for others.
  std::string_view bytes() const { return bytes_; }

 private:
  bool read_varint(std::uint64_t& value);
  bool read_fixed(std::size_t n_bytes);
  bool read_bytes();

  std::string_view left_;
  int number_ = 0;
  std::uint64_t bits_ = 0;
  std::string_view bytes_;
};

}  // namespace rung
