"""The golden test's made-up input, as src/TriageWorker.Models/Golden/GoldenInput.cs makes it."""
import numpy

EDGE = 8


def golden_input(seed, size):
    """Cubes of 8 voxels, each of one value in [0,1): SplitMix64 of the seed and the cube's index."""
    cubes = [(n + EDGE - 1) // EDGE for n in size]
    with numpy.errstate(over="ignore"):
        index = numpy.arange(numpy.prod(cubes), dtype=numpy.uint64)
        z = numpy.uint64(seed) + (index + numpy.uint64(1)) * numpy.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> numpy.uint64(30))) * numpy.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> numpy.uint64(27))) * numpy.uint64(0x94D049BB133111EB)
        z = (z ^ (z >> numpy.uint64(31))) >> numpy.uint64(40)
    values = (z.astype(numpy.float32) / numpy.float32(1 << 24)).reshape(cubes)
    for axis, n in enumerate(size):
        values = values.repeat(EDGE, axis).take(numpy.arange(n), axis)
    return values
