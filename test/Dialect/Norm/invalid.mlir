// Each function is named after the operation and the constraint that it breaks,
// as numbered in the operation's description.

// RUN: norm-opt %s -split-input-file -verify-diagnostics

func.func @layer_norm_c1_output_shape(%x: tensor<4x8xf32>, %y: tensor<4x9xf32>) {
  // expected-error@+1 {{expected output of shape [4, 8], got 'tensor<4x9xf32>'}}
  %0 = norm.layer_norm ins(%x : tensor<4x8xf32>) outs(%y : tensor<4x9xf32>) axes = [1] epsilon = 1.0e-5
  return
}

// -----

func.func @layer_norm_c1_output_rank(%x: tensor<4x?xf32>, %y: tensor<4xf32>) {
  // expected-error@+1 {{expected output of shape [4, ?], got 'tensor<4xf32>'}}
  %0 = norm.layer_norm ins(%x : tensor<4x?xf32>) outs(%y : tensor<4xf32>) axes = [1] epsilon = 1.0e-5
  return
}

// -----

func.func @layer_norm_c2_axis_too_large(%x: tensor<4x8xf32>) {
  // expected-error@+1 {{expected axes from 0 to 1, got 2}}
  %0 = norm.layer_norm ins(%x : tensor<4x8xf32>) outs(%x : tensor<4x8xf32>) axes = [2] epsilon = 1.0e-5
  return
}

// -----

func.func @layer_norm_c2_negative_axis(%x: tensor<4x8xf32>) {
  // expected-error@+1 {{expected axes from 0 to 1, got -1}}
  %0 = norm.layer_norm ins(%x : tensor<4x8xf32>) outs(%x : tensor<4x8xf32>) axes = [-1] epsilon = 1.0e-5
  return
}

// -----

func.func @layer_norm_c2_axes_not_increasing(%x: tensor<4x8xf32>) {
  // expected-error@+1 {{expected increasing axes, got [1, 0]}}
  %0 = norm.layer_norm ins(%x : tensor<4x8xf32>) outs(%x : tensor<4x8xf32>) axes = [1, 0] epsilon = 1.0e-5
  return
}

// -----

func.func @rms_norm_c2_axis_twice(%x: memref<4x8xf32>) {
  // expected-error@+1 {{expected increasing axes, got [1, 1]}}
  norm.rms_norm ins(%x : memref<4x8xf32>) outs(%x : memref<4x8xf32>) axes = [1, 1] epsilon = 1.0e-5
  return
}

// -----

func.func @layer_norm_c2_axis_of_scalar(%x: tensor<f32>) {
  // expected-error@+1 {{expected no axes for an input of rank 0, got 0}}
  %0 = norm.layer_norm ins(%x : tensor<f32>) outs(%x : tensor<f32>) axes = [0] epsilon = 1.0e-5
  return
}

// -----

func.func @layer_norm_c3_parameter_axis_too_large(%x: tensor<4x8xf32>, %g: tensor<8xf32>) {
  // expected-error@+1 {{expected parameter_axes from 0 to 1, got 5}}
  %0 = norm.layer_norm ins(%x : tensor<4x8xf32>) gamma(%g : tensor<8xf32>) outs(%x : tensor<4x8xf32>) axes = [1] parameter_axes = [5] epsilon = 1.0e-5
  return
}

// -----

func.func @rms_norm_c3_parameter_axes_not_increasing(%x: tensor<4x8xf32>, %g: tensor<4x8xf32>) {
  // expected-error@+1 {{expected increasing parameter_axes, got [1, 0]}}
  %0 = norm.rms_norm ins(%x : tensor<4x8xf32>) gamma(%g : tensor<4x8xf32>) outs(%x : tensor<4x8xf32>) axes = [1] parameter_axes = [1, 0] epsilon = 1.0e-5
  return
}

// -----

func.func @layer_norm_c4_gamma_shape(%x: tensor<4x8xf32>, %g: tensor<4xf32>) {
  // expected-error@+1 {{expected gamma of shape [8], got 'tensor<4xf32>'}}
  %0 = norm.layer_norm ins(%x : tensor<4x8xf32>) gamma(%g : tensor<4xf32>) outs(%x : tensor<4x8xf32>) axes = [1] epsilon = 1.0e-5
  return
}

// -----

func.func @layer_norm_c4_beta_shape(%x: tensor<4x8xf32>, %b: tensor<8xf32>) {
  // expected-error@+1 {{expected beta of shape [4, 8], got 'tensor<8xf32>'}}
  %0 = norm.layer_norm ins(%x : tensor<4x8xf32>) beta(%b : tensor<8xf32>) outs(%x : tensor<4x8xf32>) axes = [1] parameter_axes = [0, 1] epsilon = 1.0e-5
  return
}

