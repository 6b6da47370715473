namespace TriageWorker.Dicom;

/// <summary>What told where each frame of the pixel data begins.</summary>
public enum FramesToldBy
{
    /// <summary>The size of an uncompressed frame.</summary>
    Size,

    /// <summary>There is one frame, and all fragments are its.</summary>
    OneFrame,

    /// <summary>Extended Offset Table (7FE0,0001) and its lengths (PS3.3, C.7.6.3.1.8).</summary>
    ExtendedOffsetTable,

    /// <summary>The first fragment (PS3.5, A.4).</summary>
    BasicOffsetTable,

    /// <summary>No table, but as many fragments as frames.</summary>
    Fragments,

    /// <summary>No table, and frames in several fragments: each ends with the marker that ends a JPEG, JPEG-LS or JPEG 2000 image.</summary>
    EndOfImage,
}

/// <summary>The frames of pixel data, one by one, as the codec wants them.</summary>
/// <example><c>var frame = PixelFrames.Of(dataset)[4];</c></example>
public sealed class PixelFrames
{
    private readonly DicomElement _pixels;
    private readonly IReadOnlyList<FramePlace> _places;

    internal PixelFrames(DicomElement pixels, FramesToldBy toldBy, IReadOnlyList<FramePlace> places, bool tableIsWrong = false) =>
        (_pixels, ToldBy, _places, TableIsWrong) = (pixels, toldBy, places, tableIsWrong);

    public int Count => _places.Count;

    public FramesToldBy ToldBy { get; }

    /// <summary>There is an offset table, but it does not point to fragments; something else told the frames.</summary>
    public bool TableIsWrong { get; }

    /// <summary>The bytes of a frame, counted from 0; of several fragments put together. Deferred ones are read from the file each time.</summary>
    public ReadOnlyMemory<byte> this[int frame]
    {
        get
        {
            var place = _places[frame];
            if (!_pixels.IsEncapsulated) return _pixels.Part(place.Start, place.Length);
            var fragments = _pixels.Fragments;
            if (place.Fragments == 1) return Cut(_pixels.BytesOf(fragments[place.First]), place.Length);
            var whole = new byte[place.Length];
            var done = 0;
            for (var i = place.First; i < place.First + place.Fragments; i++)
            {
                var bytes = _pixels.BytesOf(fragments[i]);
                bytes.Span.CopyTo(whole.AsSpan(done));
                done += bytes.Length;
            }
            return whole;
        }
    }

    /// <summary>Finds the frames of the data set's pixel data.</summary>
    /// <exception cref="DicomFormatException">There is no pixel data, it is short, or its frames cannot be told apart; the message says why.</exception>
    public static PixelFrames Of(DicomDataset dataset)
    {
        if (!TryGetPixels(dataset, out var pixels)) throw new DicomFormatException("There is no pixel data", 0, DicomTag.PixelData);
        if (pixels!.MissingBytes > 0) throw new DicomFormatException("The pixel data is short", Math.Max(0, pixels.FileOffset), pixels.Tag);
        var count = dataset.GetInt32(DicomTag.NumberOfFrames) is { } frames and > 0 ? frames : 1;
        return pixels.IsEncapsulated ? FrameSearch.InFragments(dataset, pixels, count) : FrameSearch.InBytes(dataset, pixels, count);
    }

    private static bool TryGetPixels(DicomDataset dataset, out DicomElement? pixels) =>
        dataset.TryGet(DicomTag.PixelData, out pixels) || dataset.TryGet(DicomTag.FloatPixelData, out pixels) || dataset.TryGet(DicomTag.DoubleFloatPixelData, out pixels);

    private static ReadOnlyMemory<byte> Cut(ReadOnlyMemory<byte> bytes, long length) => bytes.Length > length ? bytes[..(int)length] : bytes;
}

/// <summary>Where a frame lies: in bytes, or in fragments.</summary>
/// <param name="Start">Of uncompressed pixels: the first byte.</param>
/// <param name="First">Of compressed pixels: the first fragment.</param>
internal readonly record struct FramePlace(long Start, int First, int Fragments, long Length);
