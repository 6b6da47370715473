using TriageWorker.Dicom.Text;

namespace TriageWorker.Dicom;

/// <summary>
/// An attribute with its value as bytes (little endian, whatever the file had), as items, or as fragments of compressed pixel
/// data. Characters and numbers are decoded by the data set when they are asked for. One that was read is a slice of what was
/// read, head included, so that it can be written back as it was.
/// </summary>
public sealed class DicomElement
{
    private const int SmallValue = 1024; // copied, so that it does not keep alive all that was read with it

    private readonly long _place = ReadContext.Nowhere;
    private readonly object? _content; // items, fragments or where else the value is; null: the value follows the head in Raw

    private DicomElement(DicomTag tag, DicomVR vr, object? content, ReadOnlyMemory<byte> raw)
    {
        Tag = tag;
        VR = vr;
        _content = content;
        Raw = raw;
    }

    /// <summary>A value given as bytes of even or odd length; it is padded when written.</summary>
    public DicomElement(DicomTag tag, DicomVR vr, ReadOnlyMemory<byte> bytes)
        : this(tag, vr, null, bytes)
    {
    }

    /// <summary>A sequence.</summary>
    public DicomElement(DicomTag tag, IReadOnlyList<DicomDataset> items)
        : this(tag, DicomVR.SQ, items, default)
    {
    }

    /// <summary>Compressed pixel data: the first fragment is the basic offset table (PS3.5, A.4).</summary>
    public DicomElement(DicomTag tag, DicomVR vr, IReadOnlyList<DicomFragment> fragments)
        : this(tag, vr, new EncapsulatedValue(fragments, 0, null), default)
    {
    }

    /// <summary>A value that DICOM JSON only refers to.</summary>
    internal DicomElement(DicomTag tag, DicomVR vr, Uri bulkDataUri)
        : this(tag, vr, bulkDataUri, default)
    {
    }

    /// <summary>What the reader found.</summary>
    /// <param name="place">See <see cref="ReadContext.PlaceOf"/>.</param>
    internal DicomElement(DicomTag tag, DicomVR vr, object? content, ReadOnlyMemory<byte> raw, ElementForm form, long place)
        : this(tag, vr, content, raw)
    {
        Form = form;
        _place = place;
    }

    public DicomTag Tag { get; }

    public DicomVR VR { get; }

    /// <summary>The items of a sequence.</summary>
    public IReadOnlyList<DicomDataset> Items => _content as IReadOnlyList<DicomDataset> ?? [];

    /// <summary>Offset table and fragments of compressed pixel data.</summary>
    public IReadOnlyList<DicomFragment> Fragments => (_content as EncapsulatedValue)?.Fragments ?? [];

    public bool IsEncapsulated => _content is EncapsulatedValue;

    /// <summary>Bytes of the value; for sequences and fragments zero.</summary>
    public long Length => _content switch
    {
        null => Raw.Length - Form.HeadSize,
        OutlyingValue outlying => outlying.Length,
        Uri => -1,
        _ => 0,
    };

    /// <summary>Where the value begins in the file that was read; -1 for a value that was made, or read from a deflated file.</summary>
    public long FileOffset => _place < 0 ? -1 : _place;

    /// <summary>Where its head begins in the file or, of a deflated one, in the inflated data set: what remarks tell.</summary>
    internal long HeadOffset => (_place < 0 ? ~_place : _place) - Form.HeadSize;

    /// <summary>The value stayed in the file (<see cref="DicomReadOptions.DeferLargerThan"/>): read it there, at <see cref="FileOffset"/>.</summary>
    public bool IsDeferred => _content is OutlyingValue { IsDeferred: true } or Uri;

    /// <summary>Bytes that the file owes: more than zero only for pixel data read with <see cref="DicomReadOptions.AcceptShortPixelData"/>.</summary>
    public long MissingBytes => _content switch
    {
        OutlyingValue outlying => outlying.Missing,
        EncapsulatedValue encapsulated => encapsulated.Missing,
        _ => 0,
    };

    /// <summary>Where the value lies when DICOM JSON only refers to it (PS3.18, F.2.6); the length is then -1: nobody said it.</summary>
    public Uri? BulkDataUri => _content as Uri;

    /// <summary>The value, padding included. A deferred one is read from its file each time; one of a big endian file is turned around each time.</summary>
    /// <exception cref="InvalidOperationException">The value was deferred and did not come from a file with a path, or lies at <see cref="BulkDataUri"/>.</exception>
    public ReadOnlyMemory<byte> Bytes
    {
        get
        {
            var bytes = AsRead;
            if (!Form.HasSwappedWords || VR.WordSize == 1 || bytes.IsEmpty) return bytes;
            var turned = bytes.ToArray();
            ByteOrder.Swap(turned, VR.WordSize);
            return turned;
        }
    }

    /// <summary>The value's bytes in the order that the file has them in.</summary>
    internal ReadOnlyMemory<byte> AsRead => _content switch
    {
        null => Raw[Form.HeadSize..],
        OutlyingValue { IsDeferred: true } outlying => OutlyingValue.Read(outlying.Path, Tag, FileOffset, outlying.Length - outlying.Missing),
        OutlyingValue => Raw[Form.HeadSize..],
        Uri uri => throw new InvalidOperationException($"The value of {Tag} lies at {uri}: fetch it first."),
        _ => default,
    };

    /// <summary>Some of the bytes; of a value that stayed in the file only these are read.</summary>
    internal ReadOnlyMemory<byte> Part(long start, long length) =>
        _content is OutlyingValue { IsDeferred: true } outlying && !Form.HasSwappedWords && start + length <= outlying.Length - outlying.Missing
            ? OutlyingValue.Read(outlying.Path, Tag, FileOffset + start, length)
            : Bytes.Slice((int)start, (int)length);

    /// <summary>A fragment of this element; a deferred one is read from the file.</summary>
    internal ReadOnlyMemory<byte> BytesOf(DicomFragment fragment) =>
        fragment.IsDeferred ? OutlyingValue.Read(SourcePath, Tag, fragment.FileOffset, fragment.Length) : fragment.Bytes;

    /// <summary>Head and value as they were read; of a sequence the head alone where its bytes do not lie together. A made element has only its value.</summary>
    internal ReadOnlyMemory<byte> Raw { get; }

    internal ElementForm Form { get; }

    internal string? SourcePath => _content switch
    {
        OutlyingValue outlying => outlying.Path,
        EncapsulatedValue encapsulated => encapsulated.Path,
        _ => null,
    };

    /// <summary>What the text is encoded in when that differs from what the data set declares.</summary>
    internal CharacterSet? CharacterSet { get; init; }

    internal DicomElement WithCharacterSet(CharacterSet set) => Remade(set);

    /// <summary>The same attribute and value, but as if it had been made: what is put into another data set is written by the rules.</summary>
    internal DicomElement WithoutForm() => Form.WasRead ? Remade(CharacterSet) : this;

    private DicomElement Remade(CharacterSet? set) => _content is null
        ? new DicomElement(Tag, VR, Form.WasRead && Length <= SmallValue ? Bytes.ToArray() : Bytes) { CharacterSet = set }
        : new DicomElement(Tag, VR, _content, _content is OutlyingValue { IsDeferred: false } ? Raw : default, Form.WithoutHead(), _place) { CharacterSet = set };

    /// <summary>Whether all below is as it was read.</summary>
    internal bool IsUntouched
    {
        get
        {
            if (!Form.WasRead) return false;
            foreach (var item in Items)
                if (!item.IsUntouched)
                    return false;
            return true;
        }
    }
}
