#pragma once
/// A command's figure as a file.

#include <string>

#include "rung/app/context.hpp"
#include "rung/figure/figure.hpp"

namespace rung::app {

/// What a file of this ending holds: .png (at twice the figure's size), .pdf, .svg or .html.
/// InputError for another ending.
std::string drawn_figure(const Figure& figure, const std::string& ending);

/// Hands the figure over to be written together with the results.
void add_drawn(CommandContext& context, const Figure& figure);

}  // namespace rung::app
