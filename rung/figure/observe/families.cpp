#include "rung/figure/observe/families.hpp"

#include <algorithm>
#include <iterator>

namespace rung::observational {
namespace {

constexpr std::size_t kColours = 6;
constexpr Marker kMarkers[] = {Marker::circle,  Marker::square,        Marker::triangle,
                               Marker::diamond, Marker::down_triangle, Marker::star};
constexpr Dash kDashes[] = {Dash::solid, Dash::dashed, Dash::dotted, Dash::dash_dotted};

}  // namespace

std::size_t FamilyLook::place(const std::string& family) const {
  return static_cast<std::size_t>(std::find(families_.begin(), families_.end(), family) -
                                  families_.begin());
}

Scatter FamilyLook::mark(const std::string& family) const {
  Scatter scatter;
  scatter.colour = category_colour(place(family));
  scatter.marker = kMarkers[place(family) / kColours % std::size(kMarkers)];
  scatter.size_px = 7;
  scatter.label = family;
  return scatter;
}

Curve FamilyLook::line(const std::string& family) const {
  Curve curve;
  curve.colour = category_colour(place(family));
  curve.dash = kDashes[place(family) / kColours % std::size(kDashes)];
  curve.width_px = 1.2;
  return curve;
}

std::string short_model_name(const std::string& model) {
  std::string name = model.substr(model.rfind('/') + 1);  // npos + 1 is 0
  for (const char* ending : {"-hf", "-base", "-Base"}) {
    const std::string text = ending;
    if (name.ends_with(text)) name.erase(name.size() - text.size());
  }
  return name;
}

double scale_unit(const std::string& scale) {
  return scale == "flops" ? 1e21 : scale == "size" ? 1e9 : 1;
}

Axis scale_axis(const std::string& scale) {
  if (scale == "flops")
    return {.label = "Training compute (FLOPs)", .log = true, .ticks = TickStyle::power};
  if (scale == "size")
    return {.label = "Model size (parameters)", .log = true, .ticks = TickStyle::count};
  return {.label = scale, .log = true};
}

}  // namespace rung::observational
