"""A random network of Merlin's full size in the published layout, text encoder and all: python3 full_size.py FOLDER

Writes default.pt (1.1 GB), phenotypes.csv and volume.f32 [224,224,160]. What PyTorch makes of them: tests/TriageWorker.Benchmarks/peers/merlin_torch.py.
"""
import pathlib
import sys

import numpy

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


def main():
    folder, draws = pathlib.Path(sys.argv[1]), Draws(3)
    tensors = {f"encode_image.i3_resnet.{name}": array for name, array in image(draws).items()}
    tensors |= {f"encode_text.text_encoder.{name}": array for name, array in text(draws).items()}
    tensors["encode_text.linear_layer.weight"], tensors["encode_text.linear_layer.bias"] = draws.standard_normal((FULL.contrastive, HIDDEN)), draws.standard_normal(FULL.contrastive)
    tensors["logit_scale"] = numpy.array(1, "f4")
    merlin_reference.save(folder / "default.pt", tensors)
    draws.random.random(SIZE, "f4").tofile(folder / "volume.f32")
    with open(folder / "phenotypes.csv", "w", newline="") as labels:
        labels.write("phecode,phecode_str\n" + "".join(f"{code},Phenotype {code}\n" for code in range(1, FULL.labels + 1)))


if __name__ == "__main__":
    main()
