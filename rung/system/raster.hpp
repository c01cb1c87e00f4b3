#pragma once
/// SVG to pixels and to PDF, in memory, through librsvg and cairo. A library of its own
/// (rung_raster): who needs no more than SVG links neither.

#include <string>

namespace rung {

/// `scale` pixels of the PNG for one of the SVG, or as many as fit into the largest picture.
/// std::runtime_error where the SVG can't be read.
std::string png_of_svg(const std::string& svg, double scale);

/// On one page as large as the SVG, at 96 of its pixels an inch.
std::string pdf_of_svg(const std::string& svg);

/// "librsvg 2.54.7, cairo 1.16.0"
std::string raster_version();

}  // namespace rung
