using TriageWorker.Imaging.Volumes;

namespace TriageWorker.Imaging.Rendering;

/// <summary>The grey of each stored value, worked out once for each value that occurs.</summary>
internal sealed class GreyTable(GreyWindow window, Rescale rescale, bool isInverted)
{
    private const int Offset = 1 << 15, Size = 1 << 17; // signed and unsigned values of 16 bits

    /// <param name="values">Of at most 16 bits, signed or not.</param>
    public byte[] Apply(int[] values)
    {
        var known = new short[Size];
        Array.Fill(known, (short)-1);
        var greys = new byte[values.Length];
        for (var i = 0; i < values.Length; i++)
        {
            ref var grey = ref known[values[i] + Offset];
            if (grey < 0) grey = GreyOf(values[i]);
            greys[i] = (byte)grey;
        }

        return greys;
    }

    private byte GreyOf(int value)
    {
        var grey = window.GreyOf((rescale.Slope * value) + rescale.Intercept);
        return isInverted ? (byte)(byte.MaxValue - grey) : grey;
    }
}
