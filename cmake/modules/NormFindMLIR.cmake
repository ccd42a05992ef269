# Finds MLIR and LLVM, where Debian's packages put them too. The build uses it, and so does the installed package.

# norm_find_mlir(PROBLEM VERSION EXACT PREFIX)
# Finds MLIR: where -DMLIR_DIR says, otherwise in CMake's places and under PREFIX. It is to be of VERSION (a major one,
# or major.minor) or newer, or of VERSION alone if EXACT is true. Sets PROBLEM to what is missing and which versions
# fit, or to nothing. A macro, since find_package sets variables for the caller.
macro(norm_find_mlir problem version exact prefix)
  set(_norm_wanted "${version}")
  if(NOT ${exact})
    string(APPEND _norm_wanted " or newer")
  endif()
  norm_find_mlir_parts(${problem} "${version}" "${_norm_wanted}" "${prefix}")
  if(NOT ${problem})
    find_package(MLIR CONFIG QUIET HINTS "${prefix}/lib/cmake/mlir")
    norm_check_mlir(${problem} "${version}" "${_norm_wanted}" ${exact})
  endif()
  unset(_norm_wanted)
endmacro()

# Sets `result` to the packages of Debian that hold a version.
function(norm_debian_packages result version)
  string(REGEX MATCH "^[0-9]+" major "${version}")
  set(packages libmlir-${major}-dev mlir-${major}-tools llvm-${major}-dev llvm-${major}-tools)
  list(JOIN packages " " packages)
  set(${result} "${packages}" PARENT_SCOPE)
endfunction()

# What find_package would stumble over: a wrong MLIR_DIR, and MLIRConfig.cmake without what it takes to be there, which
# Debian has in packages of its own that do not depend on one another.
function(norm_find_mlir_parts problem version wanted prefix)
  set(${problem} "" PARENT_SCOPE)
  # Another MLIR than the one asked for would only confuse.
  if(MLIR_DIR AND NOT EXISTS "${MLIR_DIR}/MLIRConfig.cmake")
    string(CONCAT text
      "There is no MLIRConfig.cmake in MLIR_DIR, ${MLIR_DIR}: it is in <prefix>/lib/cmake/mlir of an MLIR ${wanted}")
    set(${problem} "${text}" PARENT_SCOPE)
    return()
  endif()
  foreach(other IN LISTS CMAKE_PREFIX_PATH)
    if(EXISTS "${other}/lib/cmake/mlir/MLIRConfig.cmake")
      return()
    endif()
  endforeach()
  set(directory "${prefix}/lib/cmake/mlir")
  if(NOT EXISTS "${directory}/MLIRConfig.cmake" OR (MLIR_DIR AND NOT MLIR_DIR STREQUAL directory))
    return()
  endif()
  norm_debian_packages(packages "${version}")
  separate_arguments(packages)
  set(files lib/libMLIR.so bin/mlir-tblgen lib/cmake/llvm/LLVMConfig.cmake bin/FileCheck)
  set(missing "")
  foreach(package file IN ZIP_LISTS packages files)
    if(NOT EXISTS "${prefix}/${file}")
      string(APPEND missing " ${package}")
    endif()
  endforeach()
  if(missing)
    set(${problem} "A part of MLIR is missing in ${prefix}: apt-get install${missing}" PARENT_SCOPE)
  endif()
endfunction()

# What find_package has found, or not.
function(norm_check_mlir problem version wanted exact)
  set(text "")
  if(NOT MLIR_FOUND)
    norm_debian_packages(packages "${version}")
    string(CONCAT text
      "MLIR ${wanted} was not found.\n"
      "On Debian: apt-get install ${packages}\n"
      "(Debian 12 has version 22 in its security suite, bookworm-security.)\n"
      "With an MLIR of your own: -DMLIR_DIR=<prefix>/lib/cmake/mlir")
  elseif(exact AND NOT "${LLVM_VERSION_MAJOR}.${LLVM_VERSION_MINOR}" VERSION_EQUAL version)
    string(CONCAT text
      "MLIR ${LLVM_PACKAGE_VERSION} in ${MLIR_DIR} does not fit: "
      "${wanted} is needed (-DMLIR_DIR=<prefix>/lib/cmake/mlir chooses another)")
  elseif(NOT exact AND LLVM_VERSION_MAJOR VERSION_LESS version)
    string(CONCAT text
      "MLIR ${LLVM_PACKAGE_VERSION} in ${MLIR_DIR} is too old: "
      "${wanted} is needed (-DMLIR_DIR=<prefix>/lib/cmake/mlir chooses another)")
  elseif(NOT TARGET MLIR)
    string(CONCAT text
      "MLIR in ${MLIR_DIR} has no shared library libMLIR: build it with -DMLIR_BUILD_MLIR_DYLIB=ON "
      "-DLLVM_LINK_LLVM_DYLIB=ON, or install Debian's libmlir-dev")
  endif()
  set(${problem} "${text}" PARENT_SCOPE)
endfunction()

# norm_add_mlir_capi()
# Defines NormMLIR::MLIRCAPI: MLIR's own C API, which its shared library lacks, from the static ones beside it. By path,
# since CMake's targets of theirs bring all of MLIR as static libraries.
function(norm_add_mlir_capi)
  file(GLOB archives "${LLVM_LIBRARY_DIR}/libMLIRCAPI*.a")
  if(NOT archives OR TARGET NormMLIR::MLIRCAPI)
    return()
  endif()
  # One of them by name, so that programs in C are linked as C++ is.
  add_library(NormMLIR::MLIRCAPI STATIC IMPORTED)
  set_target_properties(NormMLIR::MLIRCAPI PROPERTIES
    IMPORTED_LOCATION "${LLVM_LIBRARY_DIR}/libMLIRCAPIIR.a" IMPORTED_LINK_INTERFACE_LANGUAGES CXX)
  list(JOIN archives "," group)
  target_link_libraries(NormMLIR::MLIRCAPI INTERFACE "$<LINK_GROUP:RESCAN,${group}>" MLIR LLVM)
  target_include_directories(NormMLIR::MLIRCAPI INTERFACE ${MLIR_INCLUDE_DIRS})
endfunction()
