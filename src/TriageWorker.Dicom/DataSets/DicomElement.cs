using TriageWorker.Dicom.Text;

namespace TriageWorker.Dicom;

/// <summary>
/// An attribute with its value as bytes (little endian, whatever the file had), as items, or as fragments of compressed pixel
/// data. Characters and numbers are decoded by the data set when they are asked for.
/// </summary>
public sealed class DicomElement
{
    private readonly ReadOnlyMemory<byte> _bytes;

    private DicomElement(DicomTag tag, DicomVR vr)
    {
        Tag = tag;
        VR = vr;
    }

    /// <summary>A value given as bytes of even or odd length; it is padded when written.</summary>
    public DicomElement(DicomTag tag, DicomVR vr, ReadOnlyMemory<byte> bytes)
        : this(tag, vr)
    {
        _bytes = bytes;
        Length = bytes.Length;
    }

    /// <summary>A sequence.</summary>
    public DicomElement(DicomTag tag, IReadOnlyList<DicomDataset> items)
        : this(tag, DicomVR.SQ) => Items = items;

    /// <summary>Compressed pixel data: the first fragment is the basic offset table (PS3.5, A.4).</summary>
    public DicomElement(DicomTag tag, DicomVR vr, IReadOnlyList<DicomFragment> fragments)
        : this(tag, vr)
    {
        Fragments = fragments;
        IsEncapsulated = true;
    }

    public DicomTag Tag { get; }

    public DicomVR VR { get; }

    /// <summary>The items of a sequence.</summary>
    public IReadOnlyList<DicomDataset> Items { get; } = [];

    /// <summary>Offset table and fragments of compressed pixel data.</summary>
    public IReadOnlyList<DicomFragment> Fragments { get; } = [];

    public bool IsEncapsulated { get; }

    /// <summary>Bytes of the value; for sequences and fragments zero.</summary>
    public long Length { get; init; }

    /// <summary>Where the value begins in the file that was read; -1 for a value that was made, or read from a deflated file.</summary>
    public long FileOffset { get; init; } = -1;

    /// <summary>The value stayed in the file (<see cref="DicomReadOptions.DeferLargerThan"/>): read it there, at <see cref="FileOffset"/>.</summary>
    public bool IsDeferred { get; init; }

    /// <summary>Bytes that the file owes: more than zero only for pixel data read with <see cref="DicomReadOptions.AcceptShortPixelData"/>.</summary>
    public long MissingBytes { get; init; }

    /// <summary>Where the value lies when DICOM JSON only refers to it (PS3.18, F.2.6); the length is then -1: nobody said it.</summary>
    public Uri? BulkDataUri { get; init; }

    /// <summary>The value, padding included. A deferred one is read from its file each time.</summary>
    /// <exception cref="InvalidOperationException">The value was deferred and did not come from a file with a path, or lies at <see cref="BulkDataUri"/>.</exception>
    public ReadOnlyMemory<byte> Bytes => IsDeferred ? DeferredValue.Read(this) : _bytes;

    internal string? SourcePath { get; init; }

    /// <summary>The value's file holds words in big endian order.</summary>
    internal bool SourceIsBigEndian { get; init; }

    /// <summary>What the text is encoded in when that differs from what the data set declares.</summary>
    internal CharacterSet? CharacterSet { get; init; }

    internal DicomElement WithCharacterSet(CharacterSet set) => new(Tag, VR, _bytes)
    {
        CharacterSet = set, Length = Length, FileOffset = FileOffset, MissingBytes = MissingBytes,
        IsDeferred = IsDeferred, SourcePath = SourcePath, SourceIsBigEndian = SourceIsBigEndian, BulkDataUri = BulkDataUri,
    };
}

/// <summary>One item of compressed pixel data.</summary>
/// <param name="FileOffset">Where its bytes begin in the file; -1 when it was made, or read from a deflated file.</param>
/// <param name="Bytes">Empty when <paramref name="IsDeferred"/>.</param>
public sealed record DicomFragment(long FileOffset, long Length, ReadOnlyMemory<byte> Bytes, bool IsDeferred = false)
{
    public DicomFragment(ReadOnlyMemory<byte> bytes)
        : this(-1, bytes.Length, bytes)
    {
    }
}
