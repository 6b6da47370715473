using System.IO.Compression;

namespace TriageWorker.Dicom;

/// <summary>Data sets as bytes without a file around them: what travels in DIMSE messages.</summary>
public static class DatasetCoding
{
    extension(DicomDataset dataset)
    {
        /// <exception cref="DicomFormatException">The bytes are not a data set in this syntax.</exception>
        public static DicomDataset Parse(ReadOnlyMemory<byte> bytes, TransferSyntax syntax, DicomReadOptions? options = null) =>
            Read(new MemoryStream(bytes.ToArray(), writable: false), syntax, options);

        /// <summary>Reads a data set without file meta to the end of the stream.</summary>
        /// <exception cref="DicomFormatException">The bytes are not a data set in this syntax.</exception>
        public static DicomDataset Read(Stream stream, TransferSyntax syntax, DicomReadOptions? options = null)
        {
            options ??= DicomReadOptions.Default;
            using var inflated = syntax.IsDeflated ? new DeflateStream(stream, CompressionMode.Decompress, leaveOpen: true) : null;
            var source = inflated is null
                ? new ByteSource(stream, stream.CanSeek ? stream.Position : 0, stream.CanSeek ? stream.Length : null)
                : new ByteSource(inflated, 0, null, options.MaxInflatedBytes);
            return new DatasetReader(source, syntax, options, new Remarks(), path: null).ReadRoot();
        }

        /// <summary>The data set's bytes. One of group 0000 gets its Command Group Length (PS3.7, 6.3.1).</summary>
        public byte[] ToBytes(TransferSyntax syntax)
        {
            var stream = new MemoryStream();
            Write(dataset, stream, syntax);
            return stream.ToArray();
        }
    }

    /// <exception cref="InvalidOperationException">The pixel data does not fit the syntax.</exception>
    internal static void Write(DicomDataset dataset, Stream stream, TransferSyntax syntax)
    {
        if (syntax.IsBigEndian) throw new InvalidOperationException("Data sets are not written in big endian; take explicit VR little endian.");
        if (dataset.TryGet(DicomTag.PixelData, out var pixels) && pixels.IsEncapsulated != syntax.IsEncapsulated)
            throw new InvalidOperationException($"The pixel data is {(pixels.IsEncapsulated ? "compressed" : "not compressed")}; it cannot be written in {syntax.Name}.");
        if (!syntax.IsDeflated)
        {
            new DatasetWriter(stream, syntax).Write(Utf8Plan.For(dataset));
            return;
        }
        using var deflate = new DeflateStream(stream, CompressionLevel.Optimal, leaveOpen: true);
        new DatasetWriter(deflate, syntax).Write(Utf8Plan.For(dataset));
    }
}
