"""The baseline that everyone has: a jaw that opens as loud as the sound is. `python loudness.py in.wav out.csv`"""

import csv
import sys

import numpy as np
import soundfile


def main(source: str, target: str) -> None:
    """Write the root mean square of every 1/60 s, scaled to [0, 1], as a jawOpen column."""
    samples, rate_hz = soundfile.read(source, dtype="float32", always_2d=True)
    edges = np.round(np.arange(0, len(samples) / rate_hz, 1 / 60) * rate_hz).astype(int)
    power = np.add.reduceat(samples.mean(axis=1) ** 2, edges) / np.diff(edges, append=len(samples))
    jaw = np.clip(np.sqrt(power) / np.sqrt(power).max(), 0, 1)
    with open(target, "w", newline="") as file:  # noqa: PTH123
        writer = csv.writer(file)
        writer.writerow(["jawOpen"])
        writer.writerows([f"{value:.6f}"] for value in jaw)


if __name__ == "__main__":
    main(*sys.argv[1:])
