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

    [Fact]
    public void A_file_that_was_not_changed_keeps_its_preamble_and_meta_too()
    {
        foreach (var (name, syntax, bytes) in RawSample.All())
        {
            if (syntax.IsDeflated || name is "without meta" or "big endian") continue;
            Written(DicomFile.Parse(bytes)).ShouldBe(bytes, name);
        }
    }

    [Fact]
    public void A_file_in_which_something_was_changed_names_its_writer_and_points_to_nothing_from_its_preamble()
    {
        var file = DicomFile.Parse(RawSample.InFile(DicomUid.ExplicitVRLittleEndian, RawSample.Explicit()));
        file.Dataset.Set(DicomTag.PatientID, "P2");
        var written = Written(file);
        written.AsSpan(0, 128).ContainsAnyExcept((byte)0).ShouldBeFalse();
        DicomFile.Parse(written).Meta.GetString(DicomTag.ImplementationClassUID).ShouldBe(TriageWorker.Dicom.Network.Implementation.ClassUid);
    }

    /// <summary>Where the meta names another syntax than the one that was found, it is put right though nothing was changed.</summary>
    [Fact]
    public void A_meta_that_names_the_wrong_syntax_is_not_written_again()
    {
        var file = DicomFile.Parse(RawSample.InFile(DicomUid.ExplicitVRLittleEndian, RawSample.Implicit()));
        var again = DicomFile.Parse(Written(file));
        again.Remarks.ShouldNotContain(remark => remark.Kind == DicomRemarkKind.OtherTransferSyntax);
        again.Dataset.ToBytes(again.TransferSyntax).ShouldBe(RawSample.Implicit());
    }

    [Fact]
    public void Where_one_attribute_is_changed_all_other_bytes_stay()
    {
        var before = RawSample.Explicit();
        var dataset = DicomDataset.Parse(before, TransferSyntax.ExplicitVRLittleEndian);
        dataset.Set(DicomTag.PatientID, "P234"); // as long as before
        var after = dataset.ToBytes(TransferSyntax.ExplicitVRLittleEndian);
        var at = before.AsSpan().IndexOf("P 1 "u8);
        after[..at].ShouldBe(before[..at]);
        after.AsSpan(at, 4).ToArray().ShouldBe("P234"u8.ToArray());
        after[(at + 4)..].ShouldBe(before[(at + 4)..]);
    }

    /// <summary>Lengths given stay lengths given and become right, open ends stay open, group lengths are put right in their own group only.</summary>
    [Fact]
    public void Where_an_item_is_changed_what_is_around_it_keeps_its_form_and_gets_its_length()
    {
        byte[] Bytes(ReadOnlySpan<byte> code, uint groupLength) => Coded.Join(
            Coded.Explicit(0x0008_0000, "UL", Coded.UInt32(groupLength)),
            RawSample.Counted(0x0008_1032, Coded.Item(Coded.Explicit(0x0008_0100, "SH", code), Coded.Explicit(0x0008_0104, "LO", "odd"u8)), Coded.OpenItem()),
            RawSample.Open(0x0008_1140, Coded.Item(RawSample.Counted(0x0008_1032, Coded.OpenItem(Coded.Explicit(0x0008_0100, "SH", code))))),
            Coded.Explicit(0x0010_0000, "UL", [99, 0, 0, 0]), Coded.Explicit(0x0010_0020, "LO", "odd"u8));
        var before = Bytes("A1"u8, 7); // wrong, and the other group's too
        var dataset = DicomDataset.Parse(before, TransferSyntax.ExplicitVRLittleEndian);
        dataset.ToBytes(TransferSyntax.ExplicitVRLittleEndian).ShouldBe(before);

        dataset.GetSequence(DicomTag.ProcedureCodeSequence)[0].Set(DicomTag.CodeValue, "LONGER");
        dataset.GetSequence(DicomTag.ReferencedImageSequence)[0].GetSequence(DicomTag.ProcedureCodeSequence)[0].Set(DicomTag.CodeValue, "LONGER");
        var expected = Bytes("LONGER"u8, 0);
        var groupEnd = expected.AsSpan().IndexOf((byte[])[0x10, 0, 0, 0]);
        Coded.UInt32((uint)groupEnd - 12).CopyTo(expected, 8);
        dataset.ToBytes(TransferSyntax.ExplicitVRLittleEndian).ShouldBe(expected);
    }

    [Fact]
    public void A_sequence_in_UN_stays_one_with_implicit_items_when_something_in_it_changes()
    {
        byte[] Bytes(ReadOnlySpan<byte> id) => Coded.Explicit(0x0010_1002, "UN", Coded.Item(Coded.Implicit(0x0010_0020, id), Coded.Implicit(0x0010_0022, "TEXT"u8)));
        var dataset = DicomDataset.Parse(Bytes("P1"u8), TransferSyntax.ExplicitVRLittleEndian);
        dataset.GetSequence(DicomTag.OtherPatientIDsSequence)[0].Set(DicomTag.PatientID, "P234");
        dataset.ToBytes(TransferSyntax.ExplicitVRLittleEndian).ShouldBe(Bytes("P234"u8));
        dataset.ToBytes(TransferSyntax.ImplicitVRLittleEndian)[..8].ShouldBe(Coded.ImplicitHead(0x0010_1002, Coded.Undefined));
    }

    [Fact]
    public void Order_duplicates_and_stray_delimiters_stay_and_a_removed_attribute_is_gone_each_time()
    {
        var odd = Coded.Join(
            Coded.Explicit(0x0010_0020, "LO", "B1"u8), Coded.Explicit(0x0008_0060, "CS", "CT"u8), Coded.SequenceEnd,
            Coded.Explicit(0x0010_0010, "PN", "A^B "u8), Coded.Explicit(0x0010_0020, "LO", "B2"u8), new byte[16]);
        var dataset = DicomDataset.Parse(odd, TransferSyntax.ExplicitVRLittleEndian, null, out var remarks);
        remarks.Select(remark => remark.Kind).ShouldBe(
            [DicomRemarkKind.OutOfOrder, DicomRemarkKind.OutOfOrder, DicomRemarkKind.StrayDelimiter, DicomRemarkKind.TrailingZeros, DicomRemarkKind.Duplicate], ignoreOrder: true);
        dataset.GetString(DicomTag.PatientID).ShouldBe("B1");
        dataset.Select(element => element.Tag).ShouldBe([DicomTag.Modality, DicomTag.PatientName, DicomTag.PatientID]);
        dataset.ToBytes(TransferSyntax.ExplicitVRLittleEndian).ShouldBe(odd);

        dataset.Remove(DicomTag.PatientID).Set(DicomTag.Modality, "MR");
        dataset.ToBytes(TransferSyntax.ExplicitVRLittleEndian).ShouldBe(Coded.Join(
            Coded.Explicit(0x0008_0060, "CS", "MR"u8), Coded.SequenceEnd, Coded.Explicit(0x0010_0010, "PN", "A^B "u8), new byte[16]));
    }

    /// <summary>An item shared with another data set carries its change into both.</summary>
    [Fact]
    public void A_change_below_is_seen_though_the_item_was_also_put_elsewhere()
    {
        var dataset = DicomDataset.Parse(RawSample.Explicit(), TransferSyntax.ExplicitVRLittleEndian);
        var item = dataset.GetSequence(DicomTag.ProcedureCodeSequence)[0];
        new DicomDataset().Set(DicomTag.ProcedureCodeSequence, item);
        item.Set(DicomTag.CodeValue, "CHANGED");
        DicomDataset.Parse(dataset.ToBytes(TransferSyntax.ExplicitVRLittleEndian), TransferSyntax.ExplicitVRLittleEndian)
            .GetSequence(DicomTag.ProcedureCodeSequence)[0].GetString(DicomTag.CodeValue).ShouldBe("CHANGED");
    }

    private static byte[] Written(DicomFile file)
    {
        var stream = new MemoryStream();
        file.Write(stream);
        return stream.ToArray();
    }

    private static byte[] Inflate(byte[] deflated)
    {
        var inflated = new MemoryStream();
        using var stream = new System.IO.Compression.DeflateStream(new MemoryStream(deflated), System.IO.Compression.CompressionMode.Decompress);
        stream.CopyTo(inflated);
        return inflated.ToArray();
    }
}
