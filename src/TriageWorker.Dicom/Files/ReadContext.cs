namespace TriageWorker.Dicom;

/// <summary>What holds for all of one reading: options, remarks, and how much was read so far.</summary>
/// <param name="path">Where deferred values can be read again.</param>
internal sealed class ReadContext(DicomReadOptions options, Remarks remarks, TransferSyntax syntax, string? path)
{
    /// <summary>The place of an element that was made.</summary>
    internal const long Nowhere = -1;

    private const int MostUnreadable = 16;

    private int _elements, _unreadable;

    internal DicomReadOptions Options => options;

    internal Remarks Remarks => remarks;

    internal string? Path => path;

    internal TransferSyntax Syntax => syntax;

    /// <summary>What an inflater has given cannot be read again at an offset.</summary>
    internal long DeferLargerThan => syntax.IsDeflated ? long.MaxValue : options.DeferLargerThan;

    internal long OffsetOf(long position) => syntax.IsDeflated ? -1 : position;

    /// <summary>An offset that an element keeps: in the file or, as its complement, in what a deflated data set inflates to.</summary>
    internal long PlaceOf(long position) => syntax.IsDeflated ? ~position : position;

    internal void CountElement(long offset, DicomTag tag)
    {
        if (++_elements > options.MaxElements) throw new DicomFormatException($"More than {options.MaxElements} attributes and items", offset, tag);
    }

    /// <summary>Each sequence in UN that turns out to be none costs its reading; a file made of such is left as bytes.</summary>
    internal bool MayTryUnknown => _unreadable < MostUnreadable;

    internal void CountUnreadable() => _unreadable++;
}
