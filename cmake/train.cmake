# rung-train, which trains: the only program over libtorch, built where there is one. Debian's libtorch-dev, or any other
# that CMAKE_PREFIX_PATH names. `rung train`, `evaluate` and `generate` start it.

# What `rung generate` does, but for the model: for rung-train and the tests.
file(GLOB generate_sources CONFIGURE_DEPENDS rung/lm/generate/*.cpp)
list(FILTER generate_sources EXCLUDE REGEX "_test\\.cpp$")
add_library(rung_generation STATIC EXCLUDE_FROM_ALL ${generate_sources})
rung_unite(rung_generation)
target_link_libraries(rung_generation PUBLIC rung PRIVATE ZLIB::ZLIB rung_warnings)

option(RUNG_TRAIN "Build rung-train where libtorch is installed" ON)
if(NOT RUNG_TRAIN OR RUNG_UNIT_TESTS_ONLY)
  return()
endif()
find_package(Torch QUIET)
if(NOT Torch_FOUND)
  return()
endif()
find_package(OpenMP QUIET)
find_package(BLAS QUIET) # attention's products, one head in a thread
if(NOT OpenMP_CXX_FOUND OR NOT BLAS_FOUND)
  message(WARNING "rung-train is not built: libtorch is there, but no OpenMP or no BLAS (scripts/setup train)")
  return()
endif()
file(GLOB train_sources CONFIGURE_DEPENDS rung/train/*.cpp)
list(FILTER train_sources EXCLUDE REGEX "_(test|bench)\\.cpp$|/main\\.cpp$")
add_library(rung_trainer STATIC ${train_sources})
target_link_libraries(rung_trainer PUBLIC rung rung_generation PRIVATE ${TORCH_LIBRARIES} rung_warnings)
target_include_directories(rung_trainer SYSTEM PRIVATE ${TORCH_INCLUDE_DIRS})
# libtorch's parallel loops are OpenMP's where a file that has one is compiled with it, and loops of one thread elsewhere.
target_link_libraries(rung_trainer PRIVATE OpenMP::OpenMP_CXX BLAS::BLAS)
# Several processes: c10d's Gloo, whose headers are a package of their own.
find_path(GLOO_HEADERS gloo/config.h)
find_library(GLOO_LIBRARY gloo)
if(GLOO_HEADERS AND GLOO_LIBRARY)
  target_compile_definitions(rung_trainer PRIVATE USE_C10D_GLOO)
  target_include_directories(rung_trainer SYSTEM PRIVATE ${GLOO_HEADERS})
  target_link_libraries(rung_trainer PRIVATE ${GLOO_LIBRARY})
endif()
add_executable(rung_train rung/train/main.cpp)
set_target_properties(rung_train PROPERTIES OUTPUT_NAME rung-train)
target_link_libraries(rung_train PRIVATE rung_trainer rung_warnings)
