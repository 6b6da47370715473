using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace TriageWorker.Dicom.Dictionary;

/// <summary>UUIDs made from names (RFC 9562, 5.5).</summary>
public static class NameBasedUuid
{
    [SuppressMessage("Security", "CA5350", Justification = "RFC 9562 says SHA-1; the name is no secret and nothing is signed.")]
    public static Guid Version5(Guid nameSpace, string name)
    {
        var text = Encoding.UTF8.GetBytes(name);
        var input = new byte[16 + text.Length];
        nameSpace.TryWriteBytes(input, bigEndian: true, out _);
        text.CopyTo(input, 16);
        var hash = SHA1.HashData(input).AsSpan(0, 16);
        hash[6] = (byte)((hash[6] & 0x0F) | 0x50); // version 5
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80); // variant of the RFC
        return new Guid(hash, bigEndian: true);
    }
}
