#pragma once
/// Figures as SVG.

#include <string>

#include "rung/figure/figure.hpp"
#include "rung/figure/scene.hpp"

namespace rung {

/// The scene as valid XML, whatever bytes its words are made of: <text> in DejaVu Sans, in CSS
/// pixels. A reader's program says title and description.
std::string svg(const Scene& scene, const std::string& title, const std::string& description = "");

std::string svg(const Figure& figure);

/// The SVG in a page of its own, with nothing to load.
std::string html(const Figure& figure);

}  // namespace rung
