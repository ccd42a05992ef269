# The build rules of this project: compile flags, libraries, tools, TableGen.

add_library(NormBuildFlags INTERFACE)
target_compile_options(NormBuildFlags INTERFACE
  -Wall -Wextra -Wno-unused-parameter -Wnon-virtual-dtor
  $<$<NOT:$<BOOL:${LLVM_ENABLE_EH}>>:-fno-exceptions>
  # g++ gives up on it in files as long as MLIR's headers make ours, and says so.
  $<$<CXX_COMPILER_ID:GNU>:-Wno-misleading-indentation>
  $<$<BOOL:${NORM_WERROR}>:-Werror>)

include(GNUInstallDirs)

# norm_install(TARGET ...)
# Installs libraries and tools, as targets of the CMake package.
function(norm_install)
  set_property(GLOBAL APPEND PROPERTY NORM_INSTALLED_TARGETS ${ARGN})
  if(NOT NORM_INSTALL)
    return()
  endif()
  install(TARGETS ${ARGN} EXPORT NormMLIRTargets
          RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}" COMPONENT Tools
          LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT Tools NAMELINK_COMPONENT Development
          ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT Development)
  foreach(target IN LISTS ARGN)
    get_target_property(name ${target} EXPORT_NAME)
    if(NOT name)
      set(name ${target})
    endif()
    set_property(GLOBAL APPEND PROPERTY NORM_COMPONENTS ${name})
  endforeach()
endfunction()

# What a user of the libraries needs as well: headers, and the ABI of this LLVM. MLIR's headers are those that the user
# of an installed package finds.
add_library(NormInterface INTERFACE)
set_target_properties(NormInterface PROPERTIES EXPORT_NAME Interface)
target_include_directories(NormInterface SYSTEM INTERFACE
  "$<BUILD_INTERFACE:${MLIR_INCLUDE_DIRS};${LLVM_INCLUDE_DIRS}>")
target_include_directories(NormInterface INTERFACE
  "$<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include;${PROJECT_BINARY_DIR}/include>"
  "$<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>")
target_compile_features(NormInterface INTERFACE cxx_std_17)
separate_arguments(NORM_LLVM_DEFINITIONS NATIVE_COMMAND "${LLVM_DEFINITIONS}")
target_compile_definitions(NormInterface INTERFACE ${NORM_LLVM_DEFINITIONS})
if(NOT LLVM_ENABLE_RTTI)
  target_compile_options(NormInterface INTERFACE -fno-rtti)
endif()
target_link_libraries(NormInterface INTERFACE MLIR LLVM)
target_link_libraries(NormBuildFlags INTERFACE NormInterface)
if(NORM_INSTALL)
  install(TARGETS NormInterface EXPORT NormMLIRTargets)
endif()
if(NORM_ENABLE_SANITIZERS)
  target_compile_options(NormBuildFlags INTERFACE
    -fsanitize=address,undefined -fno-sanitize=vptr -fno-omit-frame-pointer)
  target_link_options(NormInterface INTERFACE -fsanitize=address,undefined)
endif()

# Most of the time that a file takes goes into these headers.
if(NORM_PRECOMPILED_HEADERS)
  file(CONFIGURE OUTPUT "${CMAKE_CURRENT_BINARY_DIR}/precompiled.cpp" CONTENT "")
  add_library(NormPrecompiledHeaders OBJECT "${CMAKE_CURRENT_BINARY_DIR}/precompiled.cpp")
  set_target_properties(NormPrecompiledHeaders PROPERTIES POSITION_INDEPENDENT_CODE ON)
  target_link_libraries(NormPrecompiledHeaders PRIVATE NormBuildFlags)
  target_precompile_headers(NormPrecompiledHeaders PRIVATE
    <mlir/Dialect/Affine/IR/AffineOps.h>
    <mlir/Dialect/Arith/IR/Arith.h>
    <mlir/Dialect/Bufferization/IR/BufferizableOpInterface.h>
    <mlir/Dialect/Func/IR/FuncOps.h>
    <mlir/Dialect/Linalg/IR/Linalg.h>
    <mlir/Dialect/Math/IR/Math.h>
    <mlir/Dialect/MemRef/IR/MemRef.h>
    <mlir/Dialect/SCF/IR/SCF.h>
    <mlir/Dialect/Tensor/IR/Tensor.h>
    <mlir/Dialect/Vector/IR/VectorOps.h>
    <mlir/IR/BuiltinOps.h>
    <mlir/IR/PatternMatch.h>
    <mlir/Pass/Pass.h>
    <mlir/Transforms/GreedyPatternRewriteDriver.h>)
