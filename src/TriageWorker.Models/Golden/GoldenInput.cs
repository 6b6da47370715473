namespace TriageWorker.Models.Golden;

/// <summary>
/// The made-up input: cubes of 8 voxels, each of one value in [0, 1) that SplitMix64 draws from the seed and the cube's index.
/// Any language makes the same in a few lines; <c>onnx/phantom/training/golden.py</c> does.
/// </summary>
internal static class GoldenInput
{
    private const int Edge = 8;

    public static float[] Make(ulong seed, int sizeX, int sizeY, int sizeZ)
    {
        int cubesY = (sizeY + Edge - 1) / Edge, cubesZ = (sizeZ + Edge - 1) / Edge;
        var values = new float[sizeX * sizeY * sizeZ];
        var i = 0;
        for (var x = 0; x < sizeX; x++)
        {
            for (var y = 0; y < sizeY; y++)
            {
                for (var z = 0; z < sizeZ; z++) values[i++] = Draw(seed, (ulong)((((x / Edge * cubesY) + (y / Edge)) * cubesZ) + (z / Edge)));
            }
        }

        return values;
    }

    /// <summary>A row of numbers in [0, 1), drawn likewise.</summary>
    public static IEnumerable<float> Draw(ulong seed, int count) => Enumerable.Range(0, count).Select(i => Draw(seed, (ulong)i));

    private static float Draw(ulong seed, ulong index)
    {
        unchecked
        {
            var z = seed + ((index + 1) * 0x9E3779B97F4A7C15);
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return ((z ^ (z >> 31)) >> 40) / (float)(1 << 24);
        }
    }
}
