// Each function is named after the operation and the constraint that it breaks,
// as numbered in the descriptions of the operations with a channel axis.

// RUN: norm-opt %s -split-input-file -verify-diagnostics

func.func @group_norm_c1_output_shape(%x: tensor<2x6x5xf32>, %y: tensor<2x6xf32>) {
  // expected-error@+1 {{expected output of shape [2, 6, 5], got 'tensor<2x6xf32>'}}
  %0 = norm.group_norm ins(%x : tensor<2x6x5xf32>) outs(%y : tensor<2x6xf32>) axes = [2] channel_axis = 1 groups = 3 epsilon = 1.0e-5
  return
}

// -----

func.func @group_norm_c2_axis_too_large(%x: tensor<2x6x5xf32>) {
  // expected-error@+1 {{expected axes from 0 to 2, got 3}}
  %0 = norm.group_norm ins(%x : tensor<2x6x5xf32>) outs(%x : tensor<2x6x5xf32>) axes = [2, 3] channel_axis = 1 epsilon = 1.0e-5
  return
}

// -----

func.func @group_norm_c2_axes_not_increasing(%x: tensor<2x6x5xf32>) {
  // expected-error@+1 {{expected increasing axes, got [2, 0]}}
  %0 = norm.group_norm ins(%x : tensor<2x6x5xf32>) outs(%x : tensor<2x6x5xf32>) axes = [2, 0] channel_axis = 1 epsilon = 1.0e-5
  return
}

// -----

func.func @group_norm_c4_gamma_shape(%x: tensor<2x6x5xf32>, %g: tensor<3xf32>) {
  // expected-error@+1 {{expected gamma of shape [6], got 'tensor<3xf32>'}}
  %0 = norm.group_norm ins(%x : tensor<2x6x5xf32>) gamma(%g : tensor<3xf32>) outs(%x : tensor<2x6x5xf32>) axes = [2] channel_axis = 1 groups = 3 epsilon = 1.0e-5
  return
}

// -----

func.func @group_norm_c4_beta_rank(%x: tensor<2x6x5xf32>, %b: tensor<6x1xf32>) {
  // expected-error@+1 {{expected beta of shape [6], got 'tensor<6x1xf32>'}}
  %0 = norm.group_norm ins(%x : tensor<2x6x5xf32>) beta(%b : tensor<6x1xf32>) outs(%x : tensor<2x6x5xf32>) axes = [2] channel_axis = 1 groups = 3 epsilon = 1.0e-5
  return
}

// -----

func.func @group_norm_c5_mask_shape(%x: tensor<2x6x5xf32>, %m: tensor<2x5xi1>) {
  // expected-error@+1 {{expected mask of shape [2, 6, 5], got 'tensor<2x5xi1>'}}
  %0 = norm.group_norm ins(%x : tensor<2x6x5xf32>) mask(%m : tensor<2x5xi1>) outs(%x : tensor<2x6x5xf32>) axes = [2] channel_axis = 1 groups = 3 epsilon = 1.0e-5
  return
}

// -----

func.func @group_norm_c6_mean_per_channel(%x: tensor<2x6x5xf32>, %m: tensor<2x6xf32>) {
  // expected-error@+1 {{expected mean of shape [2, 3], got 'tensor<2x6xf32>'}}
  %0:2 = norm.group_norm ins(%x : tensor<2x6x5xf32>) outs(%x : tensor<2x6x5xf32>) mean(%m : tensor<2x6xf32>) axes = [2] channel_axis = 1 groups = 3 epsilon = 1.0e-5
  return
}

// -----

func.func @group_norm_c6_rstd_of_instances(%x: tensor<2x6x5xf32>, %r: tensor<2x3xf32>) {
  // expected-error@+1 {{expected rstd of shape [2, 6], got 'tensor<2x3xf32>'}}
  %0:2 = norm.group_norm ins(%x : tensor<2x6x5xf32>) outs(%x : tensor<2x6x5xf32>) rstd(%r : tensor<2x3xf32>) axes = [2] channel_axis = 1 epsilon = 1.0e-5
  return
}

// -----

func.func @group_norm_c7_compute_type_too_narrow(%x: tensor<2x6x5xf64>) {
  // expected-error@+1 {{expected a compute_type no narrower than 'f64', got 'f32'}}
  %0 = norm.group_norm ins(%x : tensor<2x6x5xf64>) outs(%x : tensor<2x6x5xf64>) axes = [2] channel_axis = 1 epsilon = 1.0e-5 compute_type = f32
  return
}

// -----

