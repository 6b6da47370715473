namespace TriageWorker.Dicom;

/// <summary>
/// A data set in a file (PS3.10, 7): preamble, file meta information, data set. Read tolerantly. Written by the rules where
/// something is new, byte for byte where it was read and not touched.
/// </summary>
public sealed class DicomFile
{
    public DicomFile(DicomDataset dataset, TransferSyntax? transferSyntax = null)
        : this(new DicomDataset(), dataset, transferSyntax ?? TransferSyntax.ExplicitVRLittleEndian, [])
    {
    }

    internal DicomFile(DicomDataset meta, DicomDataset dataset, TransferSyntax transferSyntax, IReadOnlyList<DicomRemark> remarks)
    {
        Meta = meta;
        Dataset = dataset;
        TransferSyntax = transferSyntax;
        Remarks = remarks;
    }

    /// <summary>Group 0002. <see cref="Write(Stream)"/> completes it from the data set.</summary>
    public DicomDataset Meta { get; }

    public DicomDataset Dataset { get; }

    /// <summary>What the data set is written in; of a read file, what it is really encoded in.</summary>
    public TransferSyntax TransferSyntax { get; }

    /// <summary>Where a read file breaks the standard without harm.</summary>
    public IReadOnlyList<DicomRemark> Remarks { get; }

    /// <summary>The 128 bytes that a read file begins with; null when it has none.</summary>
    internal ReadOnlyMemory<byte>? Preamble { get; init; }

    /// <summary>
    /// Reads a file. A file that is wanted whole is kept once, as its bytes. Reading allocates at most 256 KiB and, for each byte of the
    /// file (of a deflated one: of what it inflates to), 24 bytes; that is a file of nothing but empty attributes. An image takes its
    /// own length and some 30 KB.
    /// </summary>
    /// <exception cref="DicomFormatException">The file is not DICOM, is cut, or contradicts itself.</exception>
    public static DicomFile Read(string path, DicomReadOptions? options = null)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        return FileReader.Of(stream, options ?? DicomReadOptions.Default, Path.GetFullPath(path)).Read();
    }

    /// <summary>Reads from where the stream stands to its end. Values that the options defer have to be read from the stream by the caller.</summary>
    /// <exception cref="DicomFormatException">The stream is not DICOM, is cut, or contradicts itself.</exception>
    public static DicomFile Read(Stream stream, DicomReadOptions? options = null) => FileReader.Of(stream, options ?? DicomReadOptions.Default, path: null).Read();

    /// <summary>Reads a file that is in memory. Values are slices of these bytes: they must not change any more.</summary>
    /// <exception cref="DicomFormatException">The bytes are not DICOM, are cut, or contradict themselves.</exception>
    public static DicomFile Parse(ReadOnlyMemory<byte> bytes, DicomReadOptions? options = null) =>
        new FileReader(new ByteSource(bytes, 0), options ?? DicomReadOptions.Default, path: null).Read();

    /// <summary>Writes a new file; the folder must exist.</summary>
    public void Write(string path)
    {
        using var stream = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        Write(stream);
    }

    /// <summary>
    /// Writes preamble, meta and data set. The same content gives the same bytes. A file that was read keeps what was not changed
    /// byte for byte; preamble and meta too when nothing at all was changed and they say what is true. Otherwise the meta is
    /// completed, names this implementation as the writer (PS3.10, 7.1), and the preamble, which may point into the file, is empty.
    /// </summary>
    /// <exception cref="InvalidOperationException">The data set does not fit the transfer syntax, or lacks its SOP class or instance UID.</exception>
    public void Write(Stream stream) => FileWriter.Write(this, stream);
}
