#include "rung/data/reader/tfrecord.hpp"

#include <array>
#include <bit>

namespace rung {
namespace {

std::array<std::uint32_t, 256> crc_table() {
  constexpr std::uint32_t kCastagnoli = 0x82f63b78;  // reflected
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t byte = 0; byte < table.size(); ++byte) {
    std::uint32_t crc = byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) ? kCastagnoli : 0);
    table[byte] = crc;
  }
  return table;
}

std::uint64_t little_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = bytes.size(); i-- > 0;)
    value = value << 8 | static_cast<unsigned char>(bytes[i]);
  return value;
}

}  // namespace

std::uint32_t masked_crc32c(std::string_view bytes) {
  static const std::array<std::uint32_t, 256> kTable = crc_table();
  std::uint32_t crc = 0xffffffff;
  for (const char byte : bytes)
    crc = kTable[(crc ^ static_cast<unsigned char>(byte)) & 0xff] ^ (crc >> 8);
  crc = ~crc;
  return ((crc >> 15) | (crc << 17)) + 0xa282ead8;
}

Records read_records(std::string_view content) {
  constexpr std::size_t kLength = 8, kCheck = 4, kHeader = kLength + kCheck;
  Records result;
  for (std::size_t at = 0; at < content.size();) {
    const std::string_view left = content.substr(at);
    result.broken_at = at;
    result.is_cut_off = left.size() < kHeader;
    if (result.is_cut_off) break;
    if (little_endian(left.substr(kLength, kCheck)) != masked_crc32c(left.substr(0, kLength)))
      break;
    const std::uint64_t length = little_endian(left.substr(0, kLength));
    result.is_cut_off = length > left.size() - kHeader || left.size() - kHeader - length < kCheck;
    if (result.is_cut_off) break;
    const std::string_view record = left.substr(kHeader, length);
    if (little_endian(left.substr(kHeader + length, kCheck)) != masked_crc32c(record)) break;
    result.records.push_back(record);
    at += kHeader + length + kCheck;
    result.broken_at.reset();
  }
  return result;
}

bool ProtoFields::next() {
  std::uint64_t tag = 0;
  bits_ = 0;
  bytes_ = {};
  if (left_.empty() || !read_varint(tag) || tag >> 3 == 0 || tag >> 32 != 0) return false;
  number_ = static_cast<int>(tag >> 3);
  switch (tag & 7) {
    case 0:
      return read_varint(bits_);
    case 1:
      return read_fixed(8);
    case 2:
      return read_bytes();
    case 5:
      return read_fixed(4);
    default:
      return false;
  }
}

double ProtoFields::as_double() const { return std::bit_cast<double>(bits_); }

double ProtoFields::as_float() const {
  return std::bit_cast<float>(static_cast<std::uint32_t>(bits_));
}

bool ProtoFields::read_varint(std::uint64_t& value) {
  value = 0;
  for (int shift = 0; shift < 64 && !left_.empty(); shift += 7) {
    const auto byte = static_cast<unsigned char>(left_.front());
    left_.remove_prefix(1);
    value |= std::uint64_t{byte & 0x7fU} << shift;
    if (byte < 0x80) return true;
  }
  left_ = {};
  return false;
}

bool ProtoFields::read_fixed(std::size_t n_bytes) {
  if (left_.size() < n_bytes) return false;
  bits_ = little_endian(left_.substr(0, n_bytes));
  left_.remove_prefix(n_bytes);
  return true;
}

bool ProtoFields::read_bytes() {
  std::uint64_t length = 0;
  if (!read_varint(length) || length > left_.size()) return false;
  bytes_ = left_.substr(0, length);
  left_.remove_prefix(length);
  return true;
}

}  // namespace rung
