# Tests that run command lines: what is in a file's RUN lines is run and must succeed.

import os
import platform
import shutil

import lit.formats
from lit.llvm import llvm_config
from lit.llvm.subst import ToolSubst

config.name = "norm-mlir"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".c", ".mlir", ".test"]
config.excludes = ["Inputs", "lib"]
config.test_source_root = os.path.dirname(__file__)
config.test_exec_root = os.path.join(config.norm_obj_root, "test")

llvm_config.with_system_environment(["HOME", "TMP", "TEMP", "TMPDIR"])
llvm_config.with_environment("PATH", config.norm_tools_dir, append_path=True)
llvm_config.with_environment("PATH", config.llvm_tools_dir, append_path=True)
# For tests that compile: Integration/normtest.py.
llvm_config.with_environment("LLVM_TOOLS_DIR", config.llvm_tools_dir)
# For tests that run kernels: Integration/gputest.py.
llvm_config.with_environment("NORM_LIBRARY_DIR", os.path.join(config.norm_obj_root, "lib"))
# For tests of what kernels need: Integration/GPU/resources.py.
llvm_config.with_environment("NORM_PTXAS", config.norm_ptxas)
llvm_config.use_default_substitutions()

config.substitutions.append(("%python", config.python_executable))
# Configures a project that uses the package of the build tree.
consumer = os.path.join(config.test_source_root, "Package", "Inputs", "consumer")
package = os.path.join(config.norm_obj_root, config.norm_cmake_dir)
config.substitutions.append(("%consumer", f'%cmake -S "{consumer}" -DNormMLIR_DIR="{package}" -DC_SOURCES="{config.test_source_root}/CAPI" -DCMAKE_CXX_COMPILER="{config.cxx_compiler}"'))
config.substitutions.append(("%cmake-build", f'"{config.cmake_executable}" --build'))
cpack = os.path.join(os.path.dirname(config.cmake_executable), "cpack")
config.substitutions.append(("%cpack", f'"{cpack}"'))
config.substitutions.append(("%cmake", f'"{config.cmake_executable}" -G "{config.cmake_generator}"'))
config.substitutions.append(("%install", f'"{config.cmake_executable}" --install "{config.norm_obj_root}"'))
# C compilers for what norm-compile makes.
config.substitutions.append(("%cc", f'"{config.c_compiler}"'))
config.substitutions.append(("%cxx", f'"{config.cxx_compiler}"'))
includes = " ".join(f'--include="{directory}"' for directory in config.mlir_include_dirs.split(";"))
config.substitutions.append(("%generate-docs", f'"{config.python_executable}" "{config.norm_src_root}/scripts/generate-docs.py"'
                             f' --tblgen="{config.mlir_tblgen}" {includes}'))
config.substitutions.append(("%norm-plugin", config.norm_plugin))
config.substitutions.append(("%capi-library", config.norm_capi_library))
config.substitutions.append(("%obj", config.norm_obj_root))
config.substitutions.append(("%norm-tools", config.norm_tools_dir))
config.substitutions.append(("%norm-lib", os.path.join(config.norm_obj_root, "lib")))
config.substitutions.append(("%examples", os.path.join(config.norm_src_root, "examples")))
config.substitutions.append(("%src", config.norm_src_root))

tools = ["norm-opt", "norm-lsp-server", "norm-reduce"]
tools += [ToolSubst(name, unresolved="ignore") for name in ("norm-capi-compiler-test", "norm-capi-ir-test")]
tools += [ToolSubst(name, unresolved="ignore") for name in ("norm-run", "norm-compile")]
tools += [ToolSubst(name, unresolved="ignore") for name in ("mlir-opt", "mlir-translate", "llc", "opt")]
llvm_config.add_tool_substitutions(tools, [config.norm_tools_dir, config.llvm_tools_dir])

# REQUIRES: norm-run, norm-compile, asan, g++, clang++-22, dpkg-shlibdeps,
# clang-format, aarch64-qemu, ptxas, x86_64-qemu, x86_64, avx2, avx512f …
config.available_features.add(platform.machine())
for tool in ("norm-run", "norm-compile"):
    if os.path.exists(os.path.join(config.norm_tools_dir, tool)):
        config.available_features.add(tool)
# Compilers for what uses the installed package; what makes Debian packages.
for program in ("g++", "clang++-22", "dpkg-shlibdeps"):
    if shutil.which(program):
        config.available_features.add(program)
if shutil.which("clang-format-22"):
    config.available_features.add("clang-format")
if shutil.which("qemu-x86_64"):
    config.available_features.add("x86_64-qemu")
if shutil.which("qemu-aarch64") and shutil.which("aarch64-linux-gnu-gcc-12"):
    config.available_features.add("aarch64-qemu")
if os.path.exists(config.norm_ptxas):
    config.available_features.add("ptxas")
if config.norm_sanitizers in ("ON", "1", "TRUE", "YES"):
    config.available_features.add("asan")
    # libMLIR itself is not instrumented: containers and arenas that cross its
    # border look corrupt, and what it keeps until exit looks leaked.
    config.environment["ASAN_OPTIONS"] = "detect_container_overflow=0:allow_user_poisoning=0:detect_leaks=0"
    config.environment["UBSAN_OPTIONS"] = "halt_on_error=1:print_stacktrace=1"
if os.path.exists("/proc/cpuinfo"):
    with open("/proc/cpuinfo") as cpuinfo:
        flags = next((line.split() for line in cpuinfo if line.startswith("flags")), [])
    config.available_features.update({"avx2", "avx512f", "avx512bw"}.intersection(flags))
