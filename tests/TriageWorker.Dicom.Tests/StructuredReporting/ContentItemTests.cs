using TriageWorker.Dicom.StructuredReporting;

namespace TriageWorker.Dicom.Tests.StructuredReporting;

public sealed class ContentItemTests
{
    private static readonly Code Concept = new("121071", "DCM", "Finding");

    [Fact]
    public void A_long_meaning_is_cut_and_says_so()
    {
        var code = new Code("1", "99X", new string('a', 65));
        code.MeaningIsCut.ShouldBeTrue();
        code.ToItem().GetString(DicomTag.CodeMeaning).ShouldBe(new string('a', 61) + "...");
        new Code("1", "99X", new string('a', 64)).MeaningIsCut.ShouldBeFalse();
    }

    [Fact]
    public void A_code_beyond_sixteen_characters_takes_the_long_value()
    {
        var code = new Code("12345678901234567", "SCT", "m");
        code.ToItem().Contains(DicomTag.CodeValue).ShouldBeFalse();
        Code.Of(code.ToItem()).ShouldBe(code);
        Code.Of(new DicomDataset()).ShouldBeNull();
    }

    [Fact]
    public void A_tree_is_written_with_its_relationships_and_its_root_without()
    {
        var set = new ContainerItem(Relationship.None, Concept, Template: "1500")
        {
            Children =
            [
                new TextItem(Relationship.HasObservationContext, Concept, "text") { Children = [new NumItem(Relationship.HasProperties, Concept, "0.5000", new Code("1", "UCUM", "no units"))] },
                new ImageItem(Relationship.Contains, Concept, DicomUid.CTImageStorage, "1.2.3"),
            ],
        }.WriteTo(new DicomDataset());

        set.Contains(DicomTag.RelationshipType).ShouldBeFalse();
        set.GetString(DicomTag.ValueType).ShouldBe("CONTAINER");
        set.GetSequence(DicomTag.ContentTemplateSequence)[0].GetString(DicomTag.TemplateIdentifier).ShouldBe("1500");
        var children = set.GetSequence(DicomTag.ContentSequence);
        children.Select(child => child.GetString(DicomTag.RelationshipType)).ShouldBe(["HAS OBS CONTEXT", "CONTAINS"]);
        children[0].GetSequence(DicomTag.ContentSequence)[0].GetSequence(DicomTag.MeasuredValueSequence)[0].GetString(DicomTag.NumericValue).ShouldBe("0.5000");
        children[1].GetSequence(DicomTag.ReferencedSOPSequence)[0].GetString(DicomTag.ReferencedSOPInstanceUID).ShouldBe("1.2.3");
        Should.Throw<ArgumentOutOfRangeException>(() => new TextItem(Relationship.None, Concept, "x").ToItem());
    }
}
