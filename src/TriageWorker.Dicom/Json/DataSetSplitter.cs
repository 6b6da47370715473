using System.Buffers;
using System.Text.Json;

namespace TriageWorker.Dicom.Json;

/// <summary>
/// Finds where each data set of a stream of JSON ends: an object by itself, or those of an array (PS3.18, F.2.1). Looks at each
/// byte once, and at the bytes of a token that is not there as a whole a second time.
/// </summary>
internal sealed class DataSetSplitter(DicomJsonReadOptions options)
{
    private JsonReaderState _state = new(options.Reading);
    private long _examined; // bytes of the buffer that the state has passed
    private long _start = -1; // where in the buffer the open data set begins

    /// <summary>Whether the data sets are those of an array; null before the first bracket.</summary>
    internal bool? IsArray { get; private set; }

    /// <summary>True when a whole data set was found; the buffer then begins behind it.</summary>
    /// <exception cref="JsonException">The text is no JSON.</exception>
    internal bool TryTake(ref ReadOnlySequence<byte> buffer, bool isFinal, out ReadOnlySequence<byte> dataset)
    {
        var reader = new Utf8JsonReader(buffer.Slice(_examined), isFinal, _state);
        while (reader.Read())
        {
            if (IsArray is null)
            {
                IsArray = reader.TokenType == JsonTokenType.StartArray;
                if (IsArray.Value) continue;
            }
            if (reader.CurrentDepth != (IsArray.Value ? 1 : 0)) continue; // within a data set, or the end of the array
            if (_start < 0) _start = _examined + reader.TokenStartIndex;
            if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray) continue;
            var end = _examined + reader.BytesConsumed;
            dataset = buffer.Slice(_start, end - _start);
            buffer = buffer.Slice(end);
            (_state, _examined, _start) = (reader.CurrentState, 0, -1);
            return true;
        }
        (_state, _examined) = (reader.CurrentState, _examined + reader.BytesConsumed);
        var keepFrom = _start < 0 ? _examined : _start;
        buffer = buffer.Slice(keepFrom);
        (_examined, _start) = (_examined - keepFrom, _start < 0 ? -1 : 0);
        dataset = default;
        return false;
    }
}
