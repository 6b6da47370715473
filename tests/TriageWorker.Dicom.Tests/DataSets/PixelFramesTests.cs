using TriageWorker.Dicom.Tests.Files;
using TriageWorker.Testing;

namespace TriageWorker.Dicom.Tests.DataSets;

/// <summary>The bytes of each frame, whatever tells where it begins, and a clear word when nothing does.</summary>
public sealed class PixelFramesTests
{
    private static readonly byte[] Begin = [0xFF, 0xD8, 1, 2], Middle = [3, 4], End = [5, 6, 0xFF, 0xD9], EndFilled = [7, 0xFF, 0xD9, 0];

    private static DicomDataset Compressed(int frames, byte[] table, params byte[][] fragments) => new DicomDataset()
        .Set(DicomTag.NumberOfFrames, frames)
        .Set(new DicomElement(DicomTag.PixelData, DicomVR.OB, [.. fragments.Prepend(table).Select(bytes => new DicomFragment(bytes))]));

    private static byte[] Offsets(params uint[] offsets) => Coded.Join([.. offsets.Select(Coded.UInt32)]);

    private static void ShouldBe(DicomDataset dataset, FramesToldBy toldBy, params byte[][] expected)
    {
        foreach (var set in new[] { dataset, DicomDataset.Parse(dataset.ToBytes(TransferSyntax.Of(DicomUid.JPEGLosslessSV1)), TransferSyntax.ExplicitVRLittleEndian) })
        {
            var frames = PixelFrames.Of(set);
            frames.ToldBy.ShouldBe(toldBy);
            Enumerable.Range(0, frames.Count).Select(frame => frames[frame].ToArray()).ShouldBe(expected);
        }
    }

    [Fact]
    public void One_frame_has_all_fragments() =>
        ShouldBe(Compressed(1, [], Begin, Middle, End), FramesToldBy.OneFrame, [.. Begin, .. Middle, .. End]);

    [Fact]
    public void The_basic_offset_table_tells_which_fragments_belong_together() =>
        ShouldBe(Compressed(2, Offsets(0, 22), Begin, Middle, End, Begin), FramesToldBy.BasicOffsetTable, [.. Begin, .. Middle], [.. End, .. Begin]);

    [Fact]
    public void The_extended_offset_table_tells_frames_and_their_true_lengths()
    {
        var set = Compressed(2, [], Begin, EndFilled)
            .Set(DicomTag.ExtendedOffsetTable, DicomVR.OV, 0.0, 12.0).Set(DicomTag.ExtendedOffsetTableLengths, DicomVR.OV, 4.0, 3.0);
        ShouldBe(set, FramesToldBy.ExtendedOffsetTable, Begin, EndFilled[..3]);
    }

    [Fact]
    public void Without_a_table_as_many_fragments_as_frames_are_the_frames() => ShouldBe(Compressed(3, [], Begin, Middle, End), FramesToldBy.Fragments, Begin, Middle, End);

    [Fact]
    public void Without_a_table_the_ends_of_images_tell() =>
        ShouldBe(Compressed(2, [], Begin, Middle, EndFilled, Begin, End), FramesToldBy.EndOfImage, [.. Begin, .. Middle, .. EndFilled], [.. Begin, .. End]);

    [Theory]
    [InlineData(0u, 7u)] // no fragment begins there
    [InlineData(4u, 12u)]
    [InlineData(0u, 0u)]
    public void A_table_that_points_to_no_fragment_is_told_and_not_followed(uint first, uint second)
    {
        var frames = PixelFrames.Of(Compressed(2, Offsets(first, second), Begin, End));
        (frames.ToldBy, frames.TableIsWrong).ShouldBe((FramesToldBy.Fragments, true));
    }

    [Fact]
    public void Frames_that_nothing_tells_apart_are_not_guessed()
    {
        foreach (var set in new[] { Compressed(2, [], Begin, Middle, Middle), Compressed(3, [], Begin, End), Compressed(2, [], Begin, End, Begin, End, Begin, End), Compressed(2, [], End, Middle, End) })
            Should.Throw<DicomFormatException>(() => PixelFrames.Of(set)).Message.ShouldContain("cannot be told apart");
        Should.Throw<DicomFormatException>(() => PixelFrames.Of(new DicomDataset())).Message.ShouldContain("no pixel data");
    }

    [Fact]
    public void Uncompressed_frames_are_told_by_their_size()
    {
        var set = Sample.Dataset().Set(DicomTag.BitsAllocated, 8).Set(DicomTag.NumberOfFrames, 2);
        var frames = PixelFrames.Of(set);
        (frames.Count, frames.ToldBy).ShouldBe((2, FramesToldBy.Size));
        frames[1].ToArray().ShouldBe([3, 0, 4, 0]);
        Should.Throw<DicomFormatException>(() => PixelFrames.Of(set.Set(DicomTag.NumberOfFrames, 3)));
        Should.Throw<DicomFormatException>(() => PixelFrames.Of(set.Set(DicomTag.BitsAllocated, 1))); // 4 bits a frame
    }

    [Fact]
    public void Every_compressed_file_of_the_corpus_gives_its_frames_deferred_or_not()
    {
        Assert.SkipUnless(Shared.IsPresent, Shared.Reason);
        var told = new HashSet<FramesToldBy>();
        foreach (var path in CorpusFiles.All().Where(path => path.Contains("corpus", StringComparison.Ordinal)))
        {
            if (CorpusFiles.TryRead(path)?.Dataset is not { } set || !set.TryGet(DicomTag.PixelData, out var pixels) || !pixels.IsEncapsulated) continue;
            var frames = PixelFrames.Of(set);
            var deferred = PixelFrames.Of(DicomFile.Read(path, new DicomReadOptions { DeferLargerThan = 16 }).Dataset);
            told.Add(frames.ToldBy);
            frames.Count.ShouldBe(set.GetInt32(DicomTag.NumberOfFrames) ?? 1, path);
            for (var i = 0; i < frames.Count; i++)
            {
                frames[i].Length.ShouldBeGreaterThan(0, path);
                deferred[i].ToArray().ShouldBe(frames[i].ToArray(), path);
            }
        }
        told.ShouldContain(FramesToldBy.BasicOffsetTable);
        told.ShouldContain(FramesToldBy.OneFrame);
    }
}
