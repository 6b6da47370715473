using System.Text.Json;

namespace TriageWorker.Dicom.Json;

/// <summary>What a text may ask of its reader.</summary>
public sealed record DicomJsonReadOptions
{
    private const int DepthCeiling = 256; // a level is a call; the smallest stack of a thread holds this many with ease

    public static DicomJsonReadOptions Default { get; } = new();

    /// <summary>Sequences in sequences, at most 256.</summary>
    public int MaxDepth
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, DepthCeiling);
            field = value;
        }
    } = 64;

    /// <summary>Bytes of text that one data set of a stream may take; so many are held at a time. At most 2 GiB less one.</summary>
    public int MaxLength
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            field = value;
        }
    } = 256 << 20;

    /// <summary>An attribute around its array of items: three levels of JSON to one of DICOM; a name at the end takes as many, an array around all one.</summary>
    internal JsonReaderOptions Reading => new() { MaxDepth = (3 * MaxDepth) + 5 };
}
