"""The steps of MONAI's chain for Merlin on an axis-aligned series, with pydicom and PyTorch as MONAI uses them.

    python3 monai_chain.py FOLDER     runs once for each line of its input, and prints the milliseconds
"""
import glob
import sys
import time

import numpy as np
import pydicom
import torch
import torch.nn.functional as F


def load(folder):
    slices = [pydicom.dcmread(path) for path in glob.glob(folder + "/*.dcm")]
    slices.sort(key=lambda s: float(s.ImagePositionPatient[2]))
    volume = np.stack([s.pixel_array * float(s.RescaleSlope) + float(s.RescaleIntercept) for s in slices], axis=-1).astype(np.float32)
    step = float(slices[1].ImagePositionPatient[2]) - float(slices[0].ImagePositionPatient[2])
    rows, columns = (float(v) for v in slices[0].PixelSpacing)
    return np.transpose(volume, (1, 0, 2)), (columns, rows, step)  # i, j, k


def chain(folder, target=(1.5, 1.5, 3.0), size=(224, 224, 160)):
    volume, spacing = load(folder)
    volume = torch.from_numpy(np.ascontiguousarray(volume[::-1, ::-1, :]))  # Orientation: LPS to RAS
    shape = [int(np.round((n - 1) * s / t + 1)) for n, s, t in zip(volume.shape, spacing, target)]
    theta = torch.zeros(1, 3, 4, dtype=torch.float64)  # Spacing: affine_grid and grid_sample in double, corners aligned
    for axis, (n, m, s, t) in enumerate(zip(volume.shape, shape, spacing, target)):
        theta[0, 2 - axis, 2 - axis] = (m - 1) * t / s / (n - 1)
        theta[0, 2 - axis, 3] = (m - 1) * t / s / (n - 1) - 1
    grid = F.affine_grid(theta, [1, 1, *shape], align_corners=True)
    resampled = F.grid_sample(volume[None, None].double(), grid, mode="bilinear", padding_mode="border", align_corners=True)[0].float()
    scaled = torch.clip((resampled + 1000) / 2000, 0, 1)  # ScaleIntensityRange
    pad = [max(w - n, 0) for w, n in zip(size, shape)]  # SpatialPad
    scaled = F.pad(scaled, [v for p in reversed(pad) for v in (p // 2, p - p // 2)])
    crop = [slice(max(n // 2 - w // 2, 0), max(n // 2 - w // 2, 0) + w) for n, w in zip(scaled.shape[1:], size)]  # CenterSpatialCrop
    return scaled[(slice(None), *crop)].contiguous()


def main():
    for _ in sys.stdin:
        start = time.perf_counter()
        tensor = chain(sys.argv[1])
        took = 1000 * (time.perf_counter() - start)
        assert tuple(tensor.shape) == (1, 224, 224, 160), tensor.shape
        print(round(took, 1), flush=True)


main()