func.func @group_norm_c8_no_epsilon(%x: tensor<2x6x5xf32>) {
  // expected-error@+1 {{expected epsilon as an attribute or as an operand, got none}}
  %0 = norm.group_norm ins(%x : tensor<2x6x5xf32>) outs(%x : tensor<2x6x5xf32>) axes = [2] channel_axis = 1 groups = 3
  return
}

// -----

func.func @group_norm_c9_mixed_operands(%x: tensor<2x6x5xf32>, %y: memref<2x6x5xf32>) {
  // expected-error@+1 {{expected operands that are all tensors or all memrefs, got both}}
  norm.group_norm ins(%x : tensor<2x6x5xf32>) outs(%y : memref<2x6x5xf32>) axes = [2] channel_axis = 1 groups = 3 epsilon = 1.0e-5
  return
}

// -----

func.func @group_norm_c11_gamma_is_output(%x: memref<6xf32>, %g: memref<6xf32>) {
  // expected-error@+1 {{expected operand #1 and the output #2 to be different memory}}
  norm.group_norm ins(%x : memref<6xf32>) gamma(%g : memref<6xf32>) outs(%g : memref<6xf32>) axes = [] channel_axis = 0 groups = 2 epsilon = 1.0e-5
  return
}

// -----

func.func @group_norm_c12_channel_axis_too_large(%x: tensor<2x6x5xf32>) {
  // expected-error@+1 {{expected channel_axis from 0 to 2, got 3}}
  %0 = norm.group_norm ins(%x : tensor<2x6x5xf32>) outs(%x : tensor<2x6x5xf32>) axes = [2] channel_axis = 3 epsilon = 1.0e-5
  return
}

// -----

func.func @group_norm_c12_negative_channel_axis(%x: tensor<2x6x5xf32>) {
  // expected-error@+1 {{expected channel_axis from 0 to 2, got -1}}
  %0 = norm.group_norm ins(%x : tensor<2x6x5xf32>) outs(%x : tensor<2x6x5xf32>) axes = [2] channel_axis = -1 epsilon = 1.0e-5
  return
}

// -----

func.func @group_norm_c12_channel_axis_in_axes(%x: tensor<2x6x5xf32>) {
  // expected-error@+1 {{expected axes without the channel_axis 1, got [1, 2]}}
  %0 = norm.group_norm ins(%x : tensor<2x6x5xf32>) outs(%x : tensor<2x6x5xf32>) axes = [1, 2] channel_axis = 1 epsilon = 1.0e-5
  return
}

// -----

func.func @group_norm_c12_scalar(%x: tensor<f32>) {
  // expected-error@+1 {{expected an input with a dim for the channels, got one of rank 0}}
  %0 = norm.group_norm ins(%x : tensor<f32>) outs(%x : tensor<f32>) axes = [] channel_axis = 0 epsilon = 1.0e-5
  return
}

// -----

func.func @group_norm_c13_no_groups(%x: tensor<2x6x5xf32>) {
  // expected-error@+1 {{expected groups of at least 1, got 0}}
  %0 = norm.group_norm ins(%x : tensor<2x6x5xf32>) outs(%x : tensor<2x6x5xf32>) axes = [2] channel_axis = 1 groups = 0 epsilon = 1.0e-5
  return
}

// -----

func.func @group_norm_c13_negative_groups_of_dynamic_channels(%x: tensor<2x?x5xf32>) {
  // expected-error@+1 {{expected groups of at least 1, got -2}}
  %0 = norm.group_norm ins(%x : tensor<2x?x5xf32>) outs(%x : tensor<2x?x5xf32>) axes = [2] channel_axis = 1 groups = -2 epsilon = 1.0e-5
  return
}

// -----

func.func @group_norm_c13_groups_do_not_divide(%x: tensor<2x6x5xf32>) {
  // expected-error@+1 {{expected groups that divide the 6 channels, got 4}}
  %0 = norm.group_norm ins(%x : tensor<2x6x5xf32>) outs(%x : tensor<2x6x5xf32>) axes = [2] channel_axis = 1 groups = 4 epsilon = 1.0e-5
  return
}

// -----

func.func @group_norm_c13_groups_do_not_divide_output(%x: tensor<2x?x5xf32>, %y: tensor<2x6x5xf32>) {
  // expected-error@+1 {{expected groups that divide the 6 channels, got 4}}
  %0 = norm.group_norm ins(%x : tensor<2x?x5xf32>) outs(%y : tensor<2x6x5xf32>) axes = [2] channel_axis = 1 groups = 4 epsilon = 1.0e-5
  return
}

// -----

