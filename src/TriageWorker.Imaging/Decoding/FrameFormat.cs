namespace TriageWorker.Imaging.Decoding;

/// <summary>What the header says of one compressed frame (PS3.3 C.7.6.3.1).</summary>
/// <param name="TransferSyntax">Its UID: how the frame is compressed (PS3.5 A.4).</param>
/// <param name="IsSigned">Pixel Representation 1.</param>
public sealed record FrameFormat(
    string TransferSyntax, int Rows, int Columns, int SamplesPerPixel, int BitsAllocated, int BitsStored, int HighBit, bool IsSigned, string Photometric)
{
    /// <summary>Bytes of the frame once it is decoded.</summary>
    public int Bytes => checked(Rows * Columns * SamplesPerPixel * (BitsAllocated / 8));
}
