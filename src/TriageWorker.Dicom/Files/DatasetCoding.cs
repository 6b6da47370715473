using System.IO.Compression;

namespace TriageWorker.Dicom;

/// <summary>Data sets as bytes without a file around them: what travels in DIMSE messages.</summary>
public static class DatasetCoding
{
    /// <summary>A last block without a byte (RFC 1951, 3.2.6).</summary>
    private static ReadOnlySpan<byte> NothingDeflated => [0x03, 0x00];

    extension(DicomDataset dataset)
    {
        /// <summary>Reads a data set that is in memory. Values are slices of these bytes: they must not change any more.</summary>
        /// <exception cref="DicomFormatException">The bytes are not a data set in this syntax.</exception>
        public static DicomDataset Parse(ReadOnlyMemory<byte> bytes, TransferSyntax syntax, DicomReadOptions? options = null) =>
            Parse(bytes, syntax, options, out _);

        /// <inheritdoc cref="Parse(ReadOnlyMemory{byte}, TransferSyntax, DicomReadOptions?)"/>
        /// <param name="remarks">The faults that were tolerated.</param>
        public static DicomDataset Parse(ReadOnlyMemory<byte> bytes, TransferSyntax syntax, DicomReadOptions? options, out IReadOnlyList<DicomRemark> remarks) =>
            Read(new ByteSource(bytes, 0), syntax, options ?? DicomReadOptions.Default, out remarks);

        /// <summary>Reads a data set without file meta to the end of the stream.</summary>
        /// <exception cref="DicomFormatException">The bytes are not a data set in this syntax.</exception>
        public static DicomDataset Read(Stream stream, TransferSyntax syntax, DicomReadOptions? options = null)
        {
            options ??= DicomReadOptions.Default;
            return Read(SourceOf(stream), syntax, options, out _);
        }

        /// <summary>The data set's bytes. One of group 0000 gets its Command Group Length (PS3.7, 6.3.1).</summary>
        public byte[] ToBytes(TransferSyntax syntax)
        {
            var stream = new MemoryStream();
            Write(dataset, stream, syntax);
            return stream.ToArray();
        }
    }

    internal static ByteSource SourceOf(Stream stream) => stream.CanSeek ? new(stream, stream.Position, stream.Length) : new(stream, 0, null);

    internal static ByteSource InflatedSource(Stream inflated, DicomReadOptions options) => new(inflated, 0, null, options.MaxInflatedBytes);

    /// <exception cref="InvalidOperationException">The pixel data does not fit the syntax.</exception>
    internal static void Write(DicomDataset dataset, Stream stream, TransferSyntax syntax)
    {
        if (dataset.TryGet(DicomTag.PixelData, out var pixels) && pixels.IsEncapsulated != syntax.IsEncapsulated && dataset.ReadSyntax?.Uid != syntax.Uid)
            throw new InvalidOperationException($"The pixel data is {(pixels.IsEncapsulated ? "compressed" : "not compressed")}; it cannot be written in {syntax.Name}.");
        var text = TextPlan.For(dataset);
        if (!syntax.IsDeflated)
        {
            WriteInto(stream);
            return;
        }
        var counted = new CountingStream(stream);
        using (var deflate = new DeflateStream(counted, CompressionLevel.Optimal, leaveOpen: true)) WriteInto(deflate);
        if (counted.Count == 0) stream.Write(NothingDeflated); // of which .NET writes nothing at all
        if (counted.Count % 2 == 1) stream.WriteByte(0); // PS3.5, A.5

        void WriteInto(Stream target)
        {
            using var sink = new ByteSink(target);
            new DatasetWriter(sink, syntax, text).WriteRoot(dataset);
        }
    }

    private static DicomDataset Read(ByteSource source, TransferSyntax syntax, DicomReadOptions options, out IReadOnlyList<DicomRemark> all)
    {
        var remarks = new Remarks();
        all = remarks.All;
        using var inflated = syntax.IsDeflated ? Inflated.Open(source, remarks) : null;
        var bytes = inflated is null ? source : InflatedSource(inflated, options);
        if (options.IsWhole) bytes.ReadWhole();
        return new DatasetReader(bytes, new ReadContext(options, remarks, syntax, path: null)).ReadRoot(ElementCoding.Of(syntax), options.StopBefore);
    }
}
