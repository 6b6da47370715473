using TriageWorker.Dicom.Dictionary;

namespace TriageWorker.Dicom;

/// <summary>Tells from the first eight bytes of a data set how it is encoded.</summary>
internal static class EncodingGuess
{
    private const ushort HighestFirstGroup = 0x0020; // data sets begin in group 0002, 0004, 0008; bad ones a little later

    /// <returns>Null when the bytes are no beginning of a data set.</returns>
    internal static TransferSyntax? Of(ReadOnlySpan<byte> head)
    {
        if (head.Length < 8) return null;
        var explicitVr = ElementHeader.VrAt(head).IsKnown;
        if (LooksLikeStart(head, isBigEndian: false)) return explicitVr ? TransferSyntax.ExplicitVRLittleEndian : TransferSyntax.ImplicitVRLittleEndian;
        return explicitVr && LooksLikeStart(head, isBigEndian: true) ? TransferSyntax.ExplicitVRBigEndian : null;
    }

    private static bool LooksLikeStart(ReadOnlySpan<byte> head, bool isBigEndian)
    {
        var tag = ByteOrder.Tag(head, isBigEndian);
        return tag.Group is > 0 and <= HighestFirstGroup && !DicomDictionary.VRsOf(tag).IsEmpty;
    }
}
