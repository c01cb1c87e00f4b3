#include "rung/system/gzip.hpp"

#include <zlib.h>

#include <algorithm>
#include <limits>
#include <stdexcept>

#include "rung/core/error.hpp"

namespace rung {
namespace {

constexpr int kGzipFormat = 15 + 16;  // the largest window, and gzip's header
constexpr std::size_t kMostAtOnce = std::numeric_limits<uInt>::max() / 2;
constexpr std::size_t kFirstGuessRatio = 4;

/// What is left of a text, handed to zlib in pieces that its counters can hold.
void feed(z_stream& stream, std::string_view& left) {
  if (stream.avail_in > 0) return;
  const std::size_t n = std::min(left.size(), kMostAtOnce);
  // zlib takes a pointer to non-const and doesn't write there.
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(left.data()));
  stream.avail_in = static_cast<uInt>(n);
  left.remove_prefix(n);
}

class Inflater {
 public:
  Inflater() {
    if (inflateInit2(&stream_, kGzipFormat) != Z_OK) throw std::bad_alloc();
  }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
  ~Inflater() { inflateEnd(&stream_); }
  z_stream& stream() { return stream_; }

 private:
  z_stream stream_{};
};

}  // namespace

bool is_gzip(std::string_view content) { return content.starts_with("\x1f\x8b"); }

std::string gunzip(std::string_view content, const std::string& source, std::size_t most_bytes) {
  Inflater inflater;
  z_stream& stream = inflater.stream();
  const std::size_t guess = std::max<std::size_t>(kFirstGuessRatio * content.size(), 1024);
  // Room for one byte too many, which shows that there are.
  const std::size_t most_room = std::max(most_bytes, most_bytes + 1);
  std::string text(std::min(guess, most_room), '\0');
  std::size_t size = 0;
  std::string_view left = content;
  while (true) {
    feed(stream, left);
    if (size == text.size()) text.resize(std::min(2 * text.size(), most_room));
    const std::size_t room = std::min(text.size() - size, kMostAtOnce);
    stream.next_out = reinterpret_cast<Bytef*>(text.data() + size);
    stream.avail_out = static_cast<uInt>(room);
    const int status = inflate(&stream, Z_NO_FLUSH);
    size += room - stream.avail_out;
    if (size > most_bytes)
      throw InputError(Location{source},
                       "unpacks to more than " + std::to_string(most_bytes) + " bytes",
                       "--most-unpacked raises the limit");
    if (status == Z_STREAM_END) {
      if (stream.avail_in == 0 && left.empty()) break;
      if (inflateReset(&stream) != Z_OK) throw std::logic_error("gunzip: can't start again");
    } else if (status == Z_BUF_ERROR && stream.avail_in == 0 && left.empty()) {
      throw InputError(Location{source}, "the gzip data ends too early", "is the file complete?");
    } else if (status != Z_OK && status != Z_BUF_ERROR) {
      throw InputError(Location{source}, std::string("the gzip data is damaged: ") +
                                             (stream.msg ? stream.msg : zError(status)));
    }
  }
  text.resize(size);
  return text;
}

std::string gunzip_head(std::string_view content, std::size_t most_bytes) {
  Inflater inflater;
  z_stream& stream = inflater.stream();
  feed(stream, content);
  std::string text(std::min(most_bytes, kMostAtOnce), '\0');
  stream.next_out = reinterpret_cast<Bytef*>(text.data());
  stream.avail_out = static_cast<uInt>(text.size());
  while (stream.avail_out > 0 && inflate(&stream, Z_NO_FLUSH) == Z_OK) {
  }
  text.resize(text.size() - stream.avail_out);
  return text;
}

std::string gzip(std::string_view content) {
  z_stream stream{};
  if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kGzipFormat, 8,
                   Z_DEFAULT_STRATEGY) != Z_OK) {
    throw std::bad_alloc();
  }
  std::string packed(deflateBound(&stream, content.size()), '\0');
  std::size_t size = 0;
  int status = Z_OK;
  while (status == Z_OK) {
    feed(stream, content);
    const std::size_t room = std::min(packed.size() - size, kMostAtOnce);
    stream.next_out = reinterpret_cast<Bytef*>(packed.data() + size);
    stream.avail_out = static_cast<uInt>(room);
    status = deflate(&stream, content.empty() ? Z_FINISH : Z_NO_FLUSH);
    size += room - stream.avail_out;
  }
  deflateEnd(&stream);
  packed.resize(size);
  return packed;
}

}  // namespace rung
