#pragma once
/// A command's figure as a file.

#include <string>

#include "rung/figure/figure.hpp"

namespace rung::app {

/// What a file of this ending holds: .png (at twice the figure's size), .pdf, .svg or .html.
/// InputError for another ending.
std::string drawn_figure(const Figure& figure, const std::string& ending);

}  // namespace rung::app
