# Install rules, and the CMake package NormMLIR of the install tree and of the build tree. Comes after all targets.

set(NORM_CMAKE_DIR "${CMAKE_INSTALL_LIBDIR}/cmake/NormMLIR")
get_filename_component(NORM_MLIR_PREFIX "${MLIR_DIR}/../../.." ABSOLUTE)
get_property(NORM_COMPONENTS GLOBAL PROPERTY NORM_COMPONENTS)
list(SORT NORM_COMPONENTS)

include(CMakePackageConfigHelpers)
set(build_cmake_dir "${PROJECT_BINARY_DIR}/${NORM_CMAKE_DIR}")
configure_file("${CMAKE_CURRENT_LIST_DIR}/NormMLIRConfig.cmake.in" "${build_cmake_dir}/NormMLIRConfig.cmake" @ONLY)
configure_file("${CMAKE_CURRENT_LIST_DIR}/NormFindMLIR.cmake" "${build_cmake_dir}/NormFindMLIR.cmake" COPYONLY)
write_basic_package_version_file("${build_cmake_dir}/NormMLIRConfigVersion.cmake" COMPATIBILITY SameMajorVersion)
export(EXPORT NormMLIRTargets FILE "${build_cmake_dir}/NormMLIRTargets.cmake" NAMESPACE NormMLIR::)

install(EXPORT NormMLIRTargets DESTINATION "${NORM_CMAKE_DIR}" NAMESPACE NormMLIR:: COMPONENT Development)
install(FILES "${build_cmake_dir}/NormMLIRConfig.cmake" "${build_cmake_dir}/NormMLIRConfigVersion.cmake"
              "${build_cmake_dir}/NormFindMLIR.cmake"
        DESTINATION "${NORM_CMAKE_DIR}" COMPONENT Development)
install(DIRECTORY "${PROJECT_SOURCE_DIR}/include/" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" COMPONENT Development
        FILES_MATCHING PATTERN "*.h" PATTERN "*.td" PATTERN "*.def")
install(DIRECTORY "${PROJECT_BINARY_DIR}/include/norm" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" COMPONENT Development
        FILES_MATCHING PATTERN "*.h.inc" PATTERN CMakeFiles EXCLUDE)
