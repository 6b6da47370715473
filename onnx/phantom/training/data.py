"""Reads what `triage models training-set` wrote, and varies it."""
import csv
import json
import pathlib

import numpy
import torch

import labels


class TrainingSet:
    """Tensors as uint8 [N,X,Y,Z] in memory, and their labels as float32 rows."""

    def __init__(self, directory):
        directory = pathlib.Path(directory)
        self.description = json.loads((directory / "set.json").read_text())
        self.tensors = numpy.load(directory / "tensors.npy")
        with open(directory / "labels.csv", newline="") as file:
            self.drawn = [{k: float(v) for k, v in row.items()} for row in csv.DictReader(file)]
        self.findings = self._table(lambda d: [d[key] for key, *_ in labels.FINDINGS])
        self.phenotypes = self._table(lambda d: [d[key] for key, *_ in labels.PHENOTYPES])
        self.risks = self._table(lambda d: [d[key] for key, *_ in labels.RISKS])
        self.guides = self._table(lambda d: [measure(d) for _, measure in labels.GUIDES])

    def __len__(self):
        return len(self.drawn)

    def _table(self, row):
        return torch.tensor([[float(x) for x in row(d)] for d in self.drawn], dtype=torch.float32)

    def batch(self, indices, random=None):
        """Float tensors [N,1,X,Y,Z] in [0,1]; varied when a generator is given."""
        stack = self.tensors[indices]
        if random is not None:
            stack = numpy.stack([_moved(volume, random) for volume in stack])
        volume = torch.from_numpy(stack).unsqueeze(1).float().div_(255)
        return volume if random is None else _noisy(volume, random)


def _moved(volume, random):
    """The same body a few voxels elsewhere; what comes in from outside is what stands at the edge of the tensor: nothing."""
    moved = numpy.zeros_like(volume)
    here, there = [], []
    for size, reach in zip(volume.shape, (3, 3, 3)):
        step = int(random.integers(-reach, reach + 1))
        here.append(slice(max(0, step), size + min(0, step)))
        there.append(slice(max(0, -step), size + min(0, -step)))
    moved[tuple(here)] = volume[tuple(there)]
    return moved


def _noisy(volume, random):
    """Noise of another dose, and a scanner that is calibrated a little differently (up to 4 HU)."""
    count = len(volume)
    deviation = torch.from_numpy(random.uniform(0, 0.03, (count, 1, 1, 1, 1)).astype("float32"))
    offset = torch.from_numpy(random.uniform(-0.005, 0.005, (count, 1, 1, 1, 1)).astype("float32"))
    noise = torch.from_numpy(random.standard_normal(volume.shape, dtype="float32"))
    return (volume + offset + noise * deviation).clamp_(0, 1)
