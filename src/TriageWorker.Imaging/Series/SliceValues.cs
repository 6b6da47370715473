using System.Runtime.InteropServices;
using TriageWorker.Imaging.Decoding;
using TriageWorker.Imaging.Volumes;

namespace TriageWorker.Imaging.Series;

/// <summary>The values of one slice by itself, for what needs no volume.</summary>
public static class SliceValues
{
    /// <param name="slice">Of a kind that selection would read; its geometry does not matter.</param>
    /// <param name="decoder">For compressed slices.</param>
    /// <param name="stop">Gives up a frame that is being decoded.</param>
    /// <returns>The values row by row, or why they cannot be read.</returns>
    /// <exception cref="IOException">The file went away or became shorter since its header was read, or there is no decoder now.</exception>
    public static Reading<StoredSlice> Read(SliceHeader slice, FrameDecoder? decoder = null, CancellationToken stop = default)
    {
        if (PixelRules.Refuse(slice.Pixels, allowLossy: true, decoder?.Decodes ?? DecodableSyntaxes.None) is { } why) return new Reading<StoredSlice>.Not(why);
        try
        {
            var cells = new short[slice.Pixels.Rows!.Value * slice.Pixels.Columns!.Value];
            new FramePixels(decoder, stop).Read(slice, MemoryMarshal.AsBytes(cells.AsSpan()));
            return new Reading<StoredSlice>.Of(new(cells, PixelUnpacking.Unpack(cells, slice.Pixels)));
        }
        catch (DecodingException damaged)
        {
            return new Reading<StoredSlice>.Not(damaged.Message);
        }
    }
}
