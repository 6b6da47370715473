namespace TriageWorker.Testing;

/// <summary>Valid bytes with a few things wrong: what gets further into a parser than noise does.</summary>
public static class Mutation
{
    private const int LongestRun = 64;
    private static readonly byte[] Telling = [0x00, 0x01, 0x02, 0x7F, 0x80, 0xFE, 0xFF]; // where lengths, signs and delimiters turn

    /// <summary>A copy with one to four changes: a byte set, a bit turned, four bytes made a length, a run cut out, doubled, moved or inserted, or the end gone.</summary>
    public static byte[] Of(ReadOnlySpan<byte> whole, Random random)
    {
        var bytes = new List<byte>(whole.Length + (4 * LongestRun));
        bytes.AddRange(whole);
        for (var changes = random.Next(1, 5); changes > 0; changes--) Change(bytes, random);
        return [.. bytes];
    }

    private static void Change(List<byte> bytes, Random random)
    {
        if (bytes.Count == 0)
        {
            bytes.Add((byte)random.Next(256));
            return;
        }
        var at = random.Next(bytes.Count);
        var run = bytes.GetRange(at, Math.Min(bytes.Count - at, random.Next(1, LongestRun)));
        switch (random.Next(9))
        {
            case 0: bytes[at] = (byte)random.Next(256); break;
            case 1: bytes[at] = Telling[random.Next(Telling.Length)]; break;
            case 2: bytes[at] ^= (byte)(1 << random.Next(8)); break;
            case 3: SetLength(bytes, at, random); break;
            case 4: bytes.RemoveRange(at, run.Count); break;
            case 5: bytes.InsertRange(at, run); break;
            case 6: bytes.InsertRange(random.Next(bytes.Count), run); break;
            case 7: bytes.Insert(at, (byte)random.Next(256)); break;
            default: bytes.RemoveRange(at, bytes.Count - at); break;
        }
    }

    /// <summary>Four bytes in either order that read as nothing, a little, far too much, or "undefined".</summary>
    private static void SetLength(List<byte> bytes, int at, Random random)
    {
        var length = random.Next(5) switch
        {
            0 => 0u,
            1 => (uint)random.Next(256),
            2 => uint.MaxValue,
            3 => 0x7FFF_FFFFu,
            _ => (uint)bytes.Count + (uint)random.Next(3) - 1,
        };
        var isBigEndian = random.Next(2) == 0;
        for (var i = 0; i < 4 && at + i < bytes.Count; i++) bytes[at + i] = (byte)(length >> (8 * (isBigEndian ? 3 - i : i)));
    }
}
