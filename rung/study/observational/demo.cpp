#include "rung/study/observational/demo.hpp"

#include <stdexcept>

namespace rung::observational {

const Prediction& Demo::from(const std::string& x) const {
  for (const Prediction& each : predictions.all) {
    if (each.x == x) return each;
  }
  throw std::logic_error("the demo has no fit from " + x);
}

PredictionRequest demo_request() {
  PredictionRequest request;
  request.metrics = {kDemoMetric};
  request.titles = builtin_model_sets().titles;
  for (const char* x : {"pc:3", "flops", "size"}) request.predictors.push_back(parse_predictor(x));
  request.reference = "Llama-2";
  return request;
}

Demo run_demo(const Models& models, const Models& fitted, const PredictionRequest& request) {
  Demo demo{.capabilities = run_capabilities(models, {}), .predictions = {}};
  demo.predictions = run_predictions(fitted, request);
  return demo;
}

}  // namespace rung::observational
