"""A small random Merlin with a text encoder, and what NumPy makes of sequences of tokens, with a window that slides over them; shares no line with ours.

python3 text_reference.py FOLDER writes model.pt (the default layout) and text.json: heads, window, sequences and, for each, its unit vector.
"""
import json
import math
import pathlib
import sys

import numpy
from numpy.lib.stride_tricks import sliding_window_view

import merlin_reference

HIDDEN, INNER, LAYERS, HEADS, WINDOW, VOCABULARY, POSITIONS, PROJECTED = 24, 40, 3, 4, 8, 300, 80, merlin_reference.SMALL.contrastive
LENGTHS = (2, 3, 4, 5, 6, 9, 17, 40, 78)
TEXT = "encode_text.text_encoder."


def network(random):
    image = {f"encode_image.i3_resnet.{name}": array for name, array in merlin_reference.network(random, merlin_reference.SMALL).items()}
    tensors = {}

    def table(name, *shape, scale=0.5):
        tensors[name] = (random.standard_normal(shape) * scale).astype("<f4")

    def linear(name, outputs, inputs):
        table(f"{name}.weight", outputs, inputs, scale=2 / inputs ** 0.5)
        table(f"{name}.bias", outputs)

    def norm(name):
        tensors[f"{name}.weight"] = random.uniform(0.5, 1.5, HIDDEN).astype("<f4")
        table(f"{name}.bias", HIDDEN)

    table(f"{TEXT}embeddings.word_embeddings.weight", VOCABULARY, HIDDEN)
    table(f"{TEXT}embeddings.position_embeddings.weight", POSITIONS, HIDDEN)
    table(f"{TEXT}embeddings.token_type_embeddings.weight", 1, HIDDEN)
    norm(f"{TEXT}embeddings.LayerNorm")
    for number in range(LAYERS):
        layer = f"{TEXT}encoder.layer.{number}."
        for part in ("query", "key", "value", "query_global", "key_global", "value_global"):
            linear(f"{layer}attention.self.{part}", HIDDEN, HIDDEN)
        linear(f"{layer}attention.output.dense", HIDDEN, HIDDEN)
        norm(f"{layer}attention.output.LayerNorm")
        linear(f"{layer}intermediate.dense", INNER, HIDDEN)
        linear(f"{layer}output.dense", HIDDEN, INNER)
        norm(f"{layer}output.LayerNorm")
    linear(f"{TEXT}pooler.dense", HIDDEN, HIDDEN)
    linear("encode_text.linear_layer", PROJECTED, HIDDEN)
    return {**image, **tensors, "logit_scale": numpy.array(2.6, "<f4")}


class Forward:
    def __init__(self, tensors):
        self.tensors = {name: array.astype("f8") for name, array in tensors.items()}

    def linear(self, x, name):
        return x @ self.tensors[f"{name}.weight"].T + self.tensors[f"{name}.bias"]

    def norm(self, x, name):
        x = x - x.mean(-1, keepdims=True)
        return x / numpy.sqrt((x * x).mean(-1, keepdims=True) + 1e-5) * self.tensors[f"{name}.weight"] + self.tensors[f"{name}.bias"]

    def attention(self, x, name):
        """Each token and the WINDOW/2 on both of its sides; beyond the ends there is nothing."""
        side = WINDOW // 2

        def windows(values):  # [tokens, heads, numbers of a head, places in the window]
            padded = numpy.pad(values, [(side, side), (0, 0)], constant_values=numpy.nan)
            return sliding_window_view(padded, 2 * side + 1, 0).reshape(len(values), HEADS, HIDDEN // HEADS, -1)

        query = self.linear(x, f"{name}.query").reshape(len(x), HEADS, -1) / math.sqrt(HIDDEN // HEADS)
        keys, values = windows(self.linear(x, f"{name}.key")), windows(self.linear(x, f"{name}.value"))
        scores = numpy.einsum("thn,thnp->thp", query, keys)
        outside = numpy.isnan(scores)
        share = numpy.where(outside, 0, numpy.exp(scores - numpy.nanmax(scores, -1, keepdims=True)))
        share /= share.sum(-1, keepdims=True)
        return numpy.einsum("thp,thnp->thn", share, numpy.nan_to_num(values)).reshape(len(x), HIDDEN)

    def run(self, ids):
        table = lambda name: self.tensors[f"{TEXT}embeddings.{name}_embeddings.weight"]
        x = table("word")[ids] + table("position")[2:2 + len(ids)] + table("token_type")[0]
        x = self.norm(x, f"{TEXT}embeddings.LayerNorm")
        for number in range(LAYERS):
            layer = f"{TEXT}encoder.layer.{number}."
            x = self.norm(x + self.linear(self.attention(x, f"{layer}attention.self"), f"{layer}attention.output.dense"), f"{layer}attention.output.LayerNorm")
            inner = self.linear(x, f"{layer}intermediate.dense")
            inner = inner * (1 + numpy.vectorize(math.erf)(inner / math.sqrt(2))) / 2
            x = self.norm(x + self.linear(inner, f"{layer}output.dense"), f"{layer}output.LayerNorm")
        vector = self.linear(x[0], "encode_text.linear_layer")
        return vector / numpy.linalg.norm(vector)


def main():
    folder = pathlib.Path(sys.argv[1])
    random = numpy.random.default_rng(11)
    tensors = network(random)
    merlin_reference.save(folder / "model.pt", tensors)
    sequences = [[0, *random.integers(3, VOCABULARY, length - 2).tolist(), 2] for length in LENGTHS]
    forward = Forward(tensors)
    said = {"heads": HEADS, "window": WINDOW, "sequences": sequences, "vectors": [forward.run(ids).tolist() for ids in sequences]}
    (folder / "text.json").write_text(json.dumps(said), "utf-8")


if __name__ == "__main__":
    main()
