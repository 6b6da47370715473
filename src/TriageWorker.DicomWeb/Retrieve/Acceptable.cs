using Microsoft.Extensions.Primitives;
using TriageWorker.Dicom;

namespace TriageWorker.DicomWeb;

/// <summary>How instances are put into a response.</summary>
internal enum Packing
{
    /// <summary><c>multipart/related; type="application/dicom"</c>, one part an instance.</summary>
    Multipart,

    /// <summary><c>application/dicom</c>: the file itself; only for exactly one instance.</summary>
    Single,
}

/// <summary>One representation that the client accepts (PS3.18 8.7.3, 8.7.5).</summary>
/// <param name="TransferSyntax"><c>*</c>: as stored.</param>
internal readonly record struct Acceptable(Packing Packing, string TransferSyntax)
{
    public const string DicomType = "application/dicom";

    private const string AsStored = "*";

    /// <summary>Explicit VR Little Endian, meant when no syntax is named (PS3.18 8.7.3.5.2).</summary>
    private const string DefaultSyntax = DicomUid.ExplicitVRLittleEndian;

    /// <summary>Whether an instance can be given so: as it is stored, or, where that takes no codec, written anew. Syntaxes that PS3.18, 8.7.3.5.2, forbids are not written.</summary>
    public bool Takes(StoredInstance instance) => !IsWrittenAnew(instance)
        || (TransferSyntax is DefaultSyntax or DicomUid.DeflatedExplicitVRLittleEndian && !TriageWorker.Dicom.TransferSyntax.Of(instance.TransferSyntax).IsEncapsulated);

    public bool IsWrittenAnew(StoredInstance instance) => TransferSyntax is not AsStored && TransferSyntax != instance.TransferSyntax;

    public string SyntaxOf(StoredInstance instance) => TransferSyntax is AsStored ? instance.TransferSyntax : TransferSyntax;

    /// <summary>
    /// What the client accepts, most wanted first; what is no DICOM representation is left out. An <c>accept</c> query
    /// parameter (PS3.18 8.3.3.1), for links in a page, stands before the header. Nothing said means multipart.
    /// </summary>
    /// <param name="text">The parameter, or else the header's values.</param>
    public static IReadOnlyList<Acceptable> Read(StringValues text)
    {
        if (StringValues.IsNullOrEmpty(text)) return [new(Packing.Multipart, DefaultSyntax)];
        return [.. MediaRange.ReadList(text.ToString()).Where(range => range.Quality > 0).OrderByDescending(range => range.Quality).Select(Of).OfType<Acceptable>()];
    }

    private static Acceptable? Of(MediaRange range)
    {
        var syntax = range.Parameter("transfer-syntax") ?? DefaultSyntax;
        if (range.Is(DicomType)) return new(Packing.Single, syntax);
        if (range.Is("*/*") || range.Is("multipart/*")) return new(Packing.Multipart, syntax);
        var part = range.Parameter("type") ?? DicomType;
        return range.Is(MultipartWriter.Related) && part.Equals(DicomType, StringComparison.OrdinalIgnoreCase) ? new(Packing.Multipart, syntax) : null;
    }
}
