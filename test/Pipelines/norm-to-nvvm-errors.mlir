// What cannot be done is said, with what to do instead.
// DEFINE: %{fails} = not env -u CUDA_ROOT -u CUDA_HOME -u CUDA_PATH norm-opt
// RUN: rm -rf %t && split-file %s %t

// RUN: %{fails} %t/power.mlir --norm-to-nvvm 2>&1 | FileCheck %s --check-prefix=POWER
// POWER: power.mlir:2:8: error: 'gpu.binary' op calls __nv_powf, of CUDA's libdevice, which was not found: the option toolkit says where nvvm/libdevice is
// RUN: %{fails} %t/power.mlir --norm-to-nvvm=toolkit=%t/none 2>&1 | FileCheck %s --check-prefix=TOOLKIT
// TOOLKIT: power.mlir:2:8: error: CUDA path: {{.*}}none does not exist or is not a directory
// RUN: mkdir %t/empty
// RUN: not env -u CUDA_ROOT -u CUDA_HOME -u CUDA_PATH PATH=%t/empty %norm-tools/norm-opt %t/fill.mlir --norm-to-nvvm=format=bin 2>&1 | FileCheck %s --check-prefix=PTXAS
// PTXAS: error: Couldn't find the `ptxas` binary. Please specify the toolkit path, add the compiler to $PATH
// RUN: %{fails} %t/power.mlir --norm-to-nvvm=chip=sm_42 2>&1 | FileCheck %s --check-prefix=CHIP
// CHIP: error: norm-schedule: expected chip to be one of sm_80, sm_86, sm_89, sm_90, sm_100, sm_120, got sm_42
// RUN: %{fails} %t/power.mlir --norm-to-nvvm=format=obj 2>&1 | FileCheck %s --check-prefix=FORMAT
// FORMAT: Cannot find option named 'obj'
// RUN: %{fails} %t/branch.mlir --norm-to-nvvm 2>&1 | FileCheck %s --check-prefix=BRANCH
// BRANCH: branch.mlir:2:8: error: 'memref.load' op would access memory of the GPU on the host, which has no lowering

//--- power.mlir
func.func @power(%x: tensor<8xf32>) -> tensor<8xf32> {
  %y = math.powf %x, %x : tensor<8xf32>
  return %y : tensor<8xf32>
}
//--- fill.mlir
func.func @double(%x: tensor<8xf32>) -> tensor<8xf32> {
  %y = arith.addf %x, %x : tensor<8xf32>
  return %y : tensor<8xf32>
}
//--- branch.mlir
func.func @branch(%x: tensor<f32>) -> f32 {
  %v = tensor.extract %x[] : tensor<f32>
  return %v : f32
}
