#include "rung/report/study_files.hpp"

#include <nlohmann/json.hpp>

namespace rung {

Document describe(const std::vector<NamedStudy>& studies) {
  Document document;
  for (const char* header : {"study", "steps", "title"}) document.rows.add_column(header);
  Json results = Json::array();
  for (const auto& [name, study] : studies) {
    document.rows.add_row({name, static_cast<double>(study.steps.size()), study.title});
    Json commands = Json::array();
    for (const StudyStep& step : study.steps) commands.push_back(step.command);
    results.push_back({{"name", name}, {"title", study.title}, {"commands", commands}});
  }
  return document.add(document.rows)
      .add(Paragraph{"rung study run NAME runs one; rung study show NAME > my.toml is its file, "
                     "to edit and run."})
      .set_results(std::move(results));
}

Document describe(const NamedStudy& study, std::string_view text) {
  Document document;
  return document.add(Preformatted{std::string(text)})
      .set_results({{{"name", study.name}, {"title", study.study.title}, {"text", text}}});
}

Document describe(const std::string& title, const std::vector<StepOutput>& steps) {
  Document document;
  document.add(Heading{title});
  Json results = Json::array();
  for (std::size_t i = 0; i < steps.size(); ++i) {
    document.add(Heading{steps[i].heading}).add(Preformatted{steps[i].text});
    for (const Json& result : *steps[i].results) {
      results.push_back(result);
      results.back()["step"] = i + 1;
    }
  }
  return document.set_results(std::move(results));
}

}  // namespace rung
