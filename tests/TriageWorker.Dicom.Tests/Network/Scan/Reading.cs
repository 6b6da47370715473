using TriageWorker.Dicom.Network;

namespace TriageWorker.Dicom.Tests.Network.Scan;

/// <summary>The file reader's word on a data set that was received.</summary>
internal static class Reading
{
    private static readonly byte[] Preamble = [.. new byte[128], .. "DICM"u8];

    /// <summary>Why the reader refuses these bytes in a file of this syntax; null when it reads them.</summary>
    internal static string? Refusal(byte[] bytes, string syntax)
    {
        var meta = new DicomDataset().Set(DicomTag.TransferSyntaxUID, syntax).ToBytes(TransferSyntax.ExplicitVRLittleEndian);
        try
        {
            DicomFile.Read(new MemoryStream([.. Preamble, .. meta, .. bytes]));
            return null;
        }
        catch (DicomFormatException refused)
        {
            return refused.Message;
        }
    }
}
