# Finds MLIR and LLVM 22 or newer: where -DMLIR_DIR says, otherwise where Debian's packages put them.

include(NormFindMLIR)

set(NORM_MINIMUM_LLVM_VERSION 22)
set(NORM_DEBIAN_LLVM_PREFIX /usr/lib/llvm-22 CACHE PATH "Where Debian's LLVM packages put their files")
mark_as_advanced(NORM_DEBIAN_LLVM_PREFIX)

norm_find_mlir(problem ${NORM_MINIMUM_LLVM_VERSION} FALSE "${NORM_DEBIAN_LLVM_PREFIX}")
if(problem)
  message(FATAL_ERROR "${problem}")
endif()

find_program(NORM_MLIR_TBLGEN NAMES mlir-tblgen mlir-tblgen-${LLVM_VERSION_MAJOR}
             HINTS "${LLVM_TOOLS_BINARY_DIR}" NO_DEFAULT_PATH)
if(NOT NORM_MLIR_TBLGEN)
  message(FATAL_ERROR
    "mlir-tblgen is not in ${LLVM_TOOLS_BINARY_DIR}: on Debian, apt-get install mlir-${LLVM_VERSION_MAJOR}-tools")
endif()
set(MLIR_TABLEGEN_EXE "${NORM_MLIR_TBLGEN}")

list(APPEND CMAKE_MODULE_PATH "${MLIR_CMAKE_DIR}" "${LLVM_CMAKE_DIR}")
include(TableGen)
include(AddLLVM)
include(AddMLIR)
message(STATUS "MLIR ${LLVM_PACKAGE_VERSION} in ${MLIR_DIR}")
