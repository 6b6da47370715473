namespace TriageWorker.Dicom.Network;

/// <summary>How the elements of a data set are laid out on the wire (PS3.5, annex A).</summary>
public enum ScanEncoding
{
    ImplicitLittleEndian,
    /// <summary>Also every encapsulated syntax (PS3.5, A.4).</summary>
    ExplicitLittleEndian,
    ExplicitBigEndian,
    /// <summary>Explicit VR little endian inside a raw deflate stream (PS3.5, A.5).</summary>
    Deflated,
}
