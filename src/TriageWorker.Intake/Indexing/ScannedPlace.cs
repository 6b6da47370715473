using System.Buffers.Text;
using TriageWorker.Dicom.Network;
using TriageWorker.Store;

namespace TriageWorker.Intake;

/// <summary>Where a slice lies, from what its scan remembered of Image Position and Image Orientation (Patient) (PS3.3, C.7.6.2.1.1).</summary>
internal static class ScannedPlace
{
    /// <summary>Null when it does not say both, or what it says is no place.</summary>
    public static SlicePlace? Of(DataSetScan scan)
    {
        Span<double> position = stackalloc double[3], orientation = stackalloc double[6];
        if (!TryRead(scan.Raw(ScanTag.ImagePositionPatient), position) || !TryRead(scan.Raw(ScanTag.ImageOrientationPatient), orientation)) return null;
        var (x, y, z) = (
            (orientation[1] * orientation[5]) - (orientation[2] * orientation[4]),
            (orientation[2] * orientation[3]) - (orientation[0] * orientation[5]),
            (orientation[0] * orientation[4]) - (orientation[1] * orientation[3]));
        var length = Math.Sqrt((x * x) + (y * y) + (z * z));
        if (!(length is > 0.5 and < 2)) return null;
        var along = ((position[0] * x) + (position[1] * y) + (position[2] * z)) / length;
        return double.IsFinite(along) ? new SlicePlace(SlicePlace.PlaneOf(x / length, y / length, z / length), along) : null;
    }

    // DS (PS3.5, 6.2): numbers with backslashes between them, padded with spaces.
    private static bool TryRead(ReadOnlySpan<byte> text, Span<double> numbers)
    {
        for (var i = 0; i < numbers.Length; i++)
        {
            var end = text.IndexOf((byte)'\\');
            if (end < 0 != (i == numbers.Length - 1)) return false;
            var number = (end < 0 ? text : text[..end]).Trim(" \0"u8);
            if (number.StartsWith("+"u8)) number = number[1..];
            if (!Utf8Parser.TryParse(number, out double value, out var taken) || taken != number.Length || !double.IsFinite(value)) return false;
            numbers[i] = value;
            text = text[(end + 1)..];
        }

        return true;
    }
}
