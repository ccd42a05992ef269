// Older processors, emulated, get the version for theirs.
// REQUIRES: norm-compile, x86_64, x86_64-qemu
// RUN: rm -rf %t && mkdir %t
// RUN: norm-compile %S/multiversion.mlir -o %t/versions.so --header=%t/versions.h --multiversion=x86-64-v4,x86-64-v3,x86-64-v2,x86-64
// DEFINE: %{one} = norm-compile %S/multiversion.mlir --header=%t/one.h
// RUN: %{one} -o %t/x86-64.so --mcpu=x86-64
// RUN: %{one} -o %t/x86-64-v2.so --mcpu=x86-64-v2
// RUN: %{one} -o %t/x86-64-v3.so --mcpu=x86-64-v3
// RUN: %cc %S/Inputs/versions.c -o %t/versions -ldl
// RUN: qemu-x86_64 -cpu qemu64 %t/versions %t | FileCheck %s --check-prefix=OLD
// OLD: status 0, x86-64: its bits
// RUN: qemu-x86_64 -cpu Nehalem %t/versions %t | FileCheck %s --check-prefix=V2
// V2: status 0, x86-64-v2: its bits
// RUN: qemu-x86_64 -cpu max %t/versions %t | FileCheck %s --check-prefix=V3
// V3: status 0, x86-64-v3: its bits
// V3-NEXT: x86-64: other bits
