using System.Text;

namespace TriageWorker.EndToEnd;

/// <summary>A span as it came over the wire (opentelemetry-proto: trace/v1/trace.proto), as far as the tests look at it.</summary>
internal sealed record ReceivedSpan(string Service, string Name, string Trace, string Id, string Parent, IReadOnlyDictionary<string, string> Tags)
{
    /// <summary>All spans of one ExportTraceServiceRequest.</summary>
    public static IEnumerable<ReceivedSpan> Read(byte[] request)
    {
        foreach (var resourceSpans in Messages(request, 1))
        {
            var resource = Messages(resourceSpans, 1).SelectMany(message => Tagged(message, 1)).ToDictionary();
            foreach (var span in Messages(resourceSpans, 2).SelectMany(scope => Messages(scope, 2)))
                yield return new ReceivedSpan(resource["service.instance.id"], Encoding.UTF8.GetString(Messages(span, 5).Single()),
                    Hex(Messages(span, 1).Single()), Hex(Messages(span, 2).Single()), Hex(Messages(span, 4).SingleOrDefault() ?? []), Tagged(span, 9).ToDictionary());
        }
    }

    // KeyValue: key 1, value 2; AnyValue: string 1, other kinds are not looked at.
    private static IEnumerable<KeyValuePair<string, string>> Tagged(byte[] message, int field) => Messages(message, field).Select(pair => KeyValuePair.Create(
        Encoding.UTF8.GetString(Messages(pair, 1).Single()), Encoding.UTF8.GetString(Messages(Messages(pair, 2).Single(), 1).SingleOrDefault() ?? [])));

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);

    /// <summary>The values of a field that has a length (wire type 2), in their order.</summary>
    private static IEnumerable<byte[]> Messages(byte[] message, int field)
    {
        for (var at = 0; at < message.Length;)
        {
            var tag = Varint(message, ref at);
            switch (tag & 7)
            {
                case 0:
                    Varint(message, ref at);
                    break;
                case 1:
                    at += sizeof(ulong);
                    break;
                case 2:
                    var length = (int)Varint(message, ref at);
                    if (tag >> 3 == (ulong)field) yield return message[at..(at + length)];
                    at += length;
                    break;
                case 5:
                    at += sizeof(uint);
                    break;
                default:
                    throw new InvalidDataException($"Wire type {tag & 7} is none of protobuf's that are in use.");
            }
        }
    }

    private static ulong Varint(byte[] message, ref int at)
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var next = message[at++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80) return value;
        }
    }
}
