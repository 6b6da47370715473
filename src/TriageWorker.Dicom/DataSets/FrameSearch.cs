using System.Buffers.Binary;

namespace TriageWorker.Dicom;

/// <summary>Tells frames apart: by their size, by a table, by the number of fragments or by the ends of images (PS3.5, A.4).</summary>
internal static class FrameSearch
{
    private const int ItemHead = 8;

    internal static PixelFrames InBytes(DicomDataset dataset, DicomElement pixels, int count)
    {
        var bits = (long)(dataset.GetInt32(DicomTag.Rows) ?? 0) * (dataset.GetInt32(DicomTag.Columns) ?? 0) * (dataset.GetInt32(DicomTag.SamplesPerPixel) ?? 1) * (dataset.GetInt32(DicomTag.BitsAllocated) ?? 0);
        if (dataset.GetString(DicomTag.PhotometricInterpretation) == "YBR_FULL_422") bits = bits / 3 * 2; // two pixels share their colour (PS3.3, C.7.6.3.1.2)
        if (bits <= 0 || bits * count > pixels.Length * 8) throw Unknown(pixels, $"{pixels.Length} bytes for {count} frames of {bits} bits");
        if (bits % 8 != 0 && count > 1) throw Unknown(pixels, $"frames of {bits} bits do not begin at bytes");
        var size = (bits + 7) / 8;
        return new PixelFrames(pixels, FramesToldBy.Size, [.. Enumerable.Range(0, count).Select(frame => new FramePlace(frame * size, 0, 0, size))]);
    }

    internal static PixelFrames InFragments(DicomDataset dataset, DicomElement pixels, int count)
    {
        var fragments = pixels.Fragments;
        if (fragments.Count < count + 1) throw Unknown(pixels, $"{Math.Max(0, fragments.Count - 1)} fragments for {count} frames");
        var hasTable = dataset.Contains(DicomTag.ExtendedOffsetTable) || fragments[0].Length > 0;
        if (ByExtendedTable(dataset, pixels, count) is { } extended) return new PixelFrames(pixels, FramesToldBy.ExtendedOffsetTable, extended);
        if (ByBasicTable(pixels, count) is { } basic) return new PixelFrames(pixels, FramesToldBy.BasicOffsetTable, basic);
        if (count == 1) return new PixelFrames(pixels, FramesToldBy.OneFrame, [Place(fragments, 1, fragments.Count - 1)], hasTable);
        if (fragments.Count == count + 1) return new PixelFrames(pixels, FramesToldBy.Fragments, [.. Enumerable.Range(1, count).Select(i => Place(fragments, i, 1))], hasTable);
        if (ByEndOfImage(pixels, count) is { } ended) return new PixelFrames(pixels, FramesToldBy.EndOfImage, ended, hasTable);
        throw Unknown(pixels, $"{fragments.Count - 1} fragments for {count} frames, no offset table that points to them, and not as many ends of images");
    }

    /// <summary>One fragment for each frame, and the bytes of it that count.</summary>
    private static List<FramePlace>? ByExtendedTable(DicomDataset dataset, DicomElement pixels, int count)
    {
        var offsets = dataset.GetBytes(DicomTag.ExtendedOffsetTable).Span;
        var lengths = dataset.GetBytes(DicomTag.ExtendedOffsetTableLengths).Span;
        if (offsets.Length != 8 * (long)count || lengths.Length != offsets.Length || pixels.Fragments.Count != count + 1) return null;
        var places = new List<FramePlace>(count);
        var start = 0L;
        for (var i = 0; i < count; i++)
        {
            var fragment = pixels.Fragments[i + 1];
            var length = BinaryPrimitives.ReadUInt64LittleEndian(lengths[(8 * i)..]);
            if (BinaryPrimitives.ReadUInt64LittleEndian(offsets[(8 * i)..]) != (ulong)start || length > (ulong)fragment.Length) return null;
            places.Add(new FramePlace(0, i + 1, 1, (long)length));
            start += ItemHead + fragment.Length;
        }
        return places;
    }

    /// <summary>Offsets of the items that frames begin with, counted from the first item after the table.</summary>
    private static List<FramePlace>? ByBasicTable(DicomElement pixels, int count)
    {
        var fragments = pixels.Fragments;
        if (fragments[0].Length != 4L * count) return null;
        var table = pixels.BytesOf(fragments[0]).Span;
        var places = new List<FramePlace>(count);
        var (start, first) = (0L, 1);
        for (var i = 1; i <= fragments.Count; i++)
        {
            var isNext = places.Count + 1 < count && i < fragments.Count && BinaryPrimitives.ReadUInt32LittleEndian(table[(4 * (places.Count + 1))..]) == (uint)start && i > first;
            if (isNext || i == fragments.Count)
            {
                places.Add(Place(fragments, first, i - first));
                first = i;
            }
            if (i < fragments.Count) start += ItemHead + fragments[i].Length;
        }
        return places.Count == count && BinaryPrimitives.ReadUInt32LittleEndian(table) == 0 ? places : null;
    }

    private static List<FramePlace>? ByEndOfImage(DicomElement pixels, int count)
    {
        var fragments = pixels.Fragments;
        var places = new List<FramePlace>(count);
        var first = 1;
        for (var i = 1; i < fragments.Count; i++)
        {
            if (i == first && !BeginsImage(pixels.BytesOf(fragments[i]).Span)) return null;
            if (!EndsImage(pixels.BytesOf(fragments[i]).Span)) continue;
            places.Add(Place(fragments, first, i + 1 - first));
            first = i + 1;
        }
        return first == fragments.Count && places.Count == count ? places : null;
    }

    /// <summary>SOI of JPEG and JPEG-LS, SOC of JPEG 2000.</summary>
    private static bool BeginsImage(ReadOnlySpan<byte> bytes) => bytes is [0xFF, 0xD8 or 0x4F, ..];

    /// <summary>EOI and EOC are both FFD9; zeros may fill the fragment up.</summary>
    private static bool EndsImage(ReadOnlySpan<byte> bytes) => bytes.TrimEnd((byte)0) is [.., 0xFF, 0xD9];

    private static FramePlace Place(IReadOnlyList<DicomFragment> fragments, int first, int count)
    {
        var length = 0L;
        for (var i = first; i < first + count; i++) length += fragments[i].Length;
        return new FramePlace(0, first, count, length);
    }

    private static DicomFormatException Unknown(DicomElement pixels, string why) =>
        new($"The frames cannot be told apart: {why}", Math.Max(0, pixels.FileOffset), pixels.Tag);
}
