#include "rung/data/reader/format.hpp"

#include <algorithm>

#include "rung/core/error.hpp"
#include "rung/core/text.hpp"

namespace rung {

#define RUNG_FORMAT(stem) Format format_##stem();
#include "rung/data/reader/formats.inc"
#undef RUNG_FORMAT

namespace {

std::vector<std::string> format_names() {
  std::vector<std::string> names;
  for (const Format& format : formats()) names.push_back(format.name);
  return names;
}

bool has_ending(const Format& format, std::string_view source) {
  if (source.ends_with(".gz")) source.remove_suffix(3);
  return std::any_of(format.endings.begin(), format.endings.end(),
                     [&](const std::string& ending) { return source.ends_with(ending); });
}

}  // namespace

std::span<const Format> formats() {
  static const std::vector<Format> kFormats = {
#define RUNG_FORMAT(stem) format_##stem(),
#include "rung/data/reader/formats.inc"
#undef RUNG_FORMAT
  };
  return kFormats;
}

const Format& find_format(const std::string& name) {
  for (const Format& format : formats()) {
    if (format.name == name) return format;
  }
  const std::string near = did_you_mean(name, format_names());
  throw InputError("there is no format '" + name + "'",
                   near.empty() ? "there are " + join(format_names(), ", ") : near);
}

const Format& recognised_format(std::string_view content, std::string_view source) {
  const bool known_ending = std::any_of(formats().begin(), formats().end(),
                                        [&](const Format& f) { return has_ending(f, source); });
  const Format* best = nullptr;
  Likeness most = Likeness::none;
  for (const Format& format : formats()) {
    if (known_ending && !has_ending(format, source)) continue;
    const Likeness likeness = format.likeness(content);
    if (best && likeness <= most) continue;
    best = &format;
    most = likeness;
  }
  return *best;
}

std::string_view first_line(std::string_view content) {
  const std::size_t begin = content.find_first_not_of(" \t\r\n\xef\xbb\xbf");
  if (begin == std::string_view::npos) return {};
  content.remove_prefix(begin);
  return content.substr(0, content.find('\n'));
}

}  // namespace rung
