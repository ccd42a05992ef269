# Finds MLIR and LLVM 22 or newer: where -DMLIR_DIR says, otherwise where Debian's packages put them.

set(NORM_MINIMUM_LLVM_VERSION 22)

find_package(MLIR CONFIG QUIET HINTS /usr/lib/llvm-22/lib/cmake/mlir)
if(NOT MLIR_FOUND)
  message(FATAL_ERROR
    "MLIR ${NORM_MINIMUM_LLVM_VERSION} or newer was not found.\n"
    "On Debian: apt-get install libmlir-22-dev mlir-22-tools llvm-22-dev llvm-22-tools\n"
    "With an MLIR of your own: -DMLIR_DIR=<prefix>/lib/cmake/mlir")
endif()
if(LLVM_VERSION_MAJOR LESS NORM_MINIMUM_LLVM_VERSION)
  message(FATAL_ERROR
    "MLIR ${LLVM_PACKAGE_VERSION} in ${MLIR_DIR} is too old: "
    "${NORM_MINIMUM_LLVM_VERSION} or newer is needed (-DMLIR_DIR=<prefix>/lib/cmake/mlir chooses another)")
endif()
if(NOT TARGET MLIR)
  message(FATAL_ERROR
    "MLIR in ${MLIR_DIR} has no shared library libMLIR: build it with -DMLIR_BUILD_MLIR_DYLIB=ON "
    "-DLLVM_LINK_LLVM_DYLIB=ON, or install Debian's libmlir-22-dev")
endif()

find_program(NORM_MLIR_TBLGEN NAMES mlir-tblgen mlir-tblgen-${LLVM_VERSION_MAJOR}
             HINTS "${LLVM_TOOLS_BINARY_DIR}" NO_DEFAULT_PATH)
if(NOT NORM_MLIR_TBLGEN)
  message(FATAL_ERROR
    "mlir-tblgen is not in ${LLVM_TOOLS_BINARY_DIR}: on Debian, apt-get install mlir-22-tools")
endif()
set(MLIR_TABLEGEN_EXE "${NORM_MLIR_TBLGEN}")

list(APPEND CMAKE_MODULE_PATH "${MLIR_CMAKE_DIR}" "${LLVM_CMAKE_DIR}")
include(TableGen)
include(AddLLVM)
include(AddMLIR)
message(STATUS "MLIR ${LLVM_PACKAGE_VERSION} in ${MLIR_DIR}")
