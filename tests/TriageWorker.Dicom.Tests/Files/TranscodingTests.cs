using TriageWorker.Testing;

namespace TriageWorker.Dicom.Tests.Files;

/// <summary>A data set written in another syntax has the same values.</summary>
public sealed class TranscodingTests
{
    private static readonly TransferSyntax[] Syntaxes =
        [TransferSyntax.ImplicitVRLittleEndian, TransferSyntax.ExplicitVRLittleEndian, TransferSyntax.ExplicitVRBigEndian, TransferSyntax.DeflatedExplicitVRLittleEndian];

    [Fact]
    public void Every_uncompressed_file_has_the_same_values_in_every_uncompressed_syntax()
    {
        Assert.SkipUnless(Shared.IsPresent, Shared.Reason);
        var different = new List<string>();
        var transcoded = 0;
        foreach (var path in CorpusFiles.All().Where((path, i) => i % 12 == 0 || LongRun.IsOn || path.Contains("corpus", StringComparison.Ordinal)))
        {
            if (CorpusFiles.TryRead(path) is not { } file || (file.Dataset.TryGet(DicomTag.PixelData, out var pixels) && pixels.IsEncapsulated)) continue;
            foreach (var syntax in Syntaxes)
            {
                transcoded++;
                var there = DicomDataset.Parse(file.Dataset.ToBytes(syntax), syntax);
                if (SameValues.Difference(file.Dataset, there, evenLengths: true, withVr: syntax.IsExplicitVR) is { } difference) different.Add($"{Path.GetFileName(path)} in {syntax.Name}: {difference}");
                var back = DicomDataset.Parse(there.ToBytes(file.TransferSyntax), file.TransferSyntax);
                if (SameValues.Difference(there, back, evenLengths: true, withVr: syntax.IsExplicitVR && file.TransferSyntax.IsExplicitVR) is { } lost) different.Add($"{Path.GetFileName(path)} back from {syntax.Name}: {lost}");
            }
        }
        string.Join('\n', different.Take(20)).ShouldBeEmpty();
        transcoded.ShouldBeGreaterThan(400);
    }

    [Fact]
    public void Words_of_every_size_are_turned_around_in_big_endian()
    {
        var set = new DicomDataset()
            .Set(DicomTag.Rows, 0x0102).Set(DicomTag.FrameIncrementPointer, DicomVR.AT, 0x00181063)
            .Set(DicomTag.ReferencePixelX0, DicomVR.SL, 0x01020304).Set(DicomTag.RecommendedDisplayFrameRateInFloat, DicomVR.FL, 1.0)
            .Set(DicomTag.AcquisitionDuration, 1.5).Set(new DicomTag(0x0009, 0x1001), DicomVR.SV, 1.0)
            .Set(DicomTag.PixelData, DicomVR.OW, new byte[] { 1, 2, 3, 4 });
        var bytes = set.ToBytes(TransferSyntax.ExplicitVRBigEndian);
        foreach (byte[] words in (byte[][])[[0, 2, 1, 2], [0, 4, 0, 0x18, 0x10, 0x63], [0, 4, 1, 2, 3, 4], [0, 4, 0x3F, 0x80, 0, 0], [0, 8, 0x3F, 0xF8, 0, 0, 0, 0, 0, 0], [0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 1], [0, 0, 0, 4, 2, 1, 4, 3]])
            bytes.AsSpan().IndexOf(words).ShouldBeGreaterThan(0, Convert.ToHexString(words));
        SameValues.Difference(set, DicomDataset.Parse(bytes, TransferSyntax.ExplicitVRBigEndian)).ShouldBeNull();
    }

    [Fact]
    public void A_deflated_data_set_has_an_even_length() // PS3.5, A.5
    {
        for (var length = 0; length < 40; length++)
            (new DicomDataset().Set(DicomTag.PatientID, new string('x', length)).ToBytes(TransferSyntax.DeflatedExplicitVRLittleEndian).Length % 2).ShouldBe(0);
    }

    [Fact]
    public void An_empty_data_set_is_deflated_to_a_stream_that_ends() // found by case 19906 of FuzzTests
    {
        var bytes = new DicomDataset().ToBytes(TransferSyntax.DeflatedExplicitVRLittleEndian);
        bytes.ShouldNotBeEmpty();
        DicomDataset.Parse(bytes, TransferSyntax.DeflatedExplicitVRLittleEndian).ShouldBeEmpty();
    }

    /// <summary>GE's private syntax: all little endian but the pixels.</summary>
    [Fact]
    public void Big_endian_pixels_in_a_little_endian_file_are_turned_around_said_and_kept()
    {
        const string Ge = "1.2.840.113619.5.2";
        var bytes = RawSample.InFile(Ge, Coded.Join(Coded.Implicit(0x0008_0060, "CT"u8), Coded.Implicit(0x7FE0_0010, [1, 2, 3, 4])));
        var file = DicomFile.Parse(bytes);
        file.Remarks.ShouldContain(remark => remark.Kind == DicomRemarkKind.BigEndianPixels);
        file.Dataset.GetBytes(DicomTag.PixelData).ToArray().ShouldBe([2, 1, 4, 3]);
        bytes.AsSpan().EndsWith(file.Dataset.ToBytes(file.TransferSyntax)).ShouldBeTrue();
        DicomDataset.Parse(file.Dataset.ToBytes(TransferSyntax.ImplicitVRLittleEndian), TransferSyntax.ImplicitVRLittleEndian)
            .GetBytes(DicomTag.PixelData).ToArray().ShouldBe([2, 1, 4, 3]);
    }
}
