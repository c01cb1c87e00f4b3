#include "rung/figure/svg.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <string_view>
#include <utility>

#include "rung/figure/glyphs.hpp"
#include "rung/figure/layout.hpp"

namespace rung {
namespace {

/// A number in hundredths of a pixel, finer than any screen or printer shows.
using Hundredths = std::int64_t;

Hundredths hundredths(double px) { return std::llround(100 * px); }

/// "12", "-.5", "3.25": no zero that could be left out.
void append(std::string& out, Hundredths value) {
  if (value < 0) out += '-', value = -value;
  const Hundredths whole = value / 100, part = value % 100;
  if (whole != 0 || part == 0) fmt::format_to(std::back_inserter(out), "{}", whole);
  if (part == 0) return;
  out += '.';
  out += static_cast<char>('0' + part / 10);
  if (part % 10 != 0) out += static_cast<char>('0' + part % 10);
}

std::string number(double px) {
  std::string text;
  append(text, hundredths(px));
  return text;
}

std::string escaped(std::string_view text) {
  std::string result;
  for (const char32_t c : characters(text)) {
    switch (c) {
      case U'&':
        result += "&amp;";
        break;
      case U'<':
        result += "&lt;";
        break;
      case U'>':
        result += "&gt;";
        break;
      default:
        result += utf8(c);
    }
  }
  return result;
}

std::string element(std::string_view name, std::string_view text) {
  return fmt::format("<{0}>{1}</{0}>\n", name, escaped(text));
}

class Writer {
 public:
  explicit Writer(const Scene& scene) : height_px_(scene.height_px) {
    for (const Clip& clip : scene.clips) clips_.push_back({clip.box, contents(clip)});
    for (const Words& words : scene.words) write(words);
  }

  /// Clip paths are named by what they clip: several figures may stand in one page.
  std::string take(const Scene& scene) {
    std::string out;
    const std::uint32_t page = digest();
    for (std::size_t i = 0; i < clips_.size(); ++i) {
      const auto& [box, shapes] = clips_[i];
      if (shapes.empty()) continue;
      const bool whole =
          box.left <= 0 && box.bottom <= 0 && box.right >= scene.width_px && box.top >= height_px_;
      if (whole) {
        out += shapes;
        continue;
      }
      const std::string name = fmt::format("c{:x}-{}", page, i);
      out += fmt::format(
          "<clipPath id=\"{0}\"><rect x=\"{1}\" y=\"{2}\" width=\"{3}\" height=\"{4}\"/></clipPath>"
          "\n<g clip-path=\"url(#{0})\">\n{5}</g>\n",
          name, number(box.left), number(height_px_ - box.top), number(box.right - box.left),
          number(box.top - box.bottom), shapes);
    }
    return out + words_;
  }

 private:
  /// FNV-1a of all that is drawn.
  std::uint32_t digest() const {
    std::uint32_t value = 2166136261;
    const auto add = [&](const std::string& text) {
      for (const char c : text) value = (value ^ static_cast<unsigned char>(c)) * 16777619;
    };
    add(words_);
    for (const auto& [box, shapes] : clips_) add(shapes);
    return value;
  }

  std::string contents(const Clip& clip) const {
    std::string out;
    for (const Shape& shape : clip.shapes) write(shape, out);
    return out;
  }

  /// Areas one element each: they cover each other, and where they are faint they add up.
  void write(const Shape& shape, std::string& out) const {
    if (shape.pieces.empty() && shape.centres.empty()) return;
    if (shape.pieces.empty() && shape.fill && !shape.stroke) return write_dots(shape, out);
    const std::string look = look_of(shape);
    if (!shape.fill || shape.pieces.size() + shape.centres.size() == 1) {
      if (!shape.pieces.empty()) {
        out += "<path" + look + " d=\"";
        for (const auto& piece : shape.pieces) append_path(out, piece, shape.fill.has_value());
        out += "\"/>\n";
      }
      for (const Pixel centre : shape.centres) append_circle(out, centre, shape.radius_px, look);
      return;
    }
    out += "<g" + look + ">\n";
    for (const auto& piece : shape.pieces) {
      out += "<path d=\"";
      append_path(out, piece, true);
      out += "\"/>\n";
    }
    for (const Pixel centre : shape.centres) append_circle(out, centre, shape.radius_px, "");
    out += "</g>\n";
  }

  /// Thousands of checkpoints, each the round end of a line without length. Faint ones that lie on
  /// each other add up, as neighbours are on different paths.
  void write_dots(const Shape& shape, std::string& out) const {
    constexpr std::size_t kPaths = 8;
    const std::size_t n_paths = shape.fill->opacity < 1 ? kPaths : 1;
    const std::string opacity = shape.fill->opacity < 1
                                    ? fmt::format(" stroke-opacity=\"{:.3g}\"", shape.fill->opacity)
                                    : "";
    for (std::size_t first = 0; first < std::min(n_paths, shape.centres.size()); ++first) {
      out += fmt::format(
          "<path fill=\"none\" stroke=\"{}\"{} stroke-width=\"{}\" stroke-linecap=\"round\" d=\"",
          shape.fill->colour.hex(), opacity, number(2 * shape.radius_px));
      for (std::size_t i = first; i < shape.centres.size(); i += n_paths) {
        out += 'M';
        append(out, hundredths(shape.centres[i].x));
        out += ' ';
        append(out, hundredths(height_px_ - shape.centres[i].y));
        out += "h0";
      }
      out += "\"/>\n";
    }
  }

