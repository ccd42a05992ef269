# Unit tests: every Google Test program of the build whose name ends in Tests.

import os

import lit.formats

config.name = "norm-mlir-unit"
config.test_format = lit.formats.GoogleTest(".", "Tests")
config.suffixes = []
config.test_source_root = os.path.join(config.norm_obj_root, "unittests")
config.test_exec_root = config.test_source_root
if config.norm_sanitizers in ("ON", "1", "TRUE", "YES"):
    config.environment["ASAN_OPTIONS"] = "detect_container_overflow=0:allow_user_poisoning=0:detect_leaks=0"
    config.environment["UBSAN_OPTIONS"] = "halt_on_error=1:print_stacktrace=1"
