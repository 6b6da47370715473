"""Reads what `triage models training-set` wrote, and varies it."""
import csv
import functools
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
        self.per_person = 2 if self.description.get("twins") else 1
        self.tensors = numpy.load(directory / "tensors.npy")
        self._regions = directory / "regions.npy"
        with open(directory / "labels.csv", newline="") as file:
            self.drawn = [{k: float(v) for k, v in row.items()} for row in csv.DictReader(file)]
        self.findings = self._table(lambda d: [d[key] for key, *_ in labels.FINDINGS])
        self.phenotypes = self._table(lambda d: [d[key] for key, *_ in labels.PHENOTYPES])
        self.risks = self._table(lambda d: [d[key] for key, *_ in labels.RISKS])
        self.measures = self._table(lambda d: [measure(d) for _, measure in labels.MEASURES])

    @functools.cached_property
    def regions(self):
        return numpy.load(self._regions)

    def __len__(self):
        return len(self.drawn)

    def _table(self, row):
        return torch.tensor([[float(x) for x in row(d)] for d in self.drawn], dtype=torch.float32)

    def batch(self, indices):
        """Float tensors [N,1,X,Y,Z] in [0,1], as they are."""
        return torch.from_numpy(self.tensors[indices]).unsqueeze(1).float().div_(255)

    def varied(self, index, random):
        """One tensor moved by a few voxels, and its cells; both as uint8 and float arrays."""
        steps = random.integers(-3, 4, 3)
        return _moved(self.tensors[index], steps), cells(_moved(self.regions[index], steps))


def _moved(volume, steps):
    """The same body a few voxels elsewhere; what comes in from outside is what stands at the edge of the tensor: nothing."""
    moved = numpy.zeros_like(volume)
    here = tuple(slice(max(0, step), size + min(0, step)) for size, step in zip(volume.shape, steps))
    there = tuple(slice(max(0, -step), size + min(0, -step)) for size, step in zip(volume.shape, steps))
    moved[here] = volume[there]
    return moved


def cells(regions):
    """How many voxels of each cell of the first stage (4 x 4 x 2 voxels of X, Y, Z) are which region: [region, Z, X, Y], 0 to 32."""
    x, y, z = regions.shape
    grid = (z // 2, x // 4, y // 4)
    # The stem centres cell i of the rows on voxel 4i, so cells begin two voxels before it; along Z one before 2i.
    of_x, of_y, of_z = (numpy.minimum(numpy.arange(size) + step // 2, size - 1) // step for size, step in ((x, 4), (y, 4), (z, 2)))
    place = (of_z[None, None, :] * grid[1] + of_x[:, None, None]) * grid[2] + of_y[None, :, None]
    inside = regions > 0
    count = len(labels.REGIONS)
    index = (regions[inside].astype(numpy.int64) - 1) * (grid[0] * grid[1] * grid[2]) + place[inside]
    return numpy.bincount(index, minlength=count * grid[0] * grid[1] * grid[2]).reshape(count, *grid).astype("float32")


class Scanner:
    """Noise of another dose, and a scanner that is calibrated a little differently (up to 4 HU)."""

    POOL = 1 << 23  # as many normal numbers are drawn once; each tensor reads them from a place of its own

    def __init__(self, random):
        self._random = random
        self._pool = random.standard_normal(self.POOL, dtype="float32")

    def __call__(self, volume):
        scanned = []
        for one in volume:
            start = int(self._random.integers(0, self.POOL - one.numel()))
            noise = torch.from_numpy(self._pool[start:start + one.numel()]).reshape(one.shape)
            deviation, offset = self._random.uniform(-0.03, 0.03), self._random.uniform(-0.005, 0.005)
            scanned.append((one + offset).add_(noise, alpha=deviation).clamp_(0, 1))
        return torch.stack(scanned)
