"""What the emulator reports of kernels that are wrong."""

import os
import signal
import subprocess
import sys

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(here, ".."))
from gputest import EmulatedLibrary
from normtest import Array, Target, run_tool

# Kernels of two warps on 64 floats.
KERNEL = """
module attributes {{gpu.container_module}} {{
  func.func @main(%x: memref<64xf32>) attributes {{llvm.emit_c_interface}} {{
    %c1 = arith.constant 1 : index
    %threads = arith.constant {threads} : index
    %blocks = arith.constant {blocks} : index
    %cluster = arith.constant {cluster} : index
    %asked = arith.constant {asked} : i32
    %address = memref.extract_aligned_pointer_as_index %x : memref<64xf32> -> index
    %integer = arith.index_cast %address : index to i64
    %pointer = llvm.inttoptr %integer : i64 to !llvm.ptr<1>
    gpu.launch_func @kernels::@kernel clusters in (%cluster, %c1, %c1) blocks in (%blocks, %c1, %c1) threads in (%threads, %c1, %c1)
      dynamic_shared_memory_size %asked args(%pointer : !llvm.ptr<1>)
    return
  }}
  gpu.module @kernels {{
    gpu.func @kernel(%p: !llvm.ptr<1>) workgroup(%w: memref<{words}xf32, #gpu.address_space<workgroup>>) kernel {{
      %c32 = arith.constant 32 : index
      %t = gpu.thread_id x
      %low = arith.cmpi ult, %t, %c32 : index
      {body}
      gpu.return
    }}
  }}
}}
"""
DIVERGENT = "scf.if %low { gpu.barrier }"
SHUFFLE = """%c16 = arith.constant 16 : index
      %few = arith.cmpi ult, %t, %c16 : index
      scf.if %few {
        %v = arith.constant 1 : i32
        %width = arith.constant 32 : i32
        %s, %ok = gpu.shuffle xor %v, %v, %width : i32
      }"""
OUTSIDE = """%i = arith.index_cast %t : index to i64
      %at = llvm.getelementptr %p[%i] : (!llvm.ptr<1>, i64) -> !llvm.ptr<1>, vector<2xf32>
      %one = arith.constant 1.0 : f32
      llvm.store volatile %one, %at : f32, !llvm.ptr<1>"""


# Blocks of a cluster: the first writes to the second's memory.
REMOTE = """%rank = arith.constant {rank} : i32
      %address = memref.extract_aligned_pointer_as_index %w : memref<64xf32, #gpu.address_space<workgroup>> -> index
      %number = arith.index_cast %address : index to i64
      %mine = llvm.inttoptr %number : i64 to !llvm.ptr<3>
      %theirs = nvvm.mapa %mine, %rank : !llvm.ptr<3> -> !llvm.ptr<7>
      %value = arith.constant 1.0 : f32
      llvm.store volatile %value, %theirs : f32, !llvm.ptr<7>"""
ONE_SIDED = """%c0 = arith.constant 0 : index
      %block = gpu.block_id x
      %is_first = arith.cmpi eq, %block, %c0 : index
      scf.if %is_first {
        nvvm.cluster.arrive
        nvvm.cluster.wait
      }"""
BOTH = "nvvm.cluster.arrive nvvm.cluster.wait"


def run(body, threads=64, words=64, blocks=1, cluster=1, asked=0):
    text = KERNEL.format(body=body, threads=threads, words=words, blocks=blocks, cluster=cluster, asked=asked)
    emulated = run_tool("norm-opt", "--norm-emulate-gpu", "-", stdin=text.encode()).decode()
    EmulatedLibrary(emulated, Target(), chip="").call("main", Array("f32", (64,)))


def expect(what, wanted, **options):
    try:
        run(what, **options)
    except AssertionError as error:
        assert str(error) == wanted, f"{error} where {wanted} is expected"
        return
    raise SystemExit(f"nothing is said: {wanted}")


if __name__ == "__main__":
    if sys.argv[1:] == ["outside"]:
        run(OUTSIDE)
        sys.exit(0)
    run("gpu.barrier")
    expect(DIVERGENT, "main: kernel: block 0: 32 of 64 threads wait at a barrier that the others do not reach")
    expect(SHUFFLE, "main: kernel: block 0: 16 of 64 threads wait at a shuffle that the others do not reach")
    expect("gpu.barrier", "main: kernel: a block has 2048 threads, more than 1024", threads=2048)
    expect("gpu.barrier", "main: kernel: a block has 65536 bytes of workgroup memory, more than 49152", words=16384)
    expect("gpu.barrier", "main: kernel: a grid without threads is launched", threads=0)
    run(BOTH, blocks=4, cluster=2, asked=232448 - 256)
    expect("gpu.barrier", "main: kernel: a block has 232449 bytes of workgroup memory, more than 232448", asked=232449 - 256)
    expect("gpu.barrier", "main: kernel: a cluster has 16 blocks, more than 8", blocks=16, cluster=16)
    expect("gpu.barrier", "main: kernel: 3 blocks are no whole number of clusters of 2", blocks=3, cluster=2)
    expect(ONE_SIDED, "main: kernel: block 0: 64 of 128 threads wait at a cluster barrier that the others do not reach",
           blocks=2, cluster=2)
    expect(f"{BOTH} nvvm.cluster.arrive nvvm.cluster.arrive nvvm.cluster.wait",
           "main: kernel: block 1: a thread arrives at a cluster barrier without a wait for the last", blocks=2, cluster=2)
    run(f"{BOTH} {REMOTE.format(rank=1)} {BOTH}", blocks=2, cluster=2)
    expect(REMOTE.format(rank=2), "main: kernel: block 0: memory that no block of the cluster has is asked for", blocks=2, cluster=2)
    expect(REMOTE.format(rank=0), "main: kernel: block 1: the memory of a block whose threads end is asked for", blocks=2, cluster=2)
    result = subprocess.run([sys.executable, __file__, "outside"], stderr=subprocess.DEVNULL, check=False)
    assert result.returncode in (-signal.SIGSEGV, -signal.SIGBUS), f"a store past the end ends with {result.returncode}"
    print("passed")