  static std::string look_of(const Shape& shape) {
    std::string look =
        shape.fill ? fmt::format(" fill=\"{}\"", shape.fill->colour.hex()) : " fill=\"none\"";
    if (shape.fill && shape.fill->opacity < 1)
      look += fmt::format(" fill-opacity=\"{:.3g}\"", shape.fill->opacity);
    if (!shape.stroke) return look;
    look += fmt::format(" stroke=\"{}\" stroke-width=\"{:.3g}\"", shape.stroke->colour.hex(),
                        shape.stroke->width_px);
    constexpr std::array kDashes{"", " stroke-dasharray=\"6 4\"", " stroke-dasharray=\"1.5 3\"",
                                 " stroke-dasharray=\"7 3 1.5 3\""};
    return look + kDashes[static_cast<std::size_t>(shape.stroke->dash)];
  }

  /// Steps from one rounded place to the next, so that rounding does not add up.
  void append_path(std::string& out, const std::vector<Pixel>& piece, bool closed) const {
    Hundredths x = 0, y = 0;
    char command = 'M';
    for (const Pixel& p : piece) {
      const Hundredths next_x = hundredths(p.x), next_y = hundredths(height_px_ - p.y);
      if (command == 'M' || command == 'l') out += command;
      if (command != 'M' && command != 'l') out += ' ';
      append(out, next_x - x);
      out += ' ';
      append(out, next_y - y);
      command = command == 'M' ? 'l' : ' ';
      x = next_x, y = next_y;
    }
    if (closed) out += 'z';
  }

  void append_circle(std::string& out, Pixel centre, double radius, const std::string& look) const {
    out += "<circle cx=\"";
    append(out, hundredths(centre.x));
    out += "\" cy=\"";
    append(out, hundredths(height_px_ - centre.y));
    out += "\" r=\"";
    append(out, hundredths(radius));
    out += '"' + look + "/>\n";
  }

  void write(const Words& words) {
    constexpr std::array kAnchors{"", " text-anchor=\"middle\"", " text-anchor=\"end\""};
    constexpr double kBaseline = 0.36;  // below the middle of capitals and digits, in text sizes
    const std::string x = number(words.at.x), y = number(height_px_ - words.at.y);
    const std::string dy = number(kBaseline * words.size_px);
    const std::string place =
        words.angle_degrees == 0
            ? fmt::format("x=\"{}\" y=\"{}\"", x,
                          number(height_px_ - words.at.y + kBaseline * words.size_px))
            : fmt::format("transform=\"translate({} {})rotate({:g})\" y=\"{}\"", x, y,
                          -words.angle_degrees, dy);
    words_ += fmt::format(
        "<text {} font-size=\"{:g}\"{}{}{}>{}</text>\n", place, words.size_px,
        words.bold ? " font-weight=\"bold\"" : "", kAnchors[static_cast<std::size_t>(words.align)],
        words.colour == kInk ? "" : " fill=\"" + words.colour.hex() + "\"", escaped(words.text));
  }

  double height_px_;
  std::vector<std::pair<Box, std::string>> clips_{};
  std::string words_{};
};

std::string title_of(const Figure& figure) {
  return figure.title.empty() ? "Figure" : figure.title;
}

constexpr std::string_view kDeclaration = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

}  // namespace

std::string svg(const Scene& scene, const std::string& title, const std::string& description) {
  const std::string width = number(scene.width_px), height = number(scene.height_px);
  std::string out(kDeclaration);
  out += fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1}\" "
      "viewBox=\"0 0 {0} {1}\" role=\"img\" font-family=\"DejaVu Sans, Verdana, sans-serif\" "
      "fill=\"{2}\" stroke-linejoin=\"round\">\n",
      width, height, kInk.hex());
  out += element("title", title);
  if (!description.empty()) out += element("desc", description);
  out += fmt::format("<rect width=\"{}\" height=\"{}\" fill=\"#ffffff\"/>\n", width, height);
  out += Writer(scene).take(scene);
  return out + "</svg>\n";
}

std::string svg(const Figure& figure) {
  return svg(lay_out(figure), title_of(figure), figure.subtitle);
}

std::string html(const Figure& figure) {
  const Scene scene = lay_out(figure);
  const std::string picture = svg(scene, title_of(figure), figure.subtitle);
  return fmt::format(
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "{}<style>body {{ margin: 0 auto; max-width: {:.0f}px }} "
      "svg {{ width: 100%; height: auto }}</style>\n</head>\n<body>\n{}</body>\n</html>\n",
      element("title", title_of(figure)), 1.25 * scene.width_px,
      picture.substr(kDeclaration.size()));
}

}  // namespace rung