endif()

# Everything that TableGen writes, for tools that read the sources without building them.
add_custom_target(norm-tablegen)

# norm_tablegen(TARGET FILE.td OUTPUT FLAG [OUTPUT FLAG ...] [ARGS ...])
# Runs mlir-tblgen once per output on FILE.td; TARGET depends on all of them.
function(norm_tablegen target source)
  cmake_parse_arguments(ARG "" "" "ARGS" ${ARGN})
  set(LLVM_TARGET_DEFINITIONS ${source})
  set(outputs ${ARG_UNPARSED_ARGUMENTS})
  while(outputs)
    list(POP_FRONT outputs output flag)
    mlir_tablegen(${output} ${flag} ${ARG_ARGS} EXTRA_INCLUDES "${PROJECT_SOURCE_DIR}/include" ${MLIR_INCLUDE_DIRS})
  endwhile()
  add_public_tablegen_target(${target})
  add_dependencies(norm-tablegen ${target})
  set_property(GLOBAL APPEND PROPERTY NORM_TABLEGEN_TARGETS ${target})
endfunction()

# norm_add_library(NAME SOURCE ... [LINK LIBRARY ...] [NO_INSTALL])
# A static library, known to others as NormMLIR::NAME, built on the MLIR dylib.
function(norm_add_library name)
  cmake_parse_arguments(ARG "NO_INSTALL" "" "LINK" ${ARGN})
  add_library(Norm${name} STATIC ${ARG_UNPARSED_ARGUMENTS})
  add_library(NormMLIR::${name} ALIAS Norm${name})
  set_target_properties(Norm${name} PROPERTIES EXPORT_NAME ${name} POSITION_INDEPENDENT_CODE ON)
  target_link_libraries(Norm${name} PUBLIC ${ARG_LINK} NormInterface)
  # Not linked: whoever uses the installed library would have to link it too.
  target_compile_options(Norm${name} PRIVATE $<TARGET_PROPERTY:NormBuildFlags,INTERFACE_COMPILE_OPTIONS>)
  get_property(tablegen GLOBAL PROPERTY NORM_TABLEGEN_TARGETS)
  add_dependencies(Norm${name} ${tablegen})
  if(NORM_PRECOMPILED_HEADERS)
    target_precompile_headers(Norm${name} REUSE_FROM NormPrecompiledHeaders)
  endif()
  if(NOT ARG_NO_INSTALL)
    norm_install(Norm${name})
  endif()
endfunction()

# norm_add_tool(NAME SOURCE ... [LINK LIBRARY ...])
function(norm_add_tool name)
  cmake_parse_arguments(ARG "" "" "LINK" ${ARGN})
  add_executable(${name} ${ARG_UNPARSED_ARGUMENTS})
  target_link_libraries(${name} PRIVATE ${ARG_LINK} NormBuildFlags)
  norm_install(${name})
endfunction()

# norm_add_runtime(NAME LIBRARY SOURCE ...)
# What compiled code calls, which uses nothing of MLIR: once as a static library NormMLIR::NAME for tools, once as a shared
# LIBRARY of its own.
function(norm_add_runtime name library)
  norm_add_library(${name} ${ARGN})
  add_library(${library} SHARED ${ARGN})
  target_include_directories(${library} PUBLIC
    "$<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>" "$<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>")
  target_compile_options(${library} PRIVATE -Wall -Wextra $<$<BOOL:${NORM_WERROR}>:-Werror>)
  target_link_libraries(${library} PRIVATE ${CMAKE_DL_LIBS})
  if(NORM_ENABLE_SANITIZERS)
    target_compile_options(${library} PRIVATE -fsanitize=address,undefined -fno-sanitize=vptr)
    target_link_options(${library} PRIVATE -fsanitize=address,undefined)
  endif()
  norm_install(${library})
endfunction()
