"""Makes the graph's `feature_map` whole: python3 whole_map.py phantom.onnx

The network pools every stage, so the last stage's features are only a part of what a score is made of. Here all that is pooled is brought to the
grid of the second stage, each stage in a way that keeps its mean: `feature_map` [1,592,18,10,8], whose mean over its cells is `embedding`, and
of which a linear head's activation map is therefore exact. What the other outputs say does not change by a bit. Needs Python alone; a graph
that is whole already stays as it is.
"""
import pathlib
import struct
import sys

GRAPH, NODE, INITIALIZER, OUTPUT = 7, 1, 5, 12
NODE_INPUT, NODE_OUTPUT, NODE_NAME, NODE_TYPE, NODE_ATTRIBUTE = 1, 2, 3, 4, 5
FLOAT, INT, STRING, INTS = 1, 2, 3, 7  # AttributeProto.type

LAST = "/trunk/layers.3/layers.3.0/Relu_2_output_0"
STAGES = [f"/trunk/layers.{n}/layers.{n}.{m}/Relu_2_output_0" for n, m in ((2, 1), (1, 1), (0, 0))]
CHANNELS, GRID, FINEST = 592, (18, 10, 8), 15  # columns of the first stage
EPSILON = 1e-5


def varint(value):
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes(out) + bytes([value])


def read_varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value, at


def fields(data):
    """Number and content of each field, and its bytes as they stand."""
    at = 0
    while at < len(data):
        start = at
        key, at = read_varint(data, at)
        if key & 7 == 0:
            value, at = read_varint(data, at)
        else:
            size, at = read_varint(data, at) if key & 7 == 2 else ({1: 8, 5: 4}[key & 7], at)
            value, at = data[at:at + size], at + size
        yield key >> 3, value, data[start:at]


def field(number, content):
    if isinstance(content, int):
        return varint(number << 3) + varint(content)
    content = content.encode() if isinstance(content, str) else content
    return varint(number << 3 | 2) + varint(len(content)) + content


def attribute(name, kind, content):
    number, value = {FLOAT: (2, None), INT: (3, content), STRING: (4, content), INTS: (8, None)}[kind]
    body = {FLOAT: lambda: varint(number << 3 | 5) + struct.pack("<f", content),
            INTS: lambda: b"".join(field(number, each) for each in content)}.get(kind, lambda: field(number, value))()
    return field(NODE_ATTRIBUTE, field(1, name) + field(20, kind) + body)


def node(operation, inputs, output, *attributes):
    return field(NODE, b"".join(field(NODE_INPUT, name) for name in inputs) + field(NODE_OUTPUT, output) + field(NODE_NAME, output)
                 + field(NODE_TYPE, operation) + b"".join(attributes))


def constant(name, shape, values):
    return field(INITIALIZER, b"".join(field(1, size) for size in shape) + field(2, 1) + field(8, name) + field(9, struct.pack(f"<{len(values)}f", *values)))


def shares(cells, of):
    """Row per old cell, column per new: how much of the new one is the old one's. Columns add up to 1, rows to of / cells: the mean stays."""
    width = cells / of
    return [max(0, min(old + 1, (new + 1) * width) - max(old, new * width)) / width for old in range(cells) for new in range(of)]


def whole():
    """The nodes, weights and the output that are added to the graph."""
    twice = (attribute("mode", STRING, "nearest"), attribute("nearest_mode", STRING, "floor"),
             attribute("coordinate_transformation_mode", STRING, "asymmetric"))
    window = [2, 2, 1]
    dimensions = b"".join(field(1, field(1, size)) for size in (1, CHANNELS, *GRID))
    return b"".join([
        constant("map.twice", [5], [1, 1, 2, 2, 2]),
        constant("map.columns", [FINEST, GRID[2]], shares(FINEST, GRID[2])),
        node("Resize", [LAST, "", "map.twice"], "map.last", *twice),
        node("Resize", [STAGES[0], "", "map.twice"], "map.third", *twice),
        node("MatMul", [STAGES[2], "map.columns"], "map.first.columns"),
        node("AveragePool", ["map.first.columns"], "map.first", attribute("kernel_shape", INTS, window), attribute("strides", INTS, window)),
        node("Concat", ["map.third", STAGES[1], "map.first"], "map.earlier", attribute("axis", INT, 1)),
        node("BatchNormalization", ["map.earlier", *(f"scale.{part}" for part in ("weight", "bias", "running_mean", "running_var"))], "map.scaled",
             attribute("epsilon", FLOAT, EPSILON)),
        node("Concat", ["map.last", "map.scaled"], "feature_map", attribute("axis", INT, 1)),
        field(OUTPUT, field(1, "feature_map") + field(2, field(1, field(1, 1) + field(2, dimensions)))),
    ])


def renamed(data):
    """The node, with the last stage's output under the name that its like have."""
    return field(NODE, b"".join(
        field(number, LAST) if number in (NODE_INPUT, NODE_OUTPUT) and value == b"feature_map" else raw for number, value, raw in fields(data)))


def is_map(output):
    return any(number == 1 and value == b"feature_map" for number, value, _ in fields(output))


def make_whole(path):
    model = list(fields(path.read_bytes()))
    graph = next(value for number, value, _ in model if number == GRAPH)
    if any(number == INITIALIZER and any(n == 8 and v == b"map.twice" for n, v, _ in fields(value)) for number, value, _ in fields(graph)):
        return
    kept = b"".join(renamed(value) if number == NODE else raw for number, value, raw in fields(graph) if not (number == OUTPUT and is_map(value)))
    path.write_bytes(b"".join(field(GRAPH, kept + whole()) if number == GRAPH else raw for number, _, raw in model))


if __name__ == "__main__":
    make_whole(pathlib.Path(sys.argv[1]))
