using System.IO.Compression;

namespace TriageWorker.Dicom;

/// <summary>Finds out how a file is encoded, then reads it.</summary>
internal sealed class FileReader(Stream stream, DicomReadOptions options, string? path)
{
    private const int PreambleLength = 128;

    private readonly Remarks _remarks = new();

    internal DicomFile Read()
    {
        var start = stream.CanSeek ? stream.Position : 0;
        var source = new ByteSource(stream, start, stream.CanSeek ? stream.Length : null);
        SkipPreamble(source);
        var meta = ReadMeta(source);
        var syntax = SyntaxOf(meta, source);
        if (syntax.IsDeflated) source = Inflate(source);
        var dataset = new DatasetReader(source, syntax, options, _remarks, path).ReadRoot();
        if (dataset.CharacterSet.UnknownTerms is { Count: > 0 } unknown) _remarks.Add($"unknown character set {string.Join(", ", unknown)}");
        return new DicomFile(meta, dataset, syntax, _remarks.All);
    }

    private void SkipPreamble(ByteSource source)
    {
        if (source.Peek(PreambleLength + 4) is { Length: PreambleLength + 4 } head && head[PreambleLength..].SequenceEqual("DICM"u8)) source.Skip(PreambleLength + 4);
        else if (source.Peek(4).SequenceEqual("DICM"u8)) source.Skip(4);
        else _remarks.Add("no preamble");
    }

    /// <summary>Group 0002 by its tags, not by its group length, which is often wrong. Always explicit little endian (PS3.10, 7.1), or nearly.</summary>
    private DicomDataset ReadMeta(ByteSource source)
    {
        var meta = new DicomDataset();
        var looksImplicit = EncodingGuess.Of(source.Peek(8)) == TransferSyntax.ImplicitVRLittleEndian;
        var reader = new DatasetReader(
            source, looksImplicit ? TransferSyntax.ImplicitVRLittleEndian : TransferSyntax.ExplicitVRLittleEndian,
            DicomReadOptions.Default, _remarks, path: null);
        while (reader.NextTag() is { Group: 0x0002 })
            reader.ReadElement(meta, source.End ?? long.MaxValue, depth: 0, isRoot: true);
        return meta;
    }

    private TransferSyntax SyntaxOf(DicomDataset meta, ByteSource source)
    {
        var declared = meta.GetString(DicomTag.TransferSyntaxUID) is { } uid ? TransferSyntax.Of(uid) : null;
        if (declared is { IsDeflated: true }) return declared;
        var looksLike = EncodingGuess.Of(source.Peek(8));
        if (declared is null)
        {
            if (looksLike is null)
            {
                if (source.Peek(1).IsEmpty && meta.Count > 0) return TransferSyntax.ExplicitVRLittleEndian;
                throw new DicomFormatException("This is not a DICOM file", source.Position);
            }
            _remarks.Add($"no transfer syntax declared; it looks like {looksLike.Name}");
            return looksLike;
        }
        if (looksLike is null || (looksLike.IsExplicitVR == declared.IsExplicitVR && looksLike.IsBigEndian == declared.IsBigEndian)) return declared;
        _remarks.Add($"{declared.Name} declared, {looksLike.Name} found");
        return declared.IsEncapsulated ? declared with { IsExplicitVR = looksLike.IsExplicitVR, IsBigEndian = looksLike.IsBigEndian } : looksLike;
    }

    private ByteSource Inflate(ByteSource deflated)
    {
        var rest = new SourceStream(deflated);
        return new ByteSource(new DeflateStream(rest, CompressionMode.Decompress), position: 0, end: null, options.MaxInflatedBytes);
    }
}