func.func @group_norm_c13_groups_do_not_divide_gamma(%x: tensor<2x?x5xf32>, %g: tensor<9xf32>) {
  // expected-error@+1 {{expected groups that divide the 9 channels, got 4}}
  %0 = norm.group_norm ins(%x : tensor<2x?x5xf32>) gamma(%g : tensor<9xf32>) outs(%x : tensor<2x?x5xf32>) axes = [2] channel_axis = 1 groups = 4 epsilon = 1.0e-5
  return
}

// -----

func.func @group_norm_operand_groups(%x: memref<4x8xf32>) {
  // expected-error@+1 {{failed to verify that there is one input and one output}}
  "norm.group_norm"(%x, %x) <{axes = array<i64: 1>, channel_axis = 0 : i64, epsilon = 1.0e-5 : f64, operandSegmentSizes = array<i32: 1, 1, 0, 0, 0, 0, 0, 0>}>
      : (memref<4x8xf32>, memref<4x8xf32>) -> ()
  return
}

// -----

func.func @batch_norm_inference_c1_output_shape(%x: tensor<2x6x5xf32>, %m: tensor<6xf32>, %v: tensor<6xf32>, %y: tensor<2x6x4xf32>) {
  // expected-error@+1 {{expected output of shape [2, 6, 5], got 'tensor<2x6x4xf32>'}}
  %0 = norm.batch_norm_inference ins(%x : tensor<2x6x5xf32>) mean(%m : tensor<6xf32>) variance(%v : tensor<6xf32>) outs(%y : tensor<2x6x4xf32>) channel_axis = 1 epsilon = 1.0e-5
  return
}

// -----

func.func @batch_norm_inference_c4_gamma_shape(%x: tensor<2x6x5xf32>, %m: tensor<6xf32>, %v: tensor<6xf32>, %g: tensor<5xf32>) {
  // expected-error@+1 {{expected gamma of shape [6], got 'tensor<5xf32>'}}
  %0 = norm.batch_norm_inference ins(%x : tensor<2x6x5xf32>) mean(%m : tensor<6xf32>) variance(%v : tensor<6xf32>) gamma(%g : tensor<5xf32>) outs(%x : tensor<2x6x5xf32>) channel_axis = 1 epsilon = 1.0e-5
  return
}

// -----

func.func @batch_norm_inference_c4_beta_shape(%x: tensor<2x6x5xf32>, %m: tensor<5xf32>, %v: tensor<5xf32>, %b: tensor<6xf32>) {
  // expected-error@+1 {{expected beta of shape [5], got 'tensor<6xf32>'}}
  %0 = norm.batch_norm_inference ins(%x : tensor<2x6x5xf32>) mean(%m : tensor<5xf32>) variance(%v : tensor<5xf32>) beta(%b : tensor<6xf32>) outs(%x : tensor<2x6x5xf32>) channel_axis = 2 epsilon = 1.0e-5
  return
}

// -----

func.func @batch_norm_inference_c6_mean_shape(%x: tensor<2x6x5xf32>, %m: tensor<2x6xf32>, %v: tensor<6xf32>) {
  // expected-error@+1 {{expected mean of shape [6], got 'tensor<2x6xf32>'}}
  %0 = norm.batch_norm_inference ins(%x : tensor<2x6x5xf32>) mean(%m : tensor<2x6xf32>) variance(%v : tensor<6xf32>) outs(%x : tensor<2x6x5xf32>) channel_axis = 1 epsilon = 1.0e-5
  return
}

// -----

func.func @batch_norm_inference_c6_variance_shape(%x: tensor<2x6x5xf32>, %m: tensor<6xf32>, %v: tensor<5xf32>) {
  // expected-error@+1 {{expected variance of shape [6], got 'tensor<5xf32>'}}
  %0 = norm.batch_norm_inference ins(%x : tensor<2x6x5xf32>) mean(%m : tensor<6xf32>) variance(%v : tensor<5xf32>) outs(%x : tensor<2x6x5xf32>) channel_axis = 1 epsilon = 1.0e-5
  return
}

// -----

func.func @batch_norm_inference_c7_compute_type_f16(%x: tensor<2x6x5xf32>, %m: tensor<6xf32>, %v: tensor<6xf32>) {
  // expected-error@+1 {{expected compute_type f32 or f64, got 'f16'}}
  %0 = norm.batch_norm_inference ins(%x : tensor<2x6x5xf32>) mean(%m : tensor<6xf32>) variance(%v : tensor<6xf32>) outs(%x : tensor<2x6x5xf32>) channel_axis = 1 epsilon = 1.0e-5 compute_type = f16
  return
}

