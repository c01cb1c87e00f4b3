#pragma once
/// A law at its typical parameters.

#include "rung/figure/figure.hpp"
#include "rung/study/table/law_shape.hpp"

namespace rung {

/// Over the law's first input, a curve for each of a few values of the second.
Figure law_figure(const Law& law, const table::LawShape& shape);

}  // namespace rung
