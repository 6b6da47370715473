"""Merlin's image encoder in PyTorch, step by step as the original module takes them, on the numbers of a checkpoint.

    python3 merlin_torch.py FOLDER THREADS     reads default.pt and volume.f32; runs once for each line of its input, and prints the seconds and the processor's seconds

The first run also writes feature_map.f32, embedding.f32, contrastive.f32 (of length one) and logits.f32.
"""
import pathlib
import sys
import time

import numpy
import torch
from torch.nn import functional

PREFIX = "encode_image.i3_resnet."


class Forward:
    def __init__(self, tensors):
        self.tensors = tensors

    def step(self, x, convolution, norm, stride=1, padding=0):
        x = functional.conv3d(x, self.tensors[f"{convolution}.weight"], None, stride, padding)
        return functional.batch_norm(x, *(self.tensors[f"{norm}.{part}"] for part in ("running_mean", "running_var", "weight", "bias")), False, 0.1, 1e-5)

    def bottleneck(self, x, block, stride):
        shortcut = self.step(x, f"{block}.downsample.0", f"{block}.downsample.1", stride) if f"{block}.downsample.0.weight" in self.tensors else x
        y = torch.relu_(self.step(x, f"{block}.conv1", f"{block}.bn1"))
        y = torch.relu_(self.step(y, f"{block}.conv2", f"{block}.bn2", stride, 1))
        y = self.step(y, f"{block}.conv3", f"{block}.bn3")
        y += shortcut
        return torch.relu_(y)

    def run(self, volume):
        x = volume.permute(0, 1, 4, 2, 3)
        x = torch.cat((x, x, x), 1)
        x = functional.max_pool3d(torch.relu_(self.step(x, "conv1", "bn1", (1, 2, 2), (1, 3, 3))), 3, 2, 1)
        for layer in range(1, 5):
            for block in range(len({name.split(".")[1] for name in self.tensors if name.startswith(f"layer{layer}.")})):
                x = self.bottleneck(x, f"layer{layer}.{block}", 2 if layer > 1 and block == 0 else 1)
        pooled = x.mean((2, 3, 4), keepdim=True)
        heads = {head: functional.conv3d(pooled, self.tensors[f"{head}.weight"], self.tensors[f"{head}.bias"]).flatten() for head in ("classifier", "contrastive_head")}
        direction = heads["contrastive_head"]
        return {"embedding": pooled, "contrastive": direction / direction.norm(), "logits": heads["classifier"], "feature_map": x}


def main():
    folder = pathlib.Path(sys.argv[1])
    torch.set_num_threads(int(sys.argv[2]))
    checkpoint = torch.load(folder / "default.pt", map_location="cpu")
    forward = Forward({name[len(PREFIX):]: checkpoint.pop(name) for name in list(checkpoint) if name.startswith(PREFIX)})
    del checkpoint
    volume = torch.from_numpy(numpy.fromfile(folder / "volume.f32", "f4").reshape(1, 1, 224, 224, 160))
    is_first = True
    for _ in sys.stdin:
        with torch.no_grad():
            start, processor = time.perf_counter(), time.process_time()
            outputs = forward.run(volume)
            took, used = time.perf_counter() - start, time.process_time() - processor
        if is_first:
            for name, values in outputs.items():
                values.numpy().tofile(folder / f"{name}.f32")
        del outputs
        is_first = False
        print(round(took, 4), round(used, 4), flush=True)


main()
