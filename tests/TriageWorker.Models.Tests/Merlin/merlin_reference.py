"""A small random network of Merlin's shape: its checkpoint, written as torch.save writes it but without PyTorch, and what NumPy makes of a volume.

python3 merlin_reference.py FOLDER writes model.pt (the five-year layout: no prefix), volume.f32 [33,40,29] and, in float64, embedding.f64,
contrastive.f64 (unit), logits.f64, feature_map.f64 [channels, depth, rows, columns].
"""
import collections
import pathlib
import pickle
import sys
import types
import zipfile

import numpy
from numpy.lib.stride_tricks import sliding_window_view

SIZE = (33, 40, 32)
Shape = collections.namedtuple("Shape", "stem blocks widths outputs labels contrastive")
SMALL = Shape(6, (2, 1, 3, 1), (4, 6, 8, 10), (12, 16, 20, 28), 7, 5)


def as_python(module, name, kind):
    """Something that pickle refers to as module.name."""
    kind.__module__, kind.__name__, kind.__qualname__ = module, name, name
    setattr(sys.modules.setdefault(module, types.ModuleType(module)), name, kind)
    return kind


STORAGES = {"f": as_python("torch", "FloatStorage", type("S", (), {})), "i": as_python("torch", "LongStorage", type("S", (), {}))}
rebuild = as_python("torch._utils", "_rebuild_tensor_v2", lambda *parts: parts)


class Storage:
    def __init__(self, key, array):
        self.key, self.array = key, array


class Tensor:
    def __init__(self, storage):
        self.storage = storage

    def __reduce__(self):
        array = self.storage.array
        strides = tuple(step // array.itemsize for step in array.strides)
        return rebuild, (self.storage, 0, array.shape, strides, False, collections.OrderedDict())


class Pickler(pickle.Pickler):
    def persistent_id(self, value):
        if isinstance(value, Storage):
            return "storage", STORAGES[value.array.dtype.kind], value.key, "cuda:0", value.array.size


def save(path, tensors):
    storages = [Storage(str(number), array) for number, array in enumerate(tensors.values())]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        with archive.open("reference/data.pkl", "w") as entry:
            Pickler(entry, protocol=2).dump({name: Tensor(storage) for name, storage in zip(tensors, storages)})
        for storage in storages:
            archive.writestr(f"reference/data/{storage.key}", storage.array.tobytes())
        archive.writestr("reference/version", "3\n")


def network(random, shape):
    tensors = {}

    def convolution(name, outputs, inputs, *size):
        scale = (2 / (inputs * numpy.prod(size))) ** 0.5
        tensors[f"{name}.weight"] = (random.standard_normal((outputs, inputs, *size)) * scale).astype("<f4")

    def norm(name, size):
        tensors[f"{name}.weight"] = random.uniform(0.5, 1.5, size).astype("<f4")
        tensors[f"{name}.bias"] = (random.standard_normal(size) * 0.2).astype("<f4")
        tensors[f"{name}.running_mean"] = (random.standard_normal(size) * 0.2).astype("<f4")
        tensors[f"{name}.running_var"] = random.uniform(0.3, 2, size).astype("<f4")
        tensors[f"{name}.num_batches_tracked"] = numpy.array(9, "<i8")

    convolution("conv1", shape.stem, 3, 3, 7, 7)
    norm("bn1", shape.stem)
    inputs = shape.stem
    for layer, (blocks, width, outputs) in enumerate(zip(shape.blocks, shape.widths, shape.outputs), 1):
        for number in range(blocks):
            block = f"layer{layer}.{number}"
            convolution(f"{block}.conv1", width, inputs, 1, 1, 1)
            norm(f"{block}.bn1", width)
            convolution(f"{block}.conv2", width, width, 3, 3, 3)
            norm(f"{block}.bn2", width)
            convolution(f"{block}.conv3", outputs, width, 1, 1, 1)
            norm(f"{block}.bn3", outputs)
            if number == 0:
                convolution(f"{block}.downsample.0", outputs, inputs, 1, 1, 1)
                norm(f"{block}.downsample.1", outputs)
            inputs = outputs
    for head, size in (("classifier", shape.labels), ("contrastive_head", shape.contrastive)):
        convolution(head, size, inputs, 1, 1, 1)
        tensors[f"{head}.bias"] = random.standard_normal(size).astype("<f4")
    return tensors


class Forward:
    def __init__(self, tensors):
        self.tensors = {name: array.astype("f8") for name, array in tensors.items()}

    def step(self, x, convolution, norm, stride=(1, 1, 1), padding=(0, 0, 0)):
        kernel = self.tensors[f"{convolution}.weight"]
        x = numpy.pad(x, [(0, 0)] + [(p, p) for p in padding])
        windows = sliding_window_view(x, kernel.shape[2:], (1, 2, 3))[:, ::stride[0], ::stride[1], ::stride[2]]
        x = numpy.tensordot(kernel, windows, ([1, 2, 3, 4], [0, 4, 5, 6]))
        weight, bias, mean, variance = (self.tensors[f"{norm}.{part}"][:, None, None, None] for part in ("weight", "bias", "running_mean", "running_var"))
        return (x - mean) / numpy.sqrt(variance + 1e-5) * weight + bias

    def bottleneck(self, x, block, stride):
        shortcut = self.step(x, f"{block}.downsample.0", f"{block}.downsample.1", stride) if f"{block}.downsample.0.weight" in self.tensors else x
        x = numpy.maximum(self.step(x, f"{block}.conv1", f"{block}.bn1"), 0)
        x = numpy.maximum(self.step(x, f"{block}.conv2", f"{block}.bn2", stride, (1, 1, 1)), 0)
        return numpy.maximum(self.step(x, f"{block}.conv3", f"{block}.bn3") + shortcut, 0)

    def run(self, volume):
        x = numpy.stack([volume.astype("f8").transpose(2, 0, 1)] * 3)
        x = numpy.maximum(self.step(x, "conv1", "bn1", (1, 2, 2), (1, 3, 3)), 0)
        x = numpy.pad(x, [(0, 0), (1, 1), (1, 1), (1, 1)], constant_values=-numpy.inf)
        x = sliding_window_view(x, (3, 3, 3), (1, 2, 3))[:, ::2, ::2, ::2].max((4, 5, 6))
        for layer, blocks in enumerate(SMALL.blocks, 1):
            for number in range(blocks):
                x = self.bottleneck(x, f"layer{layer}.{number}", (2, 2, 2) if layer > 1 and number == 0 else (1, 1, 1))
        embedding = x.mean((1, 2, 3))
        heads = {head: self.tensors[f"{head}.weight"][:, :, 0, 0, 0] @ embedding + self.tensors[f"{head}.bias"] for head in ("classifier", "contrastive_head")}
        direction = heads["contrastive_head"]
        return {"embedding": embedding, "contrastive": direction / numpy.linalg.norm(direction), "logits": heads["classifier"], "feature_map": x}


def main():
    folder = pathlib.Path(sys.argv[1])
    random = numpy.random.default_rng(7)
    tensors, volume = network(random, SMALL), random.random(SIZE, "f4")
    save(folder / "model.pt", tensors)
    volume.tofile(folder / "volume.f32")
    for name, values in Forward(tensors).run(volume).items():
        numpy.ascontiguousarray(values, "<f8").tofile(folder / f"{name}.f64")


if __name__ == "__main__":
    main()
