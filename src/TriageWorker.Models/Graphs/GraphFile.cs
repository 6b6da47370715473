using System.Globalization;
using Google.Protobuf;
using Onnx;

namespace TriageWorker.Models.Graphs;

/// <summary>
/// Writes a graph as an ONNX file, one weight at a time: what is in memory is the largest weight, not all of them. Weights beyond a threshold go
/// into a file of their own beside it, as ONNX's external data: a protobuf message ends at 2 GB, and long before that it is read as a whole and
/// its weights are copied, where ONNX Runtime maps such a file into memory.
/// </summary>
internal static class GraphFile
{
    /// <summary>Small networks stay one file.</summary>
    public const long LargestWithin = 64_000_000;

    /// <summary>A version of IR and operators that every ONNX Runtime and TensorRT of the last years reads.</summary>
    public const int IrVersion = 8, Opset = 13;

    private const int PageSize = 4096; // external data is mapped into memory by pages

    /// <param name="path">Of the graph; external data lies beside it, as its name with <c>.data</c>.</param>
    /// <param name="largestWithin">More bytes of weights than this go into the other file.</param>
    /// <param name="progress">Told the share that is written.</param>
    /// <returns>The files that were written, the graph first.</returns>
    public static IReadOnlyList<string> Write(string path, GraphBuilder builder, long largestWithin = LargestWithin, IProgress<double>? progress = null)
    {
        var counted = new Progress(builder.Weights.Sum(weight => weight.Bytes), progress);
        var isWithin = counted.Whole <= largestWithin;
        var data = $"{path}.data";
        var entries = isWithin ? [.. builder.Weights.Select(Described)] : WriteBeside(data, builder.Weights, counted);
        using var file = File.Create(path);
        using var coded = new CodedOutputStream(file, leaveOpen: true);
        new ModelProto { IrVersion = IrVersion, ProducerName = "TriageWorker", OpsetImport = { new OperatorSetIdProto { Domain = "", Version = Opset } } }.WriteTo(coded);
        // The graph as a field of the model, its length first. Fields of protobuf may stand in any order, so the weights come one by one at its end.
        coded.WriteTag(ModelProto.GraphFieldNumber, WireFormat.WireType.LengthDelimited);
        coded.WriteInt64(builder.Graph.CalculateSize() + entries.Zip(builder.Weights, (entry, weight) => FieldSize(EntrySize(entry, weight, isWithin))).Sum());
        builder.Graph.WriteTo(coded);
        foreach (var (entry, weight) in entries.Zip(builder.Weights))
        {
            coded.WriteTag(GraphProto.InitializerFieldNumber, WireFormat.WireType.LengthDelimited);
            coded.WriteInt64(EntrySize(entry, weight, isWithin));
            entry.WriteTo(coded);
            if (!isWithin) continue;
            coded.WriteTag(TensorProto.RawDataFieldNumber, WireFormat.WireType.LengthDelimited);
            coded.WriteBytes(UnsafeByteOperations.UnsafeWrap(weight.ToBytes()));
            counted.Add(weight.Bytes);
        }

        coded.Flush();
        file.Flush(flushToDisk: true);
        return isWithin ? [path] : [path, data];
    }

    private static List<TensorProto> WriteBeside(string data, IReadOnlyList<Weight> weights, Progress progress)
    {
        var entries = new List<TensorProto>();
        using var file = File.Create(data);
        foreach (var weight in weights)
        {
            file.Position = (file.Position + PageSize - 1) / PageSize * PageSize;
            var entry = Described(weight);
            entry.DataLocation = TensorProto.Types.DataLocation.External;
            entry.ExternalData.Add(Entry("location", Path.GetFileName(data)));
            entry.ExternalData.Add(Entry("offset", file.Position.ToString(CultureInfo.InvariantCulture)));
            entry.ExternalData.Add(Entry("length", weight.Bytes.ToString(CultureInfo.InvariantCulture)));
            entries.Add(entry);
            file.Write(weight.ToBytes());
            progress.Add(weight.Bytes);
        }

        file.Flush(flushToDisk: true);
        return entries;
    }

    private static TensorProto Described(Weight weight) => new() { Name = weight.Name, DataType = weight.DataType, Dims = { weight.Shape.Select(size => (long)size) } };

    private static StringStringEntryProto Entry(string key, string value) => new() { Key = key, Value = value };

    private static long EntrySize(TensorProto entry, Weight weight, bool isWithin) => entry.CalculateSize() + (isWithin ? FieldSize(weight.Bytes) : 0);

    /// <summary>A field of this many bytes with its tag (of one byte, as all of ours are) and its length.</summary>
    private static long FieldSize(long length) => 1 + CodedOutputStream.ComputeInt64Size(length) + length;

    private sealed class Progress(long whole, IProgress<double>? progress)
    {
        private long _done;

        public long Whole => whole;

        public void Add(long bytes)
        {
            _done += bytes;
            progress?.Report(_done / (double)whole);
        }
    }
}
