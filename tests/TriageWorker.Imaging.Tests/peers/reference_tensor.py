"""From the CT files of a folder to a model's tensor, with NumPy and SciPy and nothing of TriageWorker.

Written from PS3.3 (C.7.6.2.1.1, C.11.1.1.2) and from the published definitions of nibabel's io_orientation and of MONAI's Orientation,
Spacing, Resize, ScaleIntensityRange, SpatialPad and CenterSpatialCrop. Everything is in double precision, over the whole volume at once.

    python3 reference_tensor.py      answers each line FOLDER, SPEC.json, TENSOR.npy (between tabs) of its input with the tensor's shape
"""
import glob
import json
import sys

import numpy as np
import pydicom
from scipy import ndimage

EVEN_WITHIN_MM = 0.1  # docs/geometry.md


def frames(path):
    """(position, orientation, pixel spacing, values in HU) of each frame, whose places are in functional groups or in the data set."""
    data = pydicom.dcmread(path)
    if "PerFrameFunctionalGroupsSequence" not in data:
        pixels = data.pixel_array * np.float32(data.RescaleSlope) + np.float32(data.RescaleIntercept)
        yield np.array(data.ImagePositionPatient, float), np.array(data.ImageOrientationPatient, float), data.PixelSpacing, pixels
        return
    shared = data.SharedFunctionalGroupsSequence[0]
    orientation = np.array(shared.PlaneOrientationSequence[0].ImageOrientationPatient, float)
    for own, pixels in zip(data.PerFrameFunctionalGroupsSequence, data.pixel_array):
        values = own.PixelValueTransformationSequence[0]
        yield (np.array(own.PlanePositionSequence[0].ImagePositionPatient, float), orientation, shared.PixelMeasuresSequence[0].PixelSpacing,
               pixels * np.float32(values.RescaleSlope) + np.float32(values.RescaleIntercept))


def load(folder):
    """The volume with axes column, row, slice; its affine to RAS; and where its slices lie on the slice axis."""
    slices = [frame for path in sorted(glob.glob(folder + "/*.dcm")) for frame in frames(path)]
    along, down = slices[0][1][:3], slices[0][1][3:]
    along = along / np.linalg.norm(along)
    down = down - along * (along @ down)  # written with few decimals, they are not quite perpendicular
    down = down / np.linalg.norm(down)
    normal = np.cross(along, down)
    slices.sort(key=lambda s: s[0] @ normal)
    first, last = slices[0][0], slices[-1][0]
    row_mm, column_mm = (float(v) for v in slices[0][2])
    affine = np.eye(4)
    affine[:3] = np.column_stack([along * column_mm, down * row_mm, (last - first) / (len(slices) - 1), first])
    affine = np.diag([-1, -1, 1, 1]) @ affine
    heights = np.array([(s[0] - first) @ normal for s in slices])
    places = heights / heights[-1] * (len(slices) - 1)
    even = np.arange(len(slices))
    if np.max(np.abs(places - even)) * heights[-1] / (len(slices) - 1) <= EVEN_WITHIN_MM:
        places = even
    return np.stack([s[3] for s in slices]).transpose(2, 1, 0), affine, places


def closest_axes(affine):
    """nibabel.orientations.io_orientation: for each axis of the image the world's axis, and whether it grows along it."""
    rotation = affine[:3, :3] / np.sqrt(np.sum(affine[:3, :3] ** 2, axis=0))
    p, _, q = np.linalg.svd(rotation)
    rotation = p @ q
    axes = []
    for axis in range(3):
        world = int(np.argmax(np.abs(rotation[:, axis])))
        axes.append((world, rotation[world, axis] > 0))
        rotation[world] = 0
    return axes


def orient(volume, affine, places, code):
    """Permutes and flips until the axes run as the code says; tells which axis the slices follow now, and in which direction."""
    axes = closest_axes(affine)
    order, signs = [], []
    for letter in code:
        world, positive = "RLAPSI".index(letter) // 2, letter in "RAS"
        source = [a[0] for a in axes].index(world)
        order.append(source)
        signs.append(1 if axes[source][1] == positive else -1)
    back = np.zeros((4, 4))
    back[3, 3] = 1
    for axis, (source, sign) in enumerate(zip(order, signs)):
        back[source, axis] = sign
        if sign < 0:
            back[source, 3] = volume.shape[source] - 1
    volume = volume.transpose(order)[tuple(slice(None, None, sign) for sign in signs)]
    slice_axis = order.index(2)
    if signs[slice_axis] < 0:
        places = (len(places) - 1 - places)[::-1]
    return volume, affine @ back, places, slice_axis


