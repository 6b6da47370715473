using TriageWorker.Testing;

namespace TriageWorker.Dicom.Tests.Files;

/// <summary>What was read and not touched is written back byte for byte.</summary>
public sealed class WriteBackTests
{
    [Fact]
    public void Every_readable_file_of_the_corpus_is_written_back_byte_for_byte()
    {
        Assert.SkipUnless(Shared.IsPresent, Shared.Reason);
        var different = new List<string>();
        foreach (var path in CorpusFiles.All())
        {
            if (CorpusFiles.TryRead(path) is not { } file) continue;
            var bytes = File.ReadAllBytes(path);
            foreach (var read in new[] { file, DicomFile.Read(path, new DicomReadOptions { DeferLargerThan = 64 }) })
            {
                var written = read.Dataset.ToBytes(read.TransferSyntax);
                if (read.TransferSyntax.IsDeflated) written = Inflate(written);
                var original = read.TransferSyntax.IsDeflated ? Inflate(bytes.AsSpan(CorpusFiles.DataSetOffset(read)).ToArray()) : bytes[CorpusFiles.DataSetOffset(read)..];
                if (!written.AsSpan().SequenceEqual(original)) different.Add($"{Path.GetFileName(path)} at {written.AsSpan().CommonPrefixLength(original)}");
            }
        }
        string.Join('\n', different.Take(20)).ShouldBeEmpty();
    }

    private static byte[] Inflate(byte[] deflated)
    {
        var inflated = new MemoryStream();
        using var stream = new System.IO.Compression.DeflateStream(new MemoryStream(deflated), System.IO.Compression.CompressionMode.Decompress);
        stream.CopyTo(inflated);
        return inflated.ToArray();
    }
}
