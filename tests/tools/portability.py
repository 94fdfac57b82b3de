"""Run every notebook under several settings of a machine: `make portability`.

The committed outputs must hold whatever the number of threads, the instruction set that
torch uses, and the seed of Python's string hashes. Each value of each setting occurs,
and each number of threads meets each instruction set.
"""

import os
import platform
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
X86 = platform.machine().lower() in ("x86_64", "amd64")
# (threads, instruction set, hash seed); "avx2" exists on x86 processors only
VARIANTS = [
    ("1", "default", "0"),
    ("2", "default", "1"),
    ("1", "avx2", "2"),
    ("2", "avx2", "random"),
]


def run(threads: str, capability: str, seed: str, paths: list[str]) -> tuple[int, str]:
    """Run the notebooks once; return pytest's exit status and its output."""
    variables = {
        "OMP_NUM_THREADS": threads,
        "MKL_NUM_THREADS": threads,
        "OPENBLAS_NUM_THREADS": threads,
        "ATEN_CPU_CAPABILITY": capability,
        "PYTHONHASHSEED": seed,
    }
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *paths]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=os.environ | variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


def main(paths: list[str]) -> int:
    """Run all variants, print one line each, and the details of those that fail."""
    failures = []
    for threads, capability, seed in VARIANTS:
        if capability == "avx2" and not X86:
            print(f"threads {threads}, avx2: left out, not an x86 processor")
            continue
        name = f"threads {threads}, instructions {capability}, hash seed {seed}"
        print(f"{name} ...", end=" ", flush=True)
        started = time.perf_counter()
        status, output = run(threads, capability, seed, paths or ["notebooks"])
        verdict = "the outputs hold" if status == 0 else "FAILED"
        print(f"{verdict} ({time.perf_counter() - started:.0f} s)", flush=True)
        if status != 0:
            failures.append((name, output))
    for name, output in failures:
        print(f"\n=== {name} ===\n{output}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
