namespace TriageWorker.Dicom;

/// <summary>A data set in a file (PS3.10, 7): preamble, file meta information, data set. Read tolerantly, written strictly.</summary>
public sealed class DicomFile
{
    public DicomFile(DicomDataset dataset, TransferSyntax? transferSyntax = null)
        : this(new DicomDataset(), dataset, transferSyntax ?? TransferSyntax.ExplicitVRLittleEndian, [])
    {
    }

    internal DicomFile(DicomDataset meta, DicomDataset dataset, TransferSyntax transferSyntax, IReadOnlyList<string> remarks)
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

    /// <summary>Where a read file breaks the standard without harm: no preamble, guessed syntax, stray delimiters.</summary>
    public IReadOnlyList<string> Remarks { get; }

    /// <exception cref="DicomFormatException">The file is not DICOM, is cut, or contradicts itself.</exception>
    public static DicomFile Read(string path, DicomReadOptions? options = null)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        return new FileReader(stream, options ?? DicomReadOptions.Default, Path.GetFullPath(path)).Read();
    }

    /// <summary>Reads from where the stream stands to its end. Values that the options defer have to be read from the stream by the caller.</summary>
    /// <exception cref="DicomFormatException">The stream is not DICOM, is cut, or contradicts itself.</exception>
    public static DicomFile Read(Stream stream, DicomReadOptions? options = null) =>
        new FileReader(stream, options ?? DicomReadOptions.Default, path: null).Read();

    /// <summary>Writes a new file; the folder must exist.</summary>
    public void Write(string path)
    {
        using var stream = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 1 << 16);
        Write(stream);
    }

    /// <summary>Writes preamble, meta and data set. The same content gives the same bytes.</summary>
    /// <exception cref="InvalidOperationException">The data set does not fit the transfer syntax, or lacks its SOP class or instance UID.</exception>
    public void Write(Stream stream) => FileWriter.Write(this, stream);
}
