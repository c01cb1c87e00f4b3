#include "rung/app/figure_file.hpp"

#include "rung/core/error.hpp"
#include "rung/figure/svg.hpp"
#include "rung/system/raster.hpp"

namespace rung::app {

std::string drawn_figure(const Figure& figure, const std::string& ending) {
  constexpr double kPngScale = 2;
  if (ending == ".png") return png_of_svg(svg(figure), kPngScale);
  if (ending == ".pdf") return pdf_of_svg(svg(figure));
  if (ending == ".svg") return svg(figure);
  if (ending == ".html") return html(figure);
  throw InputError("no figure format has the ending '" + ending + "'",
                   "name the file .png, .pdf, .svg or .html");
}

}  // namespace rung::app
