#pragma once
/// Figures to files, through gnuplot.

#include <filesystem>
#include <string>

#include "rung/figure/figure.hpp"
#include "rung/figure/scene.hpp"

namespace rung {

/// What a file of this ending holds (".svg"): see write_figure.
std::string drawn_figure(const Figure& figure, const std::string& ending);

/// Writes .png (at twice the scene's size), .pdf, .svg or .html (the SVG in a page of its own, with
/// nothing to load), by the path's ending. All or nothing. InputError for another ending, for a
/// path that can't be written, and where gnuplot is not installed.
void write_figure(const Figure& figure, const std::filesystem::path& path);

enum class GnuplotFormat { png, pdf, svg };

/// What gnuplot reads; it writes the picture to its standard output. Needs gnuplot 5.4.
std::string gnuplot_script(const Scene& scene, GnuplotFormat format);

}  // namespace rung