// -----

func.func @layer_norm_c5_mask_shape(%x: tensor<4x8xf32>, %m: tensor<8xi1>) {
  // expected-error@+1 {{expected mask of shape [4, 8], got 'tensor<8xi1>'}}
  %0 = norm.layer_norm ins(%x : tensor<4x8xf32>) mask(%m : tensor<8xi1>) outs(%x : tensor<4x8xf32>) axes = [1] epsilon = 1.0e-5
  return
}

// -----

func.func @layer_norm_c5_mask_type(%x: tensor<4x8xf32>, %m: tensor<4x8xi8>) {
  // expected-error@+1 {{operand #1 must be ranked tensor of 1-bit signless integer values or strided memref of 1-bit signless integer values}}
  %0 = norm.layer_norm ins(%x : tensor<4x8xf32>) mask(%m : tensor<4x8xi8>) outs(%x : tensor<4x8xf32>) axes = [1] epsilon = 1.0e-5
  return
}

// -----

func.func @layer_norm_c6_mean_shape(%x: tensor<4x8xf32>, %m: tensor<8xf32>) {
  // expected-error@+1 {{expected mean of shape [4], got 'tensor<8xf32>'}}
  %0:2 = norm.layer_norm ins(%x : tensor<4x8xf32>) outs(%x : tensor<4x8xf32>) mean(%m : tensor<8xf32>) axes = [1] epsilon = 1.0e-5
  return
}

// -----

func.func @rms_norm_c6_rstd_shape(%x: tensor<4x8xf32>, %m: tensor<4x1xf32>) {
  // expected-error@+1 {{expected rstd of shape [4], got 'tensor<4x1xf32>'}}
  %0:2 = norm.rms_norm ins(%x : tensor<4x8xf32>) outs(%x : tensor<4x8xf32>) rstd(%m : tensor<4x1xf32>) axes = [1] epsilon = 1.0e-5
  return
}

// -----

func.func @layer_norm_c7_compute_type_f16(%x: tensor<4x8xf16>) {
  // expected-error@+1 {{expected compute_type f32 or f64, got 'f16'}}
  %0 = norm.layer_norm ins(%x : tensor<4x8xf16>) outs(%x : tensor<4x8xf16>) axes = [1] epsilon = 1.0e-5 compute_type = f16
  return
}

// -----

func.func @layer_norm_c7_compute_type_too_narrow(%x: tensor<4x8xf64>) {
  // expected-error@+1 {{expected a compute_type no narrower than 'f64', got 'f32'}}
  %0 = norm.layer_norm ins(%x : tensor<4x8xf64>) outs(%x : tensor<4x8xf64>) axes = [1] epsilon = 1.0e-5 compute_type = f32
  return
}

// -----

func.func @layer_norm_c7_compute_type_integer(%x: tensor<4x8xf32>) {
  // expected-error@+1 {{attribute 'compute_type' failed to satisfy constraint}}
  %0 = norm.layer_norm ins(%x : tensor<4x8xf32>) outs(%x : tensor<4x8xf32>) axes = [1] epsilon = 1.0e-5 compute_type = i32
  return
}

// -----

func.func @layer_norm_c8_no_epsilon(%x: tensor<4x8xf32>) {
  // expected-error@+1 {{expected epsilon as an attribute or as an operand, got none}}
  %0 = norm.layer_norm ins(%x : tensor<4x8xf32>) outs(%x : tensor<4x8xf32>) axes = [1]
  return
}

// -----

func.func @rms_norm_c8_two_epsilons(%x: tensor<4x8xf32>, %e: f32) {
  // expected-error@+1 {{expected epsilon as an attribute or as an operand, got both}}
  %0 = norm.rms_norm ins(%x : tensor<4x8xf32>) epsilon(%e : f32) outs(%x : tensor<4x8xf32>) axes = [1] epsilon = 1.0e-5
  return
}

// -----

func.func @rms_norm_c8_negative_epsilon(%x: tensor<4x8xf32>) {
  // expected-error@+1 {{expected a finite epsilon that is not negative, got -1.000000e-05 : f64}}
  %0 = norm.rms_norm ins(%x : tensor<4x8xf32>) outs(%x : tensor<4x8xf32>) axes = [1] epsilon = -1.0e-5
  return
}

// -----