// -----

func.func @batch_norm_inference_c8_two_epsilons(%x: tensor<2x6x5xf32>, %m: tensor<6xf32>, %v: tensor<6xf32>, %e: f32) {
  // expected-error@+1 {{expected epsilon as an attribute or as an operand, got both}}
  %0 = norm.batch_norm_inference ins(%x : tensor<2x6x5xf32>) mean(%m : tensor<6xf32>) variance(%v : tensor<6xf32>) epsilon(%e : f32) outs(%x : tensor<2x6x5xf32>) channel_axis = 1 epsilon = 1.0e-5
  return
}

// -----

func.func @batch_norm_inference_c9_mixed_operands(%x: tensor<2x6x5xf32>, %m: memref<6xf32>, %v: tensor<6xf32>) {
  // expected-error@+1 {{expected operands that are all tensors or all memrefs, got both}}
  %0 = norm.batch_norm_inference ins(%x : tensor<2x6x5xf32>) mean(%m : memref<6xf32>) variance(%v : tensor<6xf32>) outs(%x : tensor<2x6x5xf32>) channel_axis = 1 epsilon = 1.0e-5
  return
}

// -----

func.func @batch_norm_inference_c11_mean_is_output(%x: memref<6xf32>, %m: memref<6xf32>, %v: memref<6xf32>) {
  // expected-error@+1 {{expected operand #1 and the output #3 to be different memory}}
  norm.batch_norm_inference ins(%x : memref<6xf32>) mean(%m : memref<6xf32>) variance(%v : memref<6xf32>) outs(%m : memref<6xf32>) channel_axis = 0 epsilon = 1.0e-5
  return
}

// -----

func.func @batch_norm_inference_c12_channel_axis_too_large(%x: tensor<2x6x5xf32>, %m: tensor<6xf32>, %v: tensor<6xf32>) {
  // expected-error@+1 {{expected channel_axis from 0 to 2, got 3}}
  %0 = norm.batch_norm_inference ins(%x : tensor<2x6x5xf32>) mean(%m : tensor<6xf32>) variance(%v : tensor<6xf32>) outs(%x : tensor<2x6x5xf32>) channel_axis = 3 epsilon = 1.0e-5
  return
}

// -----

func.func @batch_norm_inference_c12_scalar(%x: tensor<f32>, %m: tensor<6xf32>, %v: tensor<6xf32>) {
  // expected-error@+1 {{expected an input with a dim for the channels, got one of rank 0}}
  %0 = norm.batch_norm_inference ins(%x : tensor<f32>) mean(%m : tensor<6xf32>) variance(%v : tensor<6xf32>) outs(%x : tensor<f32>) channel_axis = 0 epsilon = 1.0e-5
  return
}

// -----

func.func @batch_norm_inference_operand_groups(%x: memref<4xf32>) {
  // expected-error@+1 {{failed to verify that there is one input, one mean, one variance and one output}}
  "norm.batch_norm_inference"(%x, %x, %x, %x) <{channel_axis = 0 : i64, epsilon = 1.0e-5 : f64, operandSegmentSizes = array<i32: 1, 0, 1, 0, 1, 0, 1>}>
      : (memref<4xf32>, memref<4xf32>, memref<4xf32>, memref<4xf32>) -> ()
  return
}

// -----

func.func @batch_norm_training_c1_output_shape(%x: tensor<2x6x5xf32>, %y: tensor<2x6xf32>) {
  // expected-error@+1 {{expected output of shape [2, 6, 5], got 'tensor<2x6xf32>'}}
  %0 = norm.batch_norm_training ins(%x : tensor<2x6x5xf32>) outs(%y : tensor<2x6xf32>) channel_axis = 1 epsilon = 1.0e-5
  return
}

// -----

func.func @batch_norm_training_c4_gamma_shape(%x: tensor<2x6x5xf32>, %g: tensor<2xf32>) {
  // expected-error@+1 {{expected gamma of shape [6], got 'tensor<2xf32>'}}
  %0 = norm.batch_norm_training ins(%x : tensor<2x6x5xf32>) gamma(%g : tensor<2xf32>) outs(%x : tensor<2x6x5xf32>) channel_axis = 1 epsilon = 1.0e-5
  return
}

// -----

func.func @batch_norm_training_c5_mask_shape(%x: tensor<2x6x5xf32>, %m: tensor<6xi1>) {
  // expected-error@+1 {{expected mask of shape [2, 6, 5], got 'tensor<6xi1>'}}
  %0 = norm.batch_norm_training ins(%x : tensor<2x6x5xf32>) mask(%m : tensor<6xi1>) outs(%x : tensor<2x6x5xf32>) channel_axis = 1 epsilon = 1.0e-5
  return
}

