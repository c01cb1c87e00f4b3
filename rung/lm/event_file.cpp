#include "rung/lm/event_file.hpp"

#include <bit>
#include <chrono>

#include "rung/data/reader/tfrecord.hpp"
#include "rung/system/append_file.hpp"
#include "rung/system/file.hpp"

namespace rung::lm {
namespace {

// Protocol buffers: a field's number and kind, then its value. Event: wall_time (1), step (2),
// file_version (3), summary (5). Summary: values (1). Value: tag (1), simple_value (2).
enum class Kind { varint = 0, fixed64 = 1, bytes = 2, fixed32 = 5 };

std::string little_endian(std::uint64_t value, int n_bytes) {
  std::string bytes;
  for (int i = 0; i < n_bytes; ++i) bytes += static_cast<char>(value >> (8 * i) & 0xff);
  return bytes;
}

std::string varint(std::uint64_t value) {
  std::string bytes;
  for (; value >= 0x80; value >>= 7) bytes += static_cast<char>((value & 0x7f) | 0x80);
  return bytes + static_cast<char>(value);
}

std::string tag_of(int field, Kind kind) {
  return varint(static_cast<std::uint64_t>(field) << 3 | static_cast<std::uint64_t>(kind));
}

std::string bytes_field(int field, const std::string& bytes) {
  return tag_of(field, Kind::bytes) + varint(bytes.size()) + bytes;
}

std::string wall_time_field() {
  const std::chrono::duration<double> now = std::chrono::system_clock::now().time_since_epoch();
  return tag_of(1, Kind::fixed64) + little_endian(std::bit_cast<std::uint64_t>(now.count()), 8);
}

std::string record_of(const std::string& event) {
  const std::string length = little_endian(event.size(), 8);
  return length + little_endian(masked_crc32c(length), 4) + event +
         little_endian(masked_crc32c(event), 4);
}

}  // namespace

EventFile::EventFile(const std::filesystem::path& folder, std::int64_t first_step) {
  // TensorBoard reads them by their names.
  std::string step = std::to_string(first_step);
  step.insert(0, step.size() < 10 ? 10 - step.size() : 0, '0');
  path_ = folder / ("events.out.tfevents." + step + ".rung");
  write_file(path_, record_of(wall_time_field() + bytes_field(3, "brain.Event:2")));
}

void EventFile::add(std::int64_t step, const LogRow& values) {
  std::string summary;
  for (const auto& [name, value] : values) {
    if (name == kStepColumn) continue;
    const auto bits = std::bit_cast<std::uint32_t>(static_cast<float>(value));
    summary +=
        bytes_field(1, bytes_field(1, name) + tag_of(2, Kind::fixed32) + little_endian(bits, 4));
  }
  append_to_file(path_,
                 record_of(wall_time_field() + tag_of(2, Kind::varint) +
                           varint(static_cast<std::uint64_t>(step)) + bytes_field(5, summary)));
}

}  // namespace rung::lm
