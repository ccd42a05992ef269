# What the tests need beside the compiler: lit, FileCheck and its companions, Python, Google Test.

string(CONCAT NORM_TEST_PACKAGES
  "on Debian: apt-get install llvm-22-tools python3 python3-numpy libgtest-dev\n"
  "-DNORM_BUILD_TESTS=OFF builds without tests")

find_program(NORM_LIT NAMES lit llvm-lit lit-${LLVM_VERSION_MAJOR} HINTS "${LLVM_TOOLS_BINARY_DIR}")
if(NOT NORM_LIT)
  message(FATAL_ERROR "lit was not found: ${NORM_TEST_PACKAGES}")
endif()
foreach(tool FileCheck not count)
  find_program(NORM_${tool} NAMES ${tool} HINTS "${LLVM_TOOLS_BINARY_DIR}" NO_DEFAULT_PATH)
  if(NOT NORM_${tool})
    message(FATAL_ERROR "${tool} is not in ${LLVM_TOOLS_BINARY_DIR}: ${NORM_TEST_PACKAGES}")
  endif()
endforeach()

# The first python3 on the path that has NumPy: a machine may have several.
function(norm_python_has_numpy result candidate)
  execute_process(COMMAND "${candidate}" -c "import numpy" RESULT_VARIABLE status OUTPUT_QUIET ERROR_QUIET)
  if(NOT status EQUAL 0)
    set(${result} FALSE PARENT_SCOPE)
  endif()
endfunction()
find_program(NORM_PYTHON NAMES python3 VALIDATOR norm_python_has_numpy)
if(NOT NORM_PYTHON)
  message(FATAL_ERROR "No python3 with NumPy was found: ${NORM_TEST_PACKAGES}")
endif()
find_package(GTest QUIET)
if(NOT GTest_FOUND)
  message(FATAL_ERROR "Google Test was not found: ${NORM_TEST_PACKAGES}")
endif()

# NVIDIA's assembler, for tests that say what kernels need: of a CUDA toolkit, or what scripts/install-ptxas has put there.
find_program(NORM_PTXAS NAMES ptxas HINTS ENV CUDA_HOME /usr/local/cuda "${PROJECT_SOURCE_DIR}/build/cuda" PATH_SUFFIXES bin)
if(NOT NORM_PTXAS)
  message(STATUS "ptxas was not found (scripts/install-ptxas, or -DNORM_PTXAS=...): tests of kernels' registers are skipped")
endif()

set(NORM_LIT_ARGS "-sv" CACHE STRING "Arguments for lit in the test targets")
separate_arguments(NORM_LIT_ARGUMENTS NATIVE_COMMAND "${NORM_LIT_ARGS}")

# One run of lit over all its suites, so that one count covers all of them.
set(NORM_CHECK_COMMAND "${NORM_PYTHON}" "${NORM_LIT}" ${NORM_LIT_ARGUMENTS}
  --output "${PROJECT_BINARY_DIR}/test-results.json" "${PROJECT_BINARY_DIR}/test" "${PROJECT_BINARY_DIR}/unittests")

add_custom_target(norm-test-depends)
add_custom_target(norm-unit-test-depends)
add_custom_target(check-norm
  COMMAND ${NORM_CHECK_COMMAND}
  COMMENT "Running all tests" USES_TERMINAL VERBATIM)
add_dependencies(check-norm norm-test-depends norm-unit-test-depends)
add_custom_target(check-norm-unit
  COMMAND "${NORM_PYTHON}" "${NORM_LIT}" ${NORM_LIT_ARGUMENTS} "${PROJECT_BINARY_DIR}/unittests"
  COMMENT "Running the unit tests" USES_TERMINAL VERBATIM)
add_dependencies(check-norm-unit norm-unit-test-depends)

enable_testing()
add_test(NAME norm COMMAND ${NORM_CHECK_COMMAND})

# norm_configure_lit_site()
# Writes the current directory's lit.site.cfg.py, with paths and features of this build.
function(norm_configure_lit_site)
  configure_file(lit.site.cfg.py.in lit.site.cfg.py @ONLY)
endfunction()

# norm_add_unittest(NAME SOURCE ... [LINK LIBRARY ...])
# A Google Test program; lit finds it by its name, which must end in Tests.
function(norm_add_unittest name)
  cmake_parse_arguments(ARG "" "" "LINK" ${ARGN})
  add_executable(${name} ${ARG_UNPARSED_ARGUMENTS})
  target_link_libraries(${name} PRIVATE ${ARG_LINK} NormBuildFlags GTest::gtest GTest::gtest_main)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${CMAKE_CURRENT_BINARY_DIR}")
  add_dependencies(norm-unit-test-depends ${name})
endfunction()
