"""Time the course against Optax and torch, one after the other, and print the ratios.

    python tests/benchmarks/compare.py --optax /opt/optax/bin/python --torch /opt/torch/bin/python

The two are interpreters with those libraries in them; this one has the course.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
DIGITS = HERE.parents[1] / "course_lib" / "data" / "digits.npz"


def run(python, script, *arguments):
    """The rows that a script prints, one JSON object a line."""
    done = subprocess.run(
        [python, HERE / script, *arguments], capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"{script} failed:\n{done.stderr}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def many_settings(optax, torch):
    ours = {row["size"]: row for row in run(sys.executable, "adam_course.py")}
    print("Adam on Rosenbrock, 300 steps, one call for all settings (ms; ratio to the course)")
    print(f"{'settings':>9} {'course':>9} {'':>7} {'Optax first':>17} {'Optax again':>17}")
    for row in run(optax, "adam_optax.py"):
        own = ours[row["size"]]
        np.testing.assert_allclose(row["ends"], own["ends"], rtol=1e-6)  # the same computation
        times = [own["seconds"], row["first"], row["seconds"]]
        a, b, c = (1e3 * t for t in times)
        print(f"{row['size']:9} {a:9.2f} {row['keep']:>7} {b:9.1f} {b / a:6.2f}x ", end="")
        print(f"{c:9.3f} {c / a:6.3f}x")
    largest = max(ours)
    each = ours[largest]["seconds"] / largest
    for row in run(torch, "adam_torch.py"):
        np.testing.assert_allclose(row["ends"], ours[1]["ends"], rtol=1e-6)
        print(
            f"torch.optim, {row['how']}: {1e3 * row['seconds']:.1f} ms a setting; the course "
            f"{1e3 * each:.4f} ms at {largest}: {row['seconds'] / each:.0f}x"
        )


def training(torch):
    ours = {row["name"]: row for row in run(sys.executable, "digits_course.py")}
    print("Network (64, 64, 10) on the digits, batch 32 (epochs per second)")
    for row in run(torch, "digits_torch.py", DIGITS):
        own = ours[row["name"]]
        print(
            f"{row['name']:5} course {own['epochs']:5.0f} (float64, loss {own['loss']:.3f})   "
            f"torch {row['epochs']:5.0f} ({row['dtype']}, loss {row['loss']:.3f})   "
            f"{own['epochs'] / row['epochs']:.2f}x"
        )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--optax", required=True, help="a Python with optax and jax")
    parser.add_argument("--torch", required=True, help="a Python with torch")
    choice = parser.parse_args()
    many_settings(choice.optax, choice.torch)
    training(choice.torch)