func.func @rms_norm_c8_nan_epsilon(%x: tensor<4x8xf32>) {
  // expected-error@+1 {{expected a finite epsilon that is not negative, got 0x7FF8000000000000 : f64}}
  %0 = norm.rms_norm ins(%x : tensor<4x8xf32>) outs(%x : tensor<4x8xf32>) axes = [1] epsilon = 0x7FF8000000000000
  return
}

// -----

func.func @layer_norm_c9_mixed_operands(%x: tensor<4x8xf32>, %y: memref<4x8xf32>) {
  // expected-error@+1 {{expected operands that are all tensors or all memrefs, got both}}
  norm.layer_norm ins(%x : tensor<4x8xf32>) outs(%y : memref<4x8xf32>) axes = [1] epsilon = 1.0e-5
  return
}

// -----

func.func @layer_norm_c9_result_type(%x: tensor<4x8xf32>) {
  // expected-error@+1 {{expected results of the tensor inits' types ('tensor<4x8xf32>'), got ('tensor<8x4xf32>')}}
  %0 = "norm.layer_norm"(%x, %x) <{axes = array<i64: 1>, epsilon = 1.0e-5 : f64, operandSegmentSizes = array<i32: 1, 0, 0, 0, 0, 1, 0, 0>}>
      : (tensor<4x8xf32>, tensor<4x8xf32>) -> tensor<8x4xf32>
  return
}

// -----

func.func @layer_norm_c9_result_missing(%x: tensor<4x8xf32>) {
  // expected-error@+1 {{expected results of the tensor inits' types ('tensor<4x8xf32>'), got ()}}
  "norm.layer_norm"(%x, %x) <{axes = array<i64: 1>, epsilon = 1.0e-5 : f64, operandSegmentSizes = array<i32: 1, 0, 0, 0, 0, 1, 0, 0>}>
      : (tensor<4x8xf32>, tensor<4x8xf32>) -> ()
  return
}

// -----

func.func @rms_norm_c10_gamma_offset_without_gamma(%x: tensor<4x8xf32>) {
  // expected-error@+1 {{expected a gamma for gamma_offset to be added to}}
  %0 = norm.rms_norm ins(%x : tensor<4x8xf32>) outs(%x : tensor<4x8xf32>) axes = [1] gamma_offset = 1.0 epsilon = 1.0e-5
  return
}

// -----

func.func @layer_norm_c11_two_outputs_in_one_memory(%x: memref<4x8xf32>, %m: memref<4xf32>) {
  // expected-error@+1 {{expected outputs that are different memory, but output #2 repeats an earlier one}}
  norm.layer_norm ins(%x : memref<4x8xf32>) outs(%x : memref<4x8xf32>) mean(%m : memref<4xf32>) rstd(%m : memref<4xf32>) axes = [1] epsilon = 1.0e-5
  return
}

// -----

func.func @layer_norm_c11_gamma_is_output(%x: memref<4x8xf32>, %m: memref<4x8xf32>) {
  // expected-error@+1 {{expected operand #1 and the output #2 to be different memory}}
  norm.layer_norm ins(%x : memref<4x8xf32>) gamma(%m : memref<4x8xf32>) outs(%m : memref<4x8xf32>) axes = [1] parameter_axes = [0, 1] epsilon = 1.0e-5
  return
}

// -----

func.func @rms_norm_operand_groups(%x: memref<4x8xf32>) {
  // expected-error@+1 {{failed to verify that there is one input and one output}}
  "norm.rms_norm"(%x, %x) <{axes = array<i64: 1>, epsilon = 1.0e-5 : f64, operandSegmentSizes = array<i32: 1, 1, 0, 0, 0, 0, 0>}>
      : (memref<4x8xf32>, memref<4x8xf32>) -> ()
  return
}

// -----

func.func @layer_norm_input_integer(%x: tensor<4x8xi32>, %y: tensor<4x8xf32>) {
  // expected-error@+1 {{operand #0 must be ranked tensor of 64-bit float or 32-bit float or 16-bit float or bfloat16 type values or strided memref}}
  %0 = norm.layer_norm ins(%x : tensor<4x8xi32>) outs(%y : tensor<4x8xf32>) axes = [1] epsilon = 1.0e-5
  return
}

// -----

func.func @layer_norm_unranked(%x: tensor<*xf32>) {
  // expected-error@+1 {{operand #0 must be ranked tensor}}
  norm.layer_norm ins(%x : tensor<*xf32>) outs(%x : tensor<*xf32>) axes = [1] epsilon = 1.0e-5
  return
}
