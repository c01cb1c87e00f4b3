// Checks of the settings of both steps.

#include "rung/core/error.hpp"
#include "rung/core/require.hpp"
#include "rung/study/ladder/steps.hpp"

namespace rung::ladder {

void Step1Settings::validate() const {
  points.validate();
  require_positive("--huber_delta", huber_delta);
  require_level(level);
}

void Step2Settings::validate() const {
  if (free_top && use_log_sigmoid)
    throw InputError("--free-top: the curve of --use_log_sigmoid has no top to fit");
  points.validate();
  require_level(level);
}

void ChainSettings::validate() const {
  step1.validate();
  step2.validate();
  require_at_least("--bootstrap", n_bootstrap, 0);
  require_level(level);
}

}  // namespace rung::ladder
