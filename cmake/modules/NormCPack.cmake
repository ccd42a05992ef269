# Debian packages: norm-mlir (tools, plugin, shared libraries) and norm-mlir-dev (what other projects build with).
# scripts/package makes them.

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME norm-mlir)
set(CPACK_PACKAGE_VENDOR "norm-mlir")
set(CPACK_PACKAGE_CONTACT "The norm-mlir developers")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_RESOURCE_FILE_LICENSE "${PROJECT_SOURCE_DIR}/LICENSE")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_COMPONENTS_ALL Tools Development)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION devel)

set(llvm ${LLVM_VERSION_MAJOR})
set(CPACK_DEBIAN_TOOLS_PACKAGE_NAME norm-mlir)
set(CPACK_DEBIAN_TOOLS_DESCRIPTION
"Compiler for normalizations in MLIR
 Finds layer norm, RMS norm, group, instance and batch norm in MLIR modules,
 fuses what stands around them and compiles each to one kernel. Holds the
 tools, the plugin for mlir-opt, the C API and the runtime libraries.")
set(CPACK_DEBIAN_TOOLS_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS "${CMAKE_LIBRARY_OUTPUT_DIRECTORY}")
# Shared libraries that norm-compile makes are linked by a C compiler, parallel ones with libomp.
set(CPACK_DEBIAN_TOOLS_PACKAGE_RECOMMENDS "gcc | c-compiler, libc6-dev")
set(CPACK_DEBIAN_TOOLS_PACKAGE_SUGGESTS "libomp-${llvm}-dev, mlir-${llvm}-tools")

set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME norm-mlir-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEVELOPMENT_DESCRIPTION
"Compiler for normalizations in MLIR: libraries and headers
 Holds what compilers that take norm-mlir in are built with: libraries,
 headers, TableGen files and the CMake package NormMLIR.")
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS
  "norm-mlir (= ${PROJECT_VERSION}), libmlir-${llvm}-dev, mlir-${llvm}-tools, llvm-${llvm}-dev, llvm-${llvm}-tools")

install(FILES "${PROJECT_SOURCE_DIR}/LICENSE" DESTINATION "${CMAKE_INSTALL_DATAROOTDIR}/doc/norm-mlir" RENAME copyright COMPONENT Tools)
install(FILES "${PROJECT_SOURCE_DIR}/LICENSE" DESTINATION "${CMAKE_INSTALL_DATAROOTDIR}/doc/norm-mlir-dev" RENAME copyright
        COMPONENT Development)

include(CPack)
