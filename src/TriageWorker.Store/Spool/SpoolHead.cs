using TriageWorker.Dicom;

namespace TriageWorker.Store;

/// <summary>What is known of an object before its first byte; it becomes the file meta.</summary>
/// <param name="CallingAe">Who sends it, a title or the name of a <see cref="WebCaller"/>; empty for what this product makes.</param>
/// <param name="AssociationId">Empty for what no association brings.</param>
public sealed record SpoolHead(
    string SopClassUid, string SopInstanceUid, string TransferSyntax, string CallingAe, string CalledAe, Guid AssociationId)
{
    /// <summary>Preamble without mark, prefix and file meta (PS3.10, 7.1).</summary>
    internal byte[] Encode()
    {
        var meta = new DicomDataset()
            .Set(DicomTag.FileMetaInformationVersion, DicomVR.OB, new byte[] { 0, 1 })
            .Set(DicomTag.MediaStorageSOPClassUID, SopClassUid)
            .Set(DicomTag.MediaStorageSOPInstanceUID, SopInstanceUid)
            .Set(DicomTag.TransferSyntaxUID, TransferSyntax)
            .Set(DicomTag.ImplementationClassUID, Dicom.Network.Implementation.ClassUid)
            .Set(DicomTag.ImplementationVersionName, Dicom.Network.Implementation.Version);
        if (WebCaller.Named(CallingAe) is { } web) meta.Set(DicomTag.SourcePresentationAddress, web.Presentation);
        else if (CallingAe.Length > 0) meta.Set(DicomTag.SourceApplicationEntityTitle, CallingAe).Set(DicomTag.SendingApplicationEntityTitle, CallingAe);
        if (CalledAe.Length > 0) meta.Set(DicomTag.ReceivingApplicationEntityTitle, CalledAe);
        var bytes = meta.ToBytes(TriageWorker.Dicom.TransferSyntax.ExplicitVRLittleEndian);
        // (0002,0000) UL: how long the rest of the group is.
        return [.. new byte[SpoolMark.Size], .. "DICM"u8, .. "\u0002\0\0\0UL\u0004\0"u8, .. BitConverter.GetBytes(bytes.Length), .. bytes];
    }
}
