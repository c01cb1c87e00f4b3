#pragma once
/// A ladder to train, as a document.

#include "rung/report/document.hpp"
#include "rung/study/model/planned.hpp"

namespace rung::model {

Document describe(const LadderRows& ladder);

}  // namespace rung::model
