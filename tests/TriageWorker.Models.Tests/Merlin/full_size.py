"""A random network of Merlin's full size, and what PyTorch makes of a volume: python3 full_size.py FOLDER [THREADS]

Writes default.pt (the published layout, text encoder and all), volume.f32 [224,224,160] and embedding.f32, contrastive.f32 (unit), logits.f32, feature_map.f32;
prints the seconds that the forward pass took.
"""
import pathlib
import sys
import time

import numpy
import torch
from torch.nn import functional

import merlin_reference

SIZE = (224, 224, 160)
FULL = merlin_reference.Shape(64, (3, 8, 36, 3), (64, 128, 256, 512), (256, 512, 1024, 2048), 1692, 512)
HIDDEN, INNER, LAYERS, WORDS, PLACES = 768, 3072, 12, 50265, 4098


class Draws:
    """Single precision from the start: half of the memory, and all that is kept."""

    def __init__(self, seed):
        self.random = numpy.random.default_rng(seed)

    def standard_normal(self, size):
        return self.random.standard_normal(size, "f4")

    def uniform(self, low, high, size):
        return self.random.uniform(low, high, size)


def image(draws):
    tensors = merlin_reference.network(draws, FULL)
    for name in tensors:
        if name.endswith("bn3.weight"):
            tensors[name] *= numpy.float32(0.3)  # or fifty blocks would add up to numbers that no trained network has
    return tensors


def text(draws):
    tensors = {}

    def linear(name, *size):
        tensors[f"{name}.weight"], tensors[f"{name}.bias"] = draws.standard_normal(size), draws.standard_normal(size[:1])

    tensors["embeddings.word_embeddings.weight"] = draws.standard_normal((WORDS, HIDDEN))
    tensors["embeddings.position_embeddings.weight"] = draws.standard_normal((PLACES, HIDDEN))
    tensors["embeddings.token_type_embeddings.weight"] = draws.standard_normal((1, HIDDEN))
    linear("embeddings.LayerNorm", HIDDEN)
    for number in range(LAYERS):
        layer = f"encoder.layer.{number}."
        for part in ("query", "key", "value", "query_global", "key_global", "value_global"):
            linear(f"{layer}attention.self.{part}", HIDDEN, HIDDEN)
        linear(f"{layer}attention.output.dense", HIDDEN, HIDDEN)
        linear(f"{layer}attention.output.LayerNorm", HIDDEN)
        linear(f"{layer}intermediate.dense", INNER, HIDDEN)
        linear(f"{layer}output.dense", HIDDEN, INNER)
        linear(f"{layer}output.LayerNorm", HIDDEN)
    linear("pooler.dense", HIDDEN, HIDDEN)
    return tensors


class Forward:
    def __init__(self, tensors):
        self.tensors = {name: torch.from_numpy(array) for name, array in tensors.items()}

    def step(self, x, convolution, norm, stride=1, padding=0):
        x = functional.conv3d(x, self.tensors[f"{convolution}.weight"], None, stride, padding)
        return functional.batch_norm(x, *(self.tensors[f"{norm}.{part}"] for part in ("running_mean", "running_var", "weight", "bias")), False, 0.1, 1e-5)

    def bottleneck(self, x, block, stride):
        shortcut = self.step(x, f"{block}.downsample.0", f"{block}.downsample.1", stride) if f"{block}.downsample.0.weight" in self.tensors else x
        y = torch.relu_(self.step(x, f"{block}.conv1", f"{block}.bn1"))
        y = torch.relu_(self.step(y, f"{block}.conv2", f"{block}.bn2", stride, 1))
        return torch.relu_(self.step(y, f"{block}.conv3", f"{block}.bn3") + shortcut)

    def run(self, volume):
        x = volume.permute(0, 1, 4, 2, 3)
        x = torch.cat((x, x, x), 1)
        x = functional.max_pool3d(torch.relu_(self.step(x, "conv1", "bn1", (1, 2, 2), (1, 3, 3))), 3, 2, 1)
        for layer, blocks in enumerate(FULL.blocks, 1):
            for number in range(blocks):
                x = self.bottleneck(x, f"layer{layer}.{number}", 2 if layer > 1 and number == 0 else 1)
        pooled = x.mean((2, 3, 4), keepdim=True)
        heads = {head: functional.conv3d(pooled, self.tensors[f"{head}.weight"], self.tensors[f"{head}.bias"]).flatten() for head in ("classifier", "contrastive_head")}
        direction = heads["contrastive_head"]
        return {"embedding": pooled, "contrastive": direction / direction.norm(), "logits": heads["classifier"], "feature_map": x}


def main():
    folder, draws = pathlib.Path(sys.argv[1]), Draws(3)
    torch.set_num_threads(int(sys.argv[2]) if len(sys.argv) > 2 else torch.get_num_threads())
    trunk = image(draws)
    tensors = {f"encode_image.i3_resnet.{name}": array for name, array in trunk.items()}
    tensors |= {f"encode_text.text_encoder.{name}": array for name, array in text(draws).items()}
    tensors["encode_text.linear_layer.weight"], tensors["encode_text.linear_layer.bias"] = draws.standard_normal((FULL.contrastive, HIDDEN)), draws.standard_normal(FULL.contrastive)
    tensors["logit_scale"] = numpy.array(1, "f4")
    merlin_reference.save(folder / "default.pt", tensors)
    volume = draws.random.random(SIZE, "f4")
    volume.tofile(folder / "volume.f32")
    with torch.no_grad():
        forward = Forward(trunk)
        start = time.perf_counter()
        outputs = forward.run(torch.from_numpy(volume)[None, None])
        print(time.perf_counter() - start)
    for name, values in outputs.items():
        values.numpy().tofile(folder / f"{name}.f32")


if __name__ == "__main__":
    main()
