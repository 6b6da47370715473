namespace TriageWorker.Dicom;

/// <summary>Finds out how a file is encoded, then reads it.</summary>
internal sealed class FileReader(ByteSource source, DicomReadOptions options, string? path)
{
    private const int PreambleLength = 128;

    private readonly Remarks _remarks = new();

    internal static FileReader Of(Stream stream, DicomReadOptions options, string? path) => new(DatasetCoding.SourceOf(stream), options, path);

    internal DicomFile Read()
    {
        var preamble = TakePreamble();
        var meta = ReadMeta();
        var syntax = SyntaxOf(meta);
        using var inflated = syntax.IsDeflated ? Inflated.Open(source, _remarks) : null;
        var dataset = ReadDataset(inflated is null ? source : DatasetCoding.InflatedSource(inflated, options), syntax);
        return new DicomFile(meta, dataset, syntax, _remarks.All) { Preamble = preamble };
    }

    private DicomDataset ReadDataset(ByteSource bytes, TransferSyntax syntax)
    {
        if (options.IsWhole) bytes.ReadWhole(); // not before it is known to be DICOM
        return new DatasetReader(bytes, new ReadContext(options, _remarks, syntax, path)).ReadRoot(ElementCoding.Of(syntax), options.StopBefore);
    }

    /// <returns>Null when there is none.</returns>
    private ReadOnlyMemory<byte>? TakePreamble()
    {
        var start = source.Position;
        if (source.Peek(PreambleLength + 4) is { Length: PreambleLength + 4 } head && head[PreambleLength..].SequenceEqual("DICM"u8))
            return source.Take(PreambleLength + 4)[..PreambleLength];
        if (source.Peek(4).SequenceEqual("DICM"u8)) source.Skip(4);
        _remarks.Add(DicomRemarkKind.NoPreamble, start, null, "No preamble");
        return null;
    }

    /// <summary>Always explicit little endian (PS3.10, 7.1), or nearly.</summary>
    private DicomDataset ReadMeta()
    {
        var start = source.Position;
        var isImplicit = EncodingGuess.Of(source.Peek(8)) == TransferSyntax.ImplicitVRLittleEndian;
        var syntax = isImplicit ? TransferSyntax.ImplicitVRLittleEndian : TransferSyntax.ExplicitVRLittleEndian;
        var meta = new DatasetReader(source, new ReadContext(DicomReadOptions.Default, _remarks, syntax, path: null)).ReadMeta(ElementCoding.Of(syntax));
        if (meta.Count == 0) return meta;
        if (isImplicit) _remarks.Add(DicomRemarkKind.MetaIsImplicit, start, null, "The file meta is in implicit VR");
        if (meta.TryGet(DicomTag.FileMetaInformationGroupLength, out var length) && length.FileOffset + length.Length + meta.GetDouble(length.Tag) != source.Position)
            _remarks.Add(DicomRemarkKind.MetaLength, length.FileOffset, length.Tag, "The length of the file meta is wrong");
        return meta;
    }

    private TransferSyntax SyntaxOf(DicomDataset meta)
    {
        var at = source.Position;
        var declared = meta.GetString(DicomTag.TransferSyntaxUID) is { } uid ? TransferSyntax.Of(uid) : null;
        var looksLike = EncodingGuess.Of(source.Peek(8));
        if (declared is null)
        {
            if (looksLike is null)
            {
                if (!source.Peek(1).IsEmpty || meta.Count == 0) throw new DicomFormatException("This is not a DICOM file", at);
                _remarks.Add(DicomRemarkKind.NoTransferSyntax, at, null, "No transfer syntax declared, and no data set to tell it from");
                return TransferSyntax.ExplicitVRLittleEndian;
            }
            _remarks.Add(DicomRemarkKind.NoTransferSyntax, at, null, $"No transfer syntax declared; it looks like {looksLike.Name}");
            return looksLike;
        }
        // A deflated stream never begins like an attribute: its first stored block would have to say its length twice over.
        if (looksLike is null || (!declared.IsDeflated && looksLike.IsExplicitVR == declared.IsExplicitVR && looksLike.IsBigEndian == declared.IsBigEndian)) return declared;
        _remarks.Add(DicomRemarkKind.OtherTransferSyntax, at, null, $"{declared.Name} declared, {looksLike.Name} found");
        return declared.IsEncapsulated ? declared with { IsExplicitVR = looksLike.IsExplicitVR, IsBigEndian = looksLike.IsBigEndian } : looksLike;
    }
}
