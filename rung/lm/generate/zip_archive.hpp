#pragma once
/// The files in a zip archive that aren't compressed: the container of torch.save.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace rung::lm {

class ZipArchive {
 public:
  /// `content` must outlive it; `source` is its name in errors. InputError where it is no whole
  /// archive.
  ZipArchive(std::string_view content, std::string source);

  static bool is_zip(std::string_view content) { return content.starts_with("PK\x03\x04"); }

  /// The name of the only file that ends so; InputError where there is none.
  std::string name_ending(std::string_view ending) const;
  bool has(const std::string& name) const { return entries_.contains(name); }
  /// InputError where there is none of that name, it is compressed or damaged.
  std::string_view read(const std::string& name) const;

 private:
  struct Entry {
    std::size_t offset = 0, size = 0;
    std::uint32_t checksum = 0;
    bool is_stored = false;
  };

  void read_directory(std::size_t offset, std::size_t n_entries);
  [[noreturn]] void fail(const std::string& what) const;
  /// A little-endian number of so many bytes; InputError past the end.
  std::uint64_t number(std::size_t at, int n_bytes) const;

  std::string_view content_;
  std::string source_;
  std::map<std::string, Entry> entries_;
};

}  // namespace rung::lm
