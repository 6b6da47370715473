using System.Text;
using TriageWorker.Dicom.Network;
using TriageWorker.Testing;

namespace TriageWorker.Dicom.Tests.Network.Scan;

/// <summary>What the file reader reads, the scan follows at receipt, with the same UIDs; and what the scan follows, the reader reads.</summary>
public sealed class ScanCorpusTests
{
    private static readonly uint[] Remembered =
    [
        ScanTag.SopClassUid, ScanTag.SopInstanceUid, ScanTag.StudyInstanceUid, ScanTag.SeriesInstanceUid, ScanTag.StudyDate, ScanTag.Modality, ScanTag.PatientId,
    ];

    [Fact]
    public void Scan_and_reader_agree_on_every_file()
    {
        Assert.SkipUnless(Shared.IsPresent, Shared.Reason);
        var dice = new Random(3);
        var disagreed = new List<string>();
        var count = 0;
        foreach (var real in RealDataSet.All())
        {
            count++;
            using var scan = new DataSetScan(AcceptedSyntaxes.EncodingOf(real.TransferSyntax));
            FeedInPieces(scan, real.Bytes.Span, dice);
            if (scan.IsLost != real.File is null) disagreed.Add($"{real.Name}: {(scan.IsLost ? scan.Fault.ToString() : "followed")}, reader: {real.Refusal ?? "read"}");
            if (scan.IsLost || real.File is null) continue;
            foreach (var tag in Remembered) First(scan.Raw(tag)).ShouldBe(real.File.Dataset.GetString(new DicomTag(tag)) ?? "", $"{real.Name} {tag:X8}");
        }
        disagreed.ShouldBeEmpty();
        count.ShouldBeGreaterThan(230);
    }

    private static string First(ReadOnlySpan<byte> raw) => Encoding.Latin1.GetString(raw).TrimEnd(' ', '\0').Split('\\')[0].Trim(' ', '\0');

    private static void FeedInPieces(DataSetScan scan, ReadOnlySpan<byte> bytes, Random dice)
    {
        while (!bytes.IsEmpty)
        {
            var piece = Math.Min(bytes.Length, dice.Next(4) == 0 ? dice.Next(1, 20) : dice.Next(1, 40_000));
            scan.Feed(bytes[..piece]);
            bytes = bytes[piece..];
        }
        scan.Complete();
    }
}
