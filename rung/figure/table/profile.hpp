#pragma once
/// How well the data determine each parameter.

#include <vector>

#include "rung/figure/figure.hpp"
#include "rung/study/table/fit_group.hpp"

namespace rung {

/// The profile of each parameter, with the limit of its interval; a panel a parameter. InputError
/// where there is none.
Figure profile_figure(const std::vector<table::FittedGroup>& groups);

}  // namespace rung
