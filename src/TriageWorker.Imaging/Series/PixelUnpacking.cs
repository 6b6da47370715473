using System.Numerics;
using System.Runtime.InteropServices;
using TriageWorker.Imaging.Volumes;

namespace TriageWorker.Imaging.Series;

/// <summary>Turns 16-bit cells into signed values: takes the stored bits out of the cell and extends or shifts the sign (PS3.5 8.1.1).</summary>
internal static class PixelUnpacking
{
    /// <summary>Unpacks in place. Unsigned values of full 16 bits move down by 32768, which the returned rescale takes back.</summary>
    public static Rescale Unpack(Span<short> cells, StoredPixels pixels)
    {
        var rescale = pixels.Rescale!.Value;
        var (stored, high) = (pixels.BitsStored!.Value, pixels.HighBit!.Value);
        if (stored == 16)
        {
            if (pixels.IsSigned) return rescale;
            Apply(cells, new MoveDown());
            return rescale with { Intercept = rescale.Intercept + (32768 * rescale.Slope) };
        }

        if (pixels.IsSigned) Apply(cells, new SignedBits(15 - high, 16 - stored));
        else Apply(cells, new UnsignedBits(15 - high, 16 - stored));
        return rescale;
    }

    private interface IStep
    {
        Vector<short> Of(Vector<short> cells);
    }

    private readonly struct MoveDown : IStep
    {
        public Vector<short> Of(Vector<short> cells) => cells ^ new Vector<short>(short.MinValue);
    }

    private readonly struct SignedBits(int up, int down) : IStep
    {
        public Vector<short> Of(Vector<short> cells) => (cells << up) >> down;
    }

    private readonly struct UnsignedBits(int up, int down) : IStep
    {
        public Vector<short> Of(Vector<short> cells) => (cells << up) >>> down;
    }

    private static void Apply<T>(Span<short> cells, T step)
        where T : struct, IStep
    {
        var vectors = MemoryMarshal.Cast<short, Vector<short>>(cells);
        for (var n = 0; n < vectors.Length; n++) vectors[n] = step.Of(vectors[n]);
        var rest = cells[(vectors.Length * Vector<short>.Count)..];
        for (var n = 0; n < rest.Length; n++) rest[n] = step.Of(new Vector<short>(rest[n]))[0];
    }
}
