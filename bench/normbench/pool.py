"""The parent's side of contenders' processes: only the one whose turn it is runs, the others are stopped."""

import contextlib
import json
import os
import select
import signal
import subprocess
import sys

TIMEOUTS = {"prepare": 300, "write": 300, "run": 120, "drop": 60}

SECONDS_TO_END = 5

# Freed memory stays with the process, so that libraries that allocate their results do not fault in new pages each time,
# and comes in huge pages, as ours does.
MALLOC = "glibc.malloc.mmap_max=0:glibc.malloc.trim_threshold=68719476736:glibc.malloc.hugetlb=1"


class WorkerError(Exception):
    """A contender failed; `unsupported` if it says that it does not have the case."""

    def __init__(self, message, unsupported=False):
        super().__init__(message)
        self.unsupported = unsupported


def environment(threads):
    return {**os.environ, "OMP_NUM_THREADS": str(threads), "OMP_PROC_BIND": "close", "OMP_PLACES": "threads",
            "MKL_NUM_THREADS": str(threads), "OPENBLAS_NUM_THREADS": str(threads), "GLIBC_TUNABLES": MALLOC,
            "CUDA_VISIBLE_DEVICES": "", "TORCHINDUCTOR_COMPILE_THREADS": "1", "JAX_PLATFORMS": "cpu",
            "TF_CPP_MIN_LOG_LEVEL": "3",
            "PYTHONPATH": os.path.dirname(os.path.dirname(os.path.abspath(__file__)))}


class Worker:
    """One contender's process, on the first `threads` processors that this one may use. Starts when first asked."""

    def __init__(self, name, threads, build_folder, log):
        self.name, self.threads, self.build_folder, self.log = name, threads, str(build_folder), log
        self.process = None

    def start(self):
        cpus = sorted(os.sched_getaffinity(0))[:self.threads]
        command = [sys.executable, "-m", "normbench.worker", self.name, str(self.threads), self.build_folder,
                   ",".join(map(str, cpus))]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log, text=True,
                                        env=environment(self.threads))

    def ask(self, command, **fields):
        """The answer as a dict. The process is stopped again afterwards; it is gone after a crash."""
        if self.process is None:
            self.start()
        os.kill(self.process.pid, signal.SIGCONT)
        try:
            self.process.stdin.write(json.dumps({"command": command, **fields}) + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            pass  # The process is gone: seen below.
        ready, _, _ = select.select([self.process.stdout], [], [], TIMEOUTS[command])
        line = self.process.stdout.readline() if ready else None
        if not line:
            code = self.kill()
            raise WorkerError(f"its process ended (exit code {code})" if ready
                              else f"no answer within {TIMEOUTS[command]} s")
        os.kill(self.process.pid, signal.SIGSTOP)
        answer = json.loads(line)
        if "error" in answer:
            raise WorkerError(answer["error"], answer["unsupported"])
        return answer

    def end(self):
        """Lets the process end, so that its libraries clean up; by force after a while."""
        if self.process is not None:
            os.kill(self.process.pid, signal.SIGCONT)
            with contextlib.suppress(BrokenPipeError, subprocess.TimeoutExpired):
                self.process.stdin.close()
                self.process.wait(SECONDS_TO_END)
            self.kill()

    def kill(self):
        """Ends the process; its exit code."""
        if self.process is None:
            return None
        code = self.process.poll()
        self.process.kill()
        self.process.wait()
        with contextlib.suppress(BrokenPipeError):  # What was not flushed has nobody to read it.
            self.process.stdin.close()
        self.process.stdout.close()
        ended, self.process = self.process, None
        return ended.returncode if code is None else code
