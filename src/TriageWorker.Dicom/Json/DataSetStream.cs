using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace TriageWorker.Dicom.Json;

/// <summary>Reads the data sets of a stream one by one; holds the text of one at a time, and no more than is allowed.</summary>
internal sealed class DataSetStream(DicomJsonReadOptions options)
{
    private const int BufferSize = 64 * 1024;

    private readonly DataSetSplitter _splitter = new(options);
    private int _number;

    private AttributePath Path => new(_splitter.IsArray == true ? _number : null);

    internal async IAsyncEnumerable<DicomDataset> ReadAsync(Stream stream, [EnumeratorCancellation] CancellationToken stop)
    {
        var pipe = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: BufferSize, leaveOpen: true));
        try
        {
            for (var wanted = 1; ;)
            {
                var read = await pipe.ReadAtLeastAsync(wanted, stop);
                var buffer = read.Buffer;
                while (TryTake(ref buffer, read.IsCompleted) is { } dataset) yield return dataset;
                if (read.IsCompleted) yield break;
                if (buffer.Length > options.MaxLength) throw TooLong();
                wanted = NextLength(buffer.Length);
                pipe.AdvanceTo(buffer.Start, buffer.End);
            }
        }
        finally
        {
            await pipe.CompleteAsync();
        }
    }

    /// <summary>A token that is not there as a whole is looked at again from its start; twice as much each time keeps all looks together linear.</summary>
    private int NextLength(long here) => (int)(here < BufferSize ? here + 1 : Math.Min(2 * here, Math.Min(options.MaxLength + 1L, int.MaxValue)));

    private DicomDataset? TryTake(ref ReadOnlySequence<byte> buffer, bool isFinal)
    {
        try
        {
            if (!_splitter.TryTake(ref buffer, isFinal, out var text)) return null;
            if (text.Length > options.MaxLength) throw TooLong();
            var reader = new Utf8JsonReader(text, options.Reading);
            var dataset = DataSetParser.Parse(ref reader, options, Path);
            _number++;
            return dataset;
        }
        catch (JsonException broken)
        {
            throw JsonFault.NoJson(broken, Path);
        }
    }

    private DicomJsonException TooLong() => JsonFault.Refused($"the data set is longer than {options.MaxLength} bytes", Path);
}
