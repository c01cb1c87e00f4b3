#include "rung/data/reader/csv_scan.hpp"

#include <fast_float/fast_float.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace rung::csv {
namespace {

constexpr std::ptrdiff_t kBlock = 64;

/// One bit a byte of a block.
struct BlockMasks {
  std::uint64_t separators = 0;
  std::uint64_t stops = 0;  // line ends and quotes
};

#ifdef __SSE2__
BlockMasks masks_of(const char* block, char separator) {
  BlockMasks masks;
  for (int part = 0; part < 4; ++part) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(block) + part);
    const __m128i separators = _mm_cmpeq_epi8(bytes, _mm_set1_epi8(separator));
    const __m128i stops = _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('\n')),
                                       _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')));
    const auto bits = [part](__m128i lanes) {
      return std::uint64_t{static_cast<std::uint32_t>(_mm_movemask_epi8(lanes))} << (16 * part);
    };
    masks.separators |= bits(separators);
    masks.stops |= bits(stops);
  }
  return masks;
}
#else
BlockMasks masks_of(const char* block, char separator) {
  BlockMasks masks;
  for (int i = 0; i < kBlock; ++i) {
    masks.separators |= std::uint64_t{block[i] == separator} << i;
    masks.stops |= std::uint64_t{block[i] == '\n' || block[i] == '"'} << i;
  }
  return masks;
}
#endif

BlockMasks masks_of_rest(const char* begin, const char* end, char separator) {
  char block[kBlock];
  std::memset(block, '\n', sizeof block);
  if (begin < end) std::memcpy(block, begin, static_cast<std::size_t>(end - begin));
  return masks_of(block, separator);
}

}  // namespace

std::string Cell::text() const {
  if (!quoted) return std::string(raw);
  std::string text;
  text.reserve(raw.size());
  for (std::size_t i = 0; i < raw.size(); ++i) {
    text += raw[i];
    if (raw[i] == '"') ++i;  // the second of two
  }
  return text;
}

bool Scanner::start_row() {
  row_ended_ = false;
  while (at_ != end_) {
    const char* p = at_;
    while (p != end_ && (*p == ' ' || *p == '\r')) ++p;
    if (p != end_ && *p != '\n') return true;
    at_ = p == end_ ? end_ : p + 1;
  }
  return false;
}

void Scanner::pass_terminator() {
  row_ended_ = at_ == end_ || *at_ != separator_;
  if (at_ != end_ && *at_ == '\r') ++at_;
  if (at_ != end_) ++at_;
}

Cell Scanner::next_cell() {
  if (at_ != end_ && *at_ == '"') return quoted_cell();
  const char* const begin = at_;
  while (at_ != end_ && *at_ != separator_ && *at_ != '\n') ++at_;
  const bool ends_row = at_ == end_ || *at_ == '\n';
  if (ends_row && at_ != begin && at_[-1] == '\r') --at_;
  const Cell cell{{begin, static_cast<std::size_t>(at_ - begin)}};
  pass_terminator();
  return cell;
}

Cell Scanner::quoted_cell() {
  const char* const quote = at_;
  const char* close = quote + 1;
  while (true) {
    close = std::find(close, end_, '"');
    if (end_ - close < 2 || close[1] != '"') break;
    close += 2;
  }
  const Cell cell{{quote + 1, static_cast<std::size_t>(close - quote - 1)}, true};
  at_ = close == end_ ? end_ : close + 1;
  if (close == end_) problems_.push_back({quote, "this quote never closes"});
  const bool line_end =
      end_ - at_ >= 2 ? at_[0] == '\r' && at_[1] == '\n' : end_ - at_ == 1 && *at_ == '\r';
  if (at_ != end_ && *at_ != separator_ && *at_ != '\n' && !line_end) {
    problems_.push_back({at_, "text after the closing quote"});
    while (at_ != end_ && *at_ != separator_ && *at_ != '\n') ++at_;
  }
  pass_terminator();
  return cell;
}

std::size_t Scanner::skip_cells(std::size_t most) {
  std::size_t left = most;
  const char* block = at_;
  while (left > 0 && !row_ended_) {
    auto [separators, stops] = end_ - block >= kBlock ? masks_of(block, separator_)
                                                      : masks_of_rest(block, end_, separator_);
    const int stop = std::countr_zero(stops);
    if (stop < kBlock) separators &= (std::uint64_t{1} << stop) - 1;
    const auto n = static_cast<std::size_t>(std::popcount(separators));
    if (n >= left) {
      for (; left > 1; --left) separators &= separators - 1;
      at_ = block + std::countr_zero(separators) + 1;
      return most;
    }
    left -= n;
    if (n > 0) at_ = block + (kBlock - std::countl_zero(separators));
    block += kBlock;
    if (stop == kBlock) continue;
    const char* const stopped = block - kBlock + stop;
    --left;
    if (stopped >= end_ || *stopped == '\n') {
      at_ = stopped >= end_ ? end_ : stopped + 1;
      row_ended_ = true;
    } else {
      next_cell();  // it holds a quote
      block = at_;
    }
  }
  return most - left;
}

bool Scanner::next_number(double& value) {
  const auto [stop, error] = fast_float::from_chars(at_, end_, value);
  if (error != std::errc{} || std::isinf(value)) return false;  // "inf", or "1e400"
  if (stop != end_ && *stop != separator_ && *stop != '\n') {
    if (*stop != '\r' || (stop + 1 != end_ && stop[1] != '\n')) return false;
  }
  at_ = stop;
  pass_terminator();
  return true;
}

}  // namespace rung::csv