// -----

func.func @batch_norm_training_c6_mean_shape(%x: tensor<2x6x5xf32>, %m: tensor<2xf32>) {
  // expected-error@+1 {{expected mean of shape [6], got 'tensor<2xf32>'}}
  %0:2 = norm.batch_norm_training ins(%x : tensor<2x6x5xf32>) outs(%x : tensor<2x6x5xf32>) mean(%m : tensor<2xf32>) channel_axis = 1 epsilon = 1.0e-5
  return
}

// -----

func.func @batch_norm_training_c6_variance_shape(%x: tensor<2x6x5xf32>, %v: tensor<1x6x1xf32>) {
  // expected-error@+1 {{expected variance of shape [6], got 'tensor<1x6x1xf32>'}}
  %0:2 = norm.batch_norm_training ins(%x : tensor<2x6x5xf32>) outs(%x : tensor<2x6x5xf32>) variance(%v : tensor<1x6x1xf32>) channel_axis = 1 epsilon = 1.0e-5
  return
}

// -----

func.func @batch_norm_training_c7_compute_type_too_narrow(%x: tensor<2x6x5xf64>) {
  // expected-error@+1 {{expected a compute_type no narrower than 'f64', got 'f32'}}
  %0 = norm.batch_norm_training ins(%x : tensor<2x6x5xf64>) outs(%x : tensor<2x6x5xf64>) channel_axis = 1 epsilon = 1.0e-5 compute_type = f32
  return
}

// -----

func.func @batch_norm_training_c8_negative_epsilon(%x: tensor<2x6x5xf32>) {
  // expected-error@+1 {{expected a finite epsilon that is not negative, got -1.000000e+00 : f64}}
  %0 = norm.batch_norm_training ins(%x : tensor<2x6x5xf32>) outs(%x : tensor<2x6x5xf32>) channel_axis = 1 epsilon = -1.0
  return
}

// -----

func.func @batch_norm_training_c9_result_missing(%x: tensor<2x6x5xf32>, %m: tensor<6xf32>) {
  // expected-error@+1 {{expected results of the tensor inits' types ('tensor<2x6x5xf32>', 'tensor<6xf32>'), got ('tensor<2x6x5xf32>')}}
  %0 = "norm.batch_norm_training"(%x, %x, %m) <{channel_axis = 1 : i64, epsilon = 1.0e-5 : f64, operandSegmentSizes = array<i32: 1, 0, 0, 0, 0, 1, 1, 0>}>
      : (tensor<2x6x5xf32>, tensor<2x6x5xf32>, tensor<6xf32>) -> tensor<2x6x5xf32>
  return
}

// -----

func.func @batch_norm_training_c11_two_outputs_in_one_memory(%x: memref<2x6xf32>, %m: memref<6xf32>) {
  // expected-error@+1 {{expected outputs that are different memory, but output #2 repeats an earlier one}}
  norm.batch_norm_training ins(%x : memref<2x6xf32>) outs(%x : memref<2x6xf32>) mean(%m : memref<6xf32>) variance(%m : memref<6xf32>) channel_axis = 1 epsilon = 1.0e-5
  return
}

// -----

func.func @batch_norm_training_c12_negative_channel_axis(%x: tensor<2x6x5xf32>) {
  // expected-error@+1 {{expected channel_axis from 0 to 2, got -1}}
  %0 = norm.batch_norm_training ins(%x : tensor<2x6x5xf32>) outs(%x : tensor<2x6x5xf32>) channel_axis = -1 epsilon = 1.0e-5
  return
}

// -----

func.func @batch_norm_training_c12_scalar(%x: tensor<f32>) {
  // expected-error@+1 {{expected an input with a dim for the channels, got one of rank 0}}
  %0 = norm.batch_norm_training ins(%x : tensor<f32>) outs(%x : tensor<f32>) channel_axis = 0 epsilon = 1.0e-5
  return
}

// -----

func.func @batch_norm_training_operand_groups(%x: memref<4x8xf32>) {
  // expected-error@+1 {{failed to verify that there is one input and one output}}
  "norm.batch_norm_training"(%x, %x) <{channel_axis = 0 : i64, epsilon = 1.0e-5 : f64, operandSegmentSizes = array<i32: 0, 1, 0, 0, 0, 1, 0, 0>}>
      : (memref<4x8xf32>, memref<4x8xf32>) -> ()
  return
}
