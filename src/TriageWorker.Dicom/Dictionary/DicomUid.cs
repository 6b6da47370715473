using System.Numerics;
using System.Text;
using TriageWorker.Dicom.Dictionary;

namespace TriageWorker.Dicom;

/// <summary>A UID of PS3.6 annex A: its keyword, its kind ("SOP Class", "Transfer Syntax" …) and its name.</summary>
public sealed record KnownUid(string Uid, string Keyword, string Kind, string Name, bool IsRetired);

/// <summary>The standard's UIDs as constants, and how ours are made.</summary>
public static partial class DicomUid
{
    private const int MaxLength = 64; // PS3.5, 9

    /// <summary>What the standard says of a UID, or null.</summary>
    public static KnownUid? Find(string uid)
    {
        var wanted = Encoding.UTF8.GetBytes(uid);
        int low = 0, high = UidTable.TextOffsets.Length - 1;
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var line = Lines.At(UidTable.Text, UidTable.TextOffsets[middle]);
            var order = line[..line.IndexOf((byte)'\t')].SequenceCompareTo(wanted);
            if (order == 0)
            {
                var fields = Encoding.UTF8.GetString(line).Split('\t');
                return new KnownUid(fields[0], fields[1], fields[2], fields[3], fields[4].Length > 0);
            }
            if (order < 0) low = middle + 1;
            else high = middle - 1;
        }
        return null;
    }

    /// <summary>Digits and single dots, no component with a leading zero, at most 64 characters (PS3.5, 9.1).</summary>
    public static bool IsValid(string? uid)
    {
        if (uid is not { Length: > 0 and <= MaxLength }) return false;
        foreach (var component in uid.AsSpan().Split('.'))
        {
            var digits = uid.AsSpan()[component];
            if (digits.IsEmpty || (digits.Length > 1 && digits[0] == '0') || digits.ContainsAnyExceptInRange('0', '9')) return false;
        }
        return true;
    }

    /// <summary>A new UID of nobody else's: 2.25 and a random UUID (PS3.5, B.2).</summary>
    public static string NewRandom() => FromUuid(Guid.NewGuid());

    /// <summary>The UUID as one decimal number below 2.25 (PS3.5, B.2).</summary>
    public static string FromUuid(Guid uuid)
    {
        Span<byte> bytes = stackalloc byte[16];
        uuid.TryWriteBytes(bytes, bigEndian: true, out _);
        return $"2.25.{new BigInteger(bytes, isUnsigned: true, isBigEndian: true)}";
    }

    /// <summary>The same UID each time for the same name in the same name space: a name-based UUID (RFC 9562, version 5) below 2.25.</summary>
    public static string Derive(Guid nameSpace, string name) => FromUuid(NameBasedUuid.Version5(nameSpace, name));
}
