namespace TriageWorker.Dicom.Network;

/// <summary>Figures of a connection, which grow while it lasts. Read by any thread.</summary>
public sealed class PduFigures
{
    private uint _longest;

    /// <summary>The longest P-DATA-TF body that the peer has sent, in bytes; 0 before the first.</summary>
    public uint LongestReceived => Volatile.Read(ref _longest);

    internal void See(uint length)
    {
        if (length > _longest) Volatile.Write(ref _longest, length);
    }
}
