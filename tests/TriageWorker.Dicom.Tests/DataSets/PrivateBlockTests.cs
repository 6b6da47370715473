namespace TriageWorker.Dicom.Tests.DataSets;

/// <summary>Private attributes are found by their creator, wherever its block is.</summary>
public sealed class PrivateBlockTests
{
    private static readonly DicomTag First = new(0x0029, 0x0010), Second = new(0x0029, 0x0011);

    private static DicomDataset TwoCreators() => new DicomDataset()
        .Set(First, DicomVR.LO, "OTHER").Set(Second, DicomVR.LO, "ACME 1.0")
        .Set(new DicomTag(0x0029, 0x1001), DicomVR.LO, "theirs").Set(new DicomTag(0x0029, 0x1101), DicomVR.LO, "ours");

    [Fact]
    public void An_element_is_found_by_creator_and_number()
    {
        var set = TwoCreators();
        set.FindPrivate(0x0029, "ACME 1.0", 0x01).ShouldBe(new DicomTag(0x0029, 0x1101));
        set.FindPrivate(0x0029, "OTHER", 0x01).ShouldBe(new DicomTag(0x0029, 0x1001));
        set.FindPrivate(0x0029, "ACME 1.0", 0x02).ShouldBeNull();
        set.FindPrivate(0x0031, "ACME 1.0", 0x01).ShouldBeNull();
        set.PrivateCreatorOf(new DicomTag(0x0029, 0x1101)).ShouldBe("ACME 1.0");
        set.PrivateCreatorOf(new DicomTag(0x0029, 0x1201)).ShouldBeNull();
        set.PrivateCreatorOf(DicomTag.PatientID).ShouldBeNull();
    }

    [Fact]
    public void A_creator_may_have_two_blocks()
    {
        var set = TwoCreators().Set(new DicomTag(0x0029, 0x0012), DicomVR.LO, "ACME 1.0").Set(new DicomTag(0x0029, 0x1205), DicomVR.LO, "more");
        set.FindPrivate(0x0029, "ACME 1.0", 0x05).ShouldBe(new DicomTag(0x0029, 0x1205));
        set.FindPrivate(0x0029, "ACME 1.0", 0x01).ShouldBe(new DicomTag(0x0029, 0x1101));
    }

    [Fact]
    public void A_new_block_is_the_first_that_nobody_has_reserved_or_used()
    {
        var set = TwoCreators().Set(new DicomTag(0x0029, 0x1207), DicomVR.LO, "used without a creator");
        set.ReservePrivate(0x0029, "ACME 1.0", 0x09).ShouldBe(new DicomTag(0x0029, 0x1109));
        var tag = set.ReservePrivate(0x0029, "NEW", 0x01);
        tag.ShouldBe(new DicomTag(0x0029, 0x1301));
        set.Set(tag, DicomVR.DS, "1.5");
        var read = DicomDataset.Parse(set.ToBytes(TransferSyntax.ExplicitVRLittleEndian), TransferSyntax.ExplicitVRLittleEndian);
        read.GetDouble(read.FindPrivate(0x0029, "NEW", 0x01)!.Value).ShouldBe(1.5);
    }

    [Fact]
    public void A_group_or_name_that_cannot_be_reserved_is_refused()
    {
        foreach (ushort group in (ushort[])[0x0008, 0x0001, 0x0007, 0xFFFF])
            Should.Throw<ArgumentException>(() => new DicomDataset().ReservePrivate(group, "ACME", 1), $"{group:X4}");
        Should.Throw<ArgumentException>(() => new DicomDataset().ReservePrivate(0x0029, " ", 1));
        Should.Throw<ArgumentException>(() => new DicomDataset().ReservePrivate(0x0029, "A\\B", 1));
        var full = new DicomDataset();
        for (ushort block = 0x10; block <= 0xFF; block++) full.Set(new DicomTag(0x0029, block), DicomVR.LO, "OTHER");
        Should.Throw<InvalidOperationException>(() => full.ReservePrivate(0x0029, "ACME", 1));
    }
}
