"""Installs the libraries to compare with into a virtual environment. Uses the standard library only."""

import json
import pathlib
import shutil
import subprocess
import sys

# What the benchmark itself needs, then what each peer needs; together about 9 GB, most of it PyTorch's CUDA libraries,
# which its package cannot be loaded without.
BASE = ("numpy", "matplotlib")
PACKAGES = {
    "PyTorch": ("torch",),
    "ONNX Runtime": ("onnxruntime", "onnx"),
    "JAX": ("jax[cpu]",),
    "OpenVINO": ("openvino",),
    "oneDNN": ("onednn-cpu-gomp", "onednn-devel-cpu-gomp"),
    "oneDNN (SYCL)": ("onednn", "onednn-devel"),
    "IREE": ("iree-base-compiler", "iree-base-runtime"),
}
# Those that would overwrite files of another one have a folder of their own in the environment.
PREFIXES = {"oneDNN (SYCL)": "onednn-sycl"}


class InstallError(Exception):
    """The virtual environment itself cannot be had."""


def python_of(folder):
    return pathlib.Path(folder) / "bin" / "python"


def create(folder):
    """Makes the environment with venv, or with virtualenv where this Python has no ensurepip."""
    attempts = [[sys.executable, "-m", "venv", str(folder)]]
    if virtualenv := shutil.which("virtualenv"):
        attempts.append([virtualenv, "-p", sys.executable, str(folder)])
    for command in attempts:
        if subprocess.run(command, capture_output=True).returncode == 0:
            return
    raise InstallError("no virtual environment: install python3-venv or virtualenv (on Debian: apt-get install python3-venv)")


def pip(folder, packages, prefix=None):
    """None, or why pip failed, in a line."""
    where = ["--ignore-installed", "--prefix", str(folder / prefix)] if prefix else []
    command = [str(python_of(folder)), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *where, *packages]
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode == 0:
        return None
    lines = result.stderr.strip().splitlines()
    return next((line for line in reversed(lines) if line.startswith("ERROR")), lines[-1] if lines else "pip failed")


def install(folder, say):
    """Installs what is not installed yet. Peer → why it could not be installed; also in peers.json."""
    folder = pathlib.Path(folder)
    if not python_of(folder).exists():
        say(f"making a virtual environment in {folder}")
        create(folder)
    record = folder / "peers.json"
    done = json.loads(record.read_text()) if record.exists() else {}
    if "base" not in done:
        say(f"installing {', '.join(BASE)}")
        if failure := pip(folder, BASE):
            raise InstallError(failure)
        done["base"] = None
        record.write_text(json.dumps(done, indent=1))
    for peer, packages in PACKAGES.items():
        if done.get(peer, "new") is not None:
            say(f"installing {peer}: {', '.join(packages)}")
            done[peer] = pip(folder, packages, PREFIXES.get(peer))
            if done[peer]:
                say(f"  not installed: {done[peer]}")
            record.write_text(json.dumps(done, indent=1))
    return failures(folder)


def failures(folder):
    """Peer → why it is not there, as the last installation found."""
    record = pathlib.Path(folder) / "peers.json"
    if not record.exists():
        return {}
    return {peer: reason for peer, reason in json.loads(record.read_text()).items() if reason}
