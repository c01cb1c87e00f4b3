#include "rung/figure/gnuplot.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <stdexcept>

#include "rung/core/error.hpp"
#include "rung/figure/layout.hpp"
#include "rung/system/file.hpp"
#include "rung/system/process.hpp"

namespace rung {
namespace {

/// In single quotes gnuplot expands nothing: no escapes, no `commands`. A control character would
/// end the line.
std::string quoted(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'') quoted += '\'';
    quoted += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
  }
  return quoted + "'";
}

// Fonts and lines are given in CSS pixels. A font of size s comes out 4/3 s units high from the
// cairo terminals, and a line of width 1 half a point wide in PDF; measured with gnuplot 5.4.
std::string terminal(const Scene& scene, GnuplotFormat format) {
  switch (format) {
    case GnuplotFormat::png:
      return fmt::format(
          "pngcairo noenhanced size {:.0f},{:.0f} background '#ffffff' "
          "fontscale 1.5 linewidth 2",
          2 * scene.width_px, 2 * scene.height_px);
    case GnuplotFormat::pdf:
      return fmt::format(
          "pdfcairo noenhanced size {:.6f}in,{:.6f}in background '#ffffff' "
          "fontscale 0.5625 linewidth 1.5",
          scene.width_px / 96, scene.height_px / 96);
    case GnuplotFormat::svg:
      return fmt::format("svg noenhanced size {:.0f},{:.0f} dynamic background '#ffffff'",
                         scene.width_px, scene.height_px);
  }
  throw std::invalid_argument("not a gnuplot format");
}

class Script {
 public:
  explicit Script(const Scene& scene) : scene_(scene) {}

  void line(const std::string& text) { (script_ += text) += '\n'; }

  void words(const Words& words) {
    constexpr const char* kAligned[] = {"left", "center", "right"};
    line(fmt::format(
        "set label {} {} at screen {:.5f},{:.5f} {} front rotate by {:g} font "
        "'DejaVu Sans{},{:g}' textcolor rgb '{}'",
        ++n_labels_, quoted(words.text), words.at.x / scene_.width_px,
        words.at.y / scene_.height_px, kAligned[static_cast<int>(words.align)], words.angle_degrees,
        words.bold ? ":Bold" : "", words.size_px, words.colour.hex()));
  }

  /// One plot over the box, in pixels on both axes, so that gnuplot itself cuts off what lies
  /// outside.
  void clip(const Clip& clip) {
    const Box& box = clip.box;
    line(fmt::format("set lmargin at screen {:.5f}; set rmargin at screen {:.5f}",
                     box.left / scene_.width_px, box.right / scene_.width_px));
    line(fmt::format("set bmargin at screen {:.5f}; set tmargin at screen {:.5f}",
                     box.bottom / scene_.height_px, box.top / scene_.height_px));
    line(fmt::format("set xrange [{:g}:{:g}]; set yrange [{:g}:{:g}]", box.left, box.right,
                     box.bottom, box.top));
    std::string elements;
    for (const Shape& shape : clip.shapes) {
      const std::string block = fmt::format("$shape{}", ++n_blocks_);
      data(block, shape);
      elements += fmt::format("{}\\\n  {} using 1:2 notitle with {}", elements.empty() ? " " : ", ",
                              block, style(shape));
    }
    // gnuplot draws labels only with a plot, and a plot needs something to plot.
    line("plot " + (elements.empty() ? "NaN notitle" : elements));
  }

  std::string take() { return std::move(script_); }

 private:
  void data(const std::string& block, const Shape& shape) {
    line(block + " << EOD");
    for (const auto& piece : shape.pieces) {
      const auto point = [&](Pixel p) {
        fmt::format_to(std::back_inserter(script_), "{:.2f} {:.2f}\n", p.x, p.y);
      };
      for (const Pixel& p : piece) point(p);
      if (shape.fill && !piece.empty()) point(piece.front());
      script_ += '\n';
    }
    line("EOD");
  }

  static std::string style(const Shape& shape) {
    constexpr const char* kDashes[] = {"solid", "(12,8)", "(3,6)"};
    if (!shape.fill) {
      const Stroke stroke = shape.stroke.value_or(Stroke{});
      return fmt::format("lines lc rgb '{}' lw {:g} dt {}", stroke.colour.hex(), stroke.width_px,
                         kDashes[static_cast<int>(stroke.dash)]);
    }
    const int transparency = static_cast<int>(std::lround(255 * (1 - shape.fill->opacity)));
    const std::string fill = fmt::format("#{:02x}{:06x}", transparency, shape.fill->colour.rgb);
    if (!shape.stroke)
      return fmt::format("filledcurves closed lc rgb '{}' fs solid noborder", fill);
    return fmt::format("filledcurves closed lc rgb '{}' lw {:g} fs solid border lc rgb '{}'", fill,
                       shape.stroke->width_px, shape.stroke->colour.hex());
  }

