#include "rung/lm/generate/zip_archive.hpp"

#include <zlib.h>

#include <algorithm>

#include "rung/core/error.hpp"

namespace rung::lm {
namespace {

constexpr std::uint64_t kEnd = 0x06054b50, kFarEnd = 0x06064b50, kFarEndPlace = 0x07064b50;
constexpr std::uint64_t kFarEntry = 0x02014b50, kLocal = 0x04034b50;
constexpr std::uint64_t kElsewhere = 0xffffffff;  // the number stands in the zip64 extension
constexpr std::size_t kEndSize = 22, kLongestComment = 65535;

}  // namespace

ZipArchive::ZipArchive(std::string_view content, std::string source)
    : content_(content), source_(std::move(source)) {
  if (content.size() < kEndSize) fail("it ends too early");
  const std::size_t last = content.size() - kEndSize;
  std::size_t end = last + 1;
  do {
    if (end == 0 || last - end + 1 > kLongestComment) fail("it ends too early");
    --end;
  } while (number(end, 4) != kEnd);
  std::uint64_t n_entries = number(end + 10, 2), offset = number(end + 16, 4);
  if (end >= 20 && number(end - 20, 4) == kFarEndPlace) {
    const auto far = static_cast<std::size_t>(number(end - 12, 8));
    if (number(far, 4) != kFarEnd) fail("its list of files is damaged");
    n_entries = number(far + 32, 8);
    offset = number(far + 48, 8);
  }
  read_directory(static_cast<std::size_t>(offset), static_cast<std::size_t>(n_entries));
}

void ZipArchive::read_directory(std::size_t at, std::size_t n_entries) {
  constexpr std::size_t kHeader = 46;
  for (std::size_t i = 0; i < n_entries; ++i) {
    if (number(at, 4) != kFarEntry) fail("its list of files is damaged");
    Entry entry{.size = static_cast<std::size_t>(number(at + 24, 4)),
                .checksum = static_cast<std::uint32_t>(number(at + 16, 4)),
                .is_stored = number(at + 10, 2) == 0};
    std::uint64_t offset = number(at + 42, 4);
    const auto name_size = static_cast<std::size_t>(number(at + 28, 2));
    const auto extra_size = static_cast<std::size_t>(number(at + 30, 2));
    const std::size_t next = at + kHeader + name_size + extra_size + number(at + 32, 2);
    if (next > content_.size()) fail("it ends too early");
    // The zip64 extension has those numbers that did not fit, in this order.
    bool size_is_far = entry.size == kElsewhere;
    const bool packed_is_far = number(at + 20, 4) == kElsewhere;
    std::size_t extra = at + kHeader + name_size;
    const std::size_t extra_end = extra + extra_size;
    while (extra + 4 <= extra_end) {
      std::size_t value = extra + 4;
      if (number(extra, 2) == 1) {
        if (size_is_far) {
          entry.size = static_cast<std::size_t>(number(value, 8));
          value += 8;
        }
        if (packed_is_far) value += 8;
        if (offset == kElsewhere) offset = number(value, 8);
        break;
      }
      extra = value + static_cast<std::size_t>(number(extra + 2, 2));
    }
    const auto local = static_cast<std::size_t>(offset);
    if (number(local, 4) != kLocal) fail("its list of files is damaged");
    entry.offset = local + 30 + number(local + 26, 2) + number(local + 28, 2);
    if (entry.offset > content_.size() || entry.size > content_.size() - entry.offset)
      fail("it ends too early");
    entries_.insert_or_assign(std::string(content_.substr(at + kHeader, name_size)), entry);
    at = next;
  }
}

std::string ZipArchive::name_ending(std::string_view ending) const {
  for (const auto& [name, entry] : entries_) {
    if (name.ends_with(ending)) return name;
  }
  fail("it holds no '" + std::string(ending) + "'");
}

std::string_view ZipArchive::read(const std::string& name) const {
  const auto found = entries_.find(name);
  if (found == entries_.end()) fail("it holds no '" + name + "'");
  const Entry& entry = found->second;
  if (!entry.is_stored) fail("its '" + name + "' is compressed, which torch.save never does");
  const std::string_view bytes = content_.substr(entry.offset, entry.size);
  const auto checksum = crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size());
  if (checksum != entry.checksum) fail("its '" + name + "' is damaged: its checksum is another");
  return bytes;
}

std::uint64_t ZipArchive::number(std::size_t at, int n_bytes) const {
  if (at > content_.size() || content_.size() - at < static_cast<std::size_t>(n_bytes))
    fail("it ends too early");
  std::uint64_t value = 0;
  for (int i = n_bytes; i-- > 0;)
    value = value << 8 | static_cast<unsigned char>(content_[at + static_cast<std::size_t>(i)]);
  return value;
}

void ZipArchive::fail(const std::string& what) const {
  throw InputError(Location{source_}, what, "copy or download it again");
}

}  // namespace rung::lm