def respaced(affine, shape, spacing, tolerance):
    """monai.data.utils.zoom_affine and compute_shape_offset."""
    own = np.sqrt(np.sum(affine[:3, :3] ** 2, axis=0))
    step = np.where(np.abs(own - spacing) <= tolerance, own, spacing)
    upper = np.linalg.cholesky(affine[:3, :3].T @ affine[:3, :3]).T
    grid = np.eye(4)
    grid[:3, :3] = affine[:3, :3] @ np.linalg.inv(upper) @ np.diag(step)
    corners = np.array([[x, y, z, 1] for x in (0, shape[0] - 1) for y in (0, shape[1] - 1) for z in (0, shape[2] - 1)], float).T
    placed = affine @ corners
    reached = (np.linalg.inv(grid) @ placed)[:3]
    out = np.round(np.ptp(reached, axis=1) + 1).astype(int)
    for n in range(8):
        if np.allclose(np.min(reached - reached[:, n:n + 1], axis=1), 0, rtol=1e-3):
            grid[:3, 3] = placed[:3, n]
            break
    else:
        grid[:3, 3] = (affine @ [*(np.array(shape) / 2), 1])[:3] - grid[:3, :3] @ (out / 2)
    return grid, out


def sample(volume, to_index, shape, places, slice_axis, spec):
    """The volume at to_index · (x, y, z, 1) for all x, y, z of the shape; its border is held. Sheet by sheet, to spare memory."""
    y, z = np.meshgrid(np.arange(shape[1], dtype=float), np.arange(shape[2], dtype=float), indexing="ij")
    out = np.empty(shape, np.float32)
    for x in range(shape[0]):
        at = np.tensordot(to_index[:3], np.stack([np.full_like(y, x), y, z, np.ones_like(y)]), 1)
        at = np.stack([np.clip(at[n], 0, volume.shape[n] - 1) for n in range(3)])
        at[slice_axis] = np.interp(at[slice_axis], places, np.arange(len(places)))
        if spec["interpolation"] == "nearest":
            rounded = np.floor(at + 0.5) if spec["fit"] == "resize" else np.rint(at)
            out[x] = volume[tuple(np.minimum(rounded[n], volume.shape[n] - 1).astype(int) for n in range(3))]
        else:
            out[x] = ndimage.map_coordinates(volume, at, output=np.float64, order=1, mode="nearest")
    return out


def tensor(folder, spec):
    volume, affine, places = load(folder)
    volume, affine, places, slice_axis = orient(volume, affine, places, spec["axes"])
    size = spec["size"]
    if spec["fit"] == "resize":
        zoom = np.array(volume.shape) / size
        to_index = np.diag([*zoom, 1])
        to_index[:3, 3] = zoom / 2 - 0.5
        image = sample(volume, to_index, size, places, slice_axis, spec)
    else:
        grid, shape = respaced(affine, volume.shape, np.array(spec["spacing"]), 1e-3)
        to_index = np.linalg.inv(affine) @ grid
        if np.array_equal(shape, volume.shape) and (np.allclose(grid, affine, atol=1e-3) or np.allclose(to_index, np.eye(4), atol=1e-3)):
            to_index = np.eye(4)
        image = sample(volume, to_index, shape, places, slice_axis, spec)
    (low, high), (least, most) = spec["hounsfield"], spec["scaled"]
    image = (image - low) / (high - low) * (most - least) + least
    if spec["clip"]:
        image = np.clip(image, min(least, most), max(least, most))
    missing = [max(w - n, 0) for w, n in zip(size, image.shape)]
    image = np.pad(image, [(d // 2, d - d // 2) for d in missing], constant_values=spec["pad"])
    start = [max(n // 2 - w // 2, 0) for n, w in zip(image.shape, size)]
    return np.ascontiguousarray(image[tuple(slice(s, s + w) for s, w in zip(start, size))], np.float32)


for line in sys.stdin:
    source, wanted, target = line.rstrip("\n").split("\t")
    with open(wanted, encoding="utf-8") as file:
        made = tensor(source, json.load(file))
    np.save(target, made)
    print(*made.shape, flush=True)
