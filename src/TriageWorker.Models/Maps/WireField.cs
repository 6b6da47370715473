namespace TriageWorker.Models.Maps;

/// <summary>One field of a protobuf message in a file: its number and, of a number, the value or, of bytes, where they stand.</summary>
internal readonly record struct WireField(int Number, ulong Value, long Start, long End)
{
    /// <summary>The fields of the message that stands from <paramref name="start"/> to <paramref name="end"/>; what they hold is stepped over.</summary>
    /// <exception cref="InvalidDataException">A length leads out of the message, or a field is of no kind that is written today.</exception>
    public static IEnumerable<WireField> In(Stream file, long start, long end)
    {
        for (var at = start; at < end;)
        {
            file.Position = at;
            var key = Varint(file);
            var value = (key & 7) == 0 ? Varint(file) : 0;
            var size = (key & 7) switch
            {
                0 => 0UL,
                1 => 8UL,
                2 => Varint(file),
                5 => 4UL,
                var kind => throw new InvalidDataException($"a field of kind {kind} at byte {at}"),
            };
            var content = file.Position;
            if (content > end || size > (ulong)(end - content)) throw new InvalidDataException($"a field at byte {at} that is longer than what holds it");
            at = content + (long)size;
            yield return new WireField((int)(key >> 3), value, content, at);
        }
    }

    public byte[] Bytes(Stream file)
    {
        var bytes = new byte[End - Start];
        file.Position = Start;
        file.ReadExactly(bytes);
        return bytes;
    }

    public string Text(Stream file) => System.Text.Encoding.UTF8.GetString(Bytes(file));

    private static ulong Varint(Stream file)
    {
        var value = 0UL;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = file.ReadByte();
            if (next < 0) throw new InvalidDataException("an end within a number");
            value |= (ulong)(next & 127) << shift;
            if (next < 128) return value;
        }

        throw new InvalidDataException("a number of more than 64 bits");
    }
}
