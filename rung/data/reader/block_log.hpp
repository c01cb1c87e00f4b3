#pragma once
/// LevelDB's log format, in which Weights & Biases keeps a run: blocks of 32 KiB that hold whole
/// records, or their fragments.

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rung {

/// The bytes that stand before the first record, and count in the first block.
inline constexpr std::size_t kBlockLogHeader = 7;

/// The check sum of a fragment: CRC-32 of its type and its bytes, as zlib has it. (LevelDB's own is
/// another, CRC-32C.)
std::uint32_t fragment_crc32(std::uint8_t type, std::string_view bytes);

struct BlockLog {
  std::vector<std::string_view> records;  // whole ones, of `content` or of `joined`
  std::deque<std::string> joined;         // those that came in fragments
  std::size_t n_damaged = 0;              // places whose check sums or types don't fit
  std::optional<std::size_t> damaged_at;  // the first of these, its byte
  std::optional<std::size_t> cut_off_at;  // where a record begins that the file ends within
};

/// Reading goes on in the next block after what is damaged, and past zeros at a block's end.
BlockLog read_block_log(std::string_view content);

}  // namespace rung