  const Scene& scene_;
  std::string script_{};
  int n_labels_ = 0, n_blocks_ = 0;
};

std::string rendered(const Figure& figure, GnuplotFormat format) {
  // -d: the user's own .gnuplot must not change the figure. Named as a file, the input is read in
  // blocks; as "-" byte by byte, which took 80% of the time with 11,000 points.
  const auto result =
      run_process("gnuplot", {"-d", "/dev/stdin"}, gnuplot_script(lay_out(figure), format));
  if (!result) {
    throw InputError("gnuplot is not installed, and figures are drawn by it",
                     "install it (on Debian: apt-get install gnuplot-nox fonts-dejavu-core); "
                     "tables and JSON do not need it");
  }
  if (result->exit_status != 0 || result->output.empty()) {
    throw std::runtime_error(
        fmt::format("gnuplot failed with status {}: {}", result->exit_status, result->errors));
  }
  return result->output;
}

void replace_all(std::string& text, std::string_view what, std::string_view with) {
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += with.size()) {
    text.replace(at, what.size(), with);
  }
}

std::string html_text(const std::string& text) {
  std::string escaped = text;
  replace_all(escaped, "&", "&amp;");
  replace_all(escaped, "<", "&lt;");
  return escaped;
}

std::string page_title(const Figure& figure) {
  return "<title>" + html_text(figure.title.empty() ? "Figure" : figure.title) + "</title>";
}

void remove_all(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos;) {
    text.erase(at, text.find(to, at) + to.size() - at);
  }
}

/// gnuplot writes the weight into the family's name, where no viewer finds it, names one family
/// only, has areas drawn without smooth edges, calls every picture "Gnuplot", and every shape by a
/// name of its own that browsers would show under the pointer.
std::string svg(const Figure& figure) {
  std::string text = rendered(figure, GnuplotFormat::svg);
  constexpr std::string_view kFamilies = "font-family=\"DejaVu Sans, Verdana, sans-serif\"";
  replace_all(text, "font-family=\"DejaVu Sans:Bold\"",
              fmt::format("{} font-weight=\"bold\"", kFamilies));
  replace_all(text, "font-family=\"DejaVu Sans\"", kFamilies);
  replace_all(text, " shape-rendering='crispEdges'", "");
  remove_all(text, "<title>", "</title>");
  text.insert(text.find("<desc>"), page_title(figure) + "\n");
  return text;
}

std::string html(const Figure& figure) {
  const std::string picture = svg(figure);
  return fmt::format(
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "{}\n<style>body {{ margin: 0 auto; max-width: {:.0f}px }} "
      "svg {{ width: 100%; height: auto }}</style>\n</head>\n<body>\n{}</body>\n</html>\n",
      page_title(figure), 1.25 * lay_out(figure).width_px, picture.substr(picture.find("<svg")));
}

}  // namespace

std::string gnuplot_script(const Scene& scene, GnuplotFormat format) {
  Script script(scene);
  script.line("set encoding utf8");
  script.line("set terminal " + terminal(scene, format) + " font 'DejaVu Sans,11' butt");
  script.line("unset key; unset border; unset tics");
  script.line("set multiplot");
  for (std::size_t i = 0; i < scene.clips.size(); ++i) {
    if (i + 1 == scene.clips.size()) {
      for (const Words& words : scene.words) script.words(words);
    }
    script.clip(scene.clips[i]);
  }
  script.line("unset multiplot");
  return script.take();
}

std::string drawn_figure(const Figure& figure, const std::string& ending) {
  if (ending == ".png") return rendered(figure, GnuplotFormat::png);
  if (ending == ".pdf") return rendered(figure, GnuplotFormat::pdf);
  if (ending == ".svg") return svg(figure);
  if (ending == ".html") return html(figure);
  throw InputError("no figure format has the ending '" + ending + "'",
                   "name the file .png, .pdf, .svg or .html");
}

void write_figure(const Figure& figure, const std::filesystem::path& path) {
  write_file(path, drawn_figure(figure, path.extension().string()));
}

}  // namespace rung
