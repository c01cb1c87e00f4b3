#include "rung/report/model/tokenized.hpp"

#include <nlohmann/json.hpp>

#include "rung/core/text.hpp"

namespace rung::model {
namespace {

Json json_part(const TokenizedPart& part) {
  return {
      {"n_documents", part.n_documents}, {"n_bytes", part.n_bytes}, {"n_tokens", part.n_tokens}};
}

}  // namespace

Document describe(const Tokenized& tokenized) {
  Document document;
  TextTable table;
  table.add_column("part");
  table.add_column("documents", "n_documents");
  table.add_column("bytes", "n_bytes", shortest);
  table.add_column("tokens", "n_tokens", shortest);
  table.add_column("bytes a token", "bytes_per_token");
  for (const auto& [name, part] :
       {std::pair{"train", tokenized.train}, {"validation", tokenized.validation}}) {
    const auto n_bytes = static_cast<double>(part.n_bytes);
    const auto n_tokens = static_cast<double>(part.n_tokens);
    if (part.n_tokens > 0)
      table.add_row({name, double(part.n_documents), n_bytes, n_tokens, n_bytes / n_tokens});
  }
  document.rows = table;
  document.add(std::move(table));
  document.add(Notes{{std::to_string(tokenized.vocab_size) +
                      " tokens in the vocabulary; train on " + tokenized.data_file}});
  document.set_results(Json::array({{{"name", tokenized.name},
                                     {"data_file", tokenized.data_file},
                                     {"vocab_size", tokenized.vocab_size},
                                     {"train", json_part(tokenized.train)},
                                     {"validation", json_part(tokenized.validation)}}}));
  return document;
}

Document describe(const TrainedRun& run) {
  Document document;
  Json json = {{"name", run.name}, {"folder", run.folder}, {"finished", run.finished}};
  document.usable = !run.evaluations.empty();
  if (document.usable) {
    const Evaluation& last = run.evaluations.back();
    json["step"] = last.step;
    json["metrics"] = Json::object();
    TextTable table;
    table.add_column("at step " + std::to_string(last.step), "metric");
    table.add_column("value", "value");
    for (const auto& [name, value] : last.metrics) {
      json["metrics"][name] = json_number(value);
      table.add_row({name, value});
    }
    document.rows = table;
    document.add(std::move(table));
  }
  document.add(
      Notes{{(run.finished ? "the run is in " : "not finished; the same command goes on in ") +
             run.folder}});
  document.set_results(Json::array({json}));
  return document;
}

Document describe(const GeneratedText& generated) {
  constexpr std::size_t kBanner = 50;  // as the published program prints it
  Document document;
  document.add(Preformatted{std::string(kBanner, '-') + "\n" + generated.text + "\n"});
  document.set_results(Json::array({{{"checkpoint", generated.checkpoint},
                                     {"prompt", generated.prompt},
                                     {"text", generated.text}}}));
  return document;
}

Document describe(const std::vector<LaunchedRung>& rungs) {
  Document document;
  TextTable table;
  table.add_column("rung", "name");
  table.add_column("state");
  table.add_column("job");
  Json results = Json::array();
  for (const LaunchedRung& rung : rungs) {
    table.add_row({rung.name, rung.state, rung.job});
    results.push_back({{"name", rung.name},
                       {"state", rung.state},
                       {"job", json_label(rung.job)},
                       {"script", rung.script}});
    document.usable = document.usable && !rung.state.starts_with("failed");
  }
  document.rows = table;
  document.add(std::move(table));
  document.set_results(std::move(results));
  return document;
}

}  // namespace rung::model
