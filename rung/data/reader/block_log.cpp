#include "rung/data/reader/block_log.hpp"

#include <zlib.h>

#include <algorithm>

namespace rung {
namespace {

constexpr std::size_t kBlock = 32768, kFragmentHeader = 7;

enum FragmentType : std::uint8_t { kPadding = 0, kFull = 1, kFirst = 2, kMiddle = 3, kLast = 4 };

std::uint32_t little_endian_of(std::string_view bytes) {
  std::uint32_t value = 0;
  for (std::size_t i = bytes.size(); i-- > 0;)
    value = value << 8 | static_cast<unsigned char>(bytes[i]);
  return value;
}

class BlockLogReader {
 public:
  explicit BlockLogReader(std::string_view content) : content_(content) {}

  BlockLog read() && {
    while (at_ < content_.size() && !log_.cut_off_at) read_fragment();
    if (is_open_ && !log_.cut_off_at) log_.cut_off_at = begin_;
    return std::move(log_);
  }

 private:
  void read_fragment() {
    const std::size_t left_in_block = kBlock - at_ % kBlock;
    const std::string_view left = content_.substr(at_, left_in_block);
    const bool is_last_block = content_.size() - at_ <= left_in_block;
    if (left_in_block < kFragmentHeader || is_zero(left.substr(0, kFragmentHeader))) {
      at_ += left_in_block;
      return;
    }
    if (left.size() < kFragmentHeader) {
      cut_off();
      return;
    }
    const std::uint32_t check = little_endian_of(left.substr(0, 4));
    const std::size_t length = little_endian_of(left.substr(4, 2));
    const auto type = static_cast<std::uint8_t>(left[6]);
    if (length > left.size() - kFragmentHeader) {
      const bool fits_block = length <= left_in_block - kFragmentHeader;
      if (is_last_block && fits_block) {
        cut_off();
      } else {
        skip_block();
      }
      return;
    }
    const std::string_view bytes = left.substr(kFragmentHeader, length);
    if (type > kLast || fragment_crc32(type, bytes) != check) {
      skip_block();
      return;
    }
    add(type, bytes);
    at_ += kFragmentHeader + length;
  }

  void add(std::uint8_t type, std::string_view bytes) {
    const bool begins = type == kFull || type == kFirst;
    if (begins == is_open_) damaged(is_open_ ? begin_ : at_);
    if (type == kFull) log_.records.push_back(bytes);
    if (type == kFirst) {
      begin_ = at_;
      joined_ = bytes;
    } else if (is_open_) {
      joined_ += bytes;
    }
    if (type == kLast && is_open_) {
      log_.joined.push_back(std::move(joined_));
      log_.records.push_back(log_.joined.back());
    }
    is_open_ = type == kFirst || (type == kMiddle && is_open_);
  }

  static bool is_zero(std::string_view bytes) {
    return std::all_of(bytes.begin(), bytes.end(), [](char byte) { return byte == 0; });
  }

  void cut_off() { log_.cut_off_at = is_open_ ? begin_ : at_; }

  void skip_block() {
    damaged(at_);
    is_open_ = false;
    at_ += kBlock - at_ % kBlock;
  }

  void damaged(std::size_t at) {
    ++log_.n_damaged;
    if (!log_.damaged_at) log_.damaged_at = at;
  }

  std::string_view content_;
  std::size_t at_ = kBlockLogHeader;
  std::size_t begin_ = 0;  // of the record that is open
  bool is_open_ = false;
  std::string joined_;
  BlockLog log_;
};

}  // namespace

std::uint32_t fragment_crc32(std::uint8_t type, std::string_view bytes) {
  uLong crc = crc32(0, &type, 1);
  crc = crc32_z(crc, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size());
  return static_cast<std::uint32_t>(crc);
}

BlockLog read_block_log(std::string_view content) { return BlockLogReader(content).read(); }

}  // namespace rung
