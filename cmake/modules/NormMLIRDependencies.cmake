# Finds MLIR and LLVM 22 or newer: where -DMLIR_DIR says, otherwise where Debian's packages put them.

set(NORM_MINIMUM_LLVM_VERSION 22)

set(NORM_DEBIAN_LLVM_PREFIX /usr/lib/llvm-22 CACHE PATH "Where Debian's LLVM packages put their files")
mark_as_advanced(NORM_DEBIAN_LLVM_PREFIX)
set(NORM_DEBIAN_MLIR_DIR "${NORM_DEBIAN_LLVM_PREFIX}/lib/cmake/mlir")

# Another MLIR than the one asked for would only confuse.
if(MLIR_DIR AND NOT EXISTS "${MLIR_DIR}/MLIRConfig.cmake")
  message(FATAL_ERROR
    "There is no MLIRConfig.cmake in MLIR_DIR, ${MLIR_DIR}: it is in <prefix>/lib/cmake/mlir of an MLIR "
    "${NORM_MINIMUM_LLVM_VERSION} or newer")
endif()

# Debian splits what MLIRConfig.cmake takes to be there, and does not make one package depend on the others.
if(EXISTS "${NORM_DEBIAN_MLIR_DIR}/MLIRConfig.cmake" AND NOT CMAKE_PREFIX_PATH AND
   (NOT MLIR_DIR OR MLIR_DIR STREQUAL NORM_DEBIAN_MLIR_DIR))
  set(missing "")
  foreach(part libmlir-22-dev=lib/libMLIR.so mlir-22-tools=bin/mlir-tblgen
               llvm-22-dev=lib/cmake/llvm/LLVMConfig.cmake llvm-22-tools=bin/FileCheck)
    string(REPLACE "=" ";" part "${part}")
    list(GET part 0 package)
    list(GET part 1 file)
    if(NOT EXISTS "${NORM_DEBIAN_LLVM_PREFIX}/${file}")
      string(APPEND missing " ${package}")
    endif()
  endforeach()
  if(missing)
    message(FATAL_ERROR "A part of MLIR is missing in ${NORM_DEBIAN_LLVM_PREFIX}: apt-get install${missing}")
  endif()
endif()

find_package(MLIR CONFIG QUIET HINTS "${NORM_DEBIAN_MLIR_DIR}")
if(NOT MLIR_FOUND)
  message(FATAL_ERROR
    "MLIR ${NORM_MINIMUM_LLVM_VERSION} or newer was not found.\n"
    "On Debian: apt-get install libmlir-22-dev mlir-22-tools llvm-22-dev llvm-22-tools\n"
    "(Debian 12 has them in its security suite, bookworm-security.)\n"
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
