using System.Buffers;
using System.Text.Json;

namespace TriageWorker.Dicom.Json;

/// <summary>The bytes of a token, which may lie in one piece or in several.</summary>
internal static class JsonTokens
{
    extension(ref Utf8JsonReader reader)
    {
        internal long GetLength() => reader.HasValueSequence ? reader.ValueSequence.Length : reader.ValueSpan.Length;

        internal ReadOnlySpan<byte> GetBytes() => reader.HasValueSequence ? reader.ValueSequence.ToArray() : reader.ValueSpan;
    }
}
