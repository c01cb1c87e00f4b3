#pragma once
/// Figure 1 as rows: each run beside what both laws say of it.

#include "rung/report/overtraining/shared.hpp"

namespace rung {

/// Of the fits' first training, loss and error set; the runs that a law was fitted on or is for.
Document describe_figure1(const Testbed& testbed, const overtraining::Fits& fits);

}  // namespace rung
