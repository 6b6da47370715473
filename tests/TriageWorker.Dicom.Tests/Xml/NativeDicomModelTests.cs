using System.Text;
using System.Xml.Linq;
using TriageWorker.Dicom.Xml;
using TriageWorker.Testing;

namespace TriageWorker.Dicom.Tests.Xml;

/// <summary>What we write in the Native DICOM Model beside what DCMTK's dcm2xml writes of the same file.</summary>
public sealed class NativeDicomModelTests
{
    private static readonly XNamespace Model = NativeDicomModel.Namespace;

    [Fact]
    public async Task Values_names_items_binary_and_private_attributes_stand_as_DCMTK_writes_them()
    {
        using var folder = new TemporaryFolder();
        var dataset = new DicomDataset()
            .Set(DicomTag.SpecificCharacterSet, "ISO_IR 192").Set(DicomTag.ImageType, "ORIGINAL", "PRIMARY", "", "AXIAL")
            .Set(DicomTag.SOPClassUID, DicomUid.CTImageStorage).Set(DicomTag.SOPInstanceUID, "1.2.3").Set(DicomTag.StudyInstanceUID, "1.2").Set(DicomTag.SeriesInstanceUID, "1.2.1")
            .Set(DicomTag.PatientName, "Yamada^Tarou=山田^太郎=やまだ^たろう").Set(DicomTag.PatientComments, " two < lines &\n more ")
            .SetEmpty(DicomTag.StudyDate).Set(DicomTag.Rows, 512).Set(DicomTag.ImagePositionPatient, -1.5, 2, 3e-5)
            .Set(DicomTag.FailedSOPSequence, new DicomDataset().Set(DicomTag.FailureReason, 0xA700), new DicomDataset())
            .Set(DicomTag.PixelData, DicomVR.OB, new byte[] { 1, 2, 3, 4 });
        dataset.Set(dataset.ReservePrivate(0x0029, "OURS", 0x01), DicomVR.LO, "secret");
        new DicomFile(dataset).Write(folder.At("file.dcm"));
        // Of OW it swaps the bytes, which PS3.19, A.1.5, has as PS3.5 does: least first.
        var theirs = XDocument.Parse((await ExternalTool.RunAsync("dcm2xml", "-nat", "+Xn", "+Eb", folder.At("file.dcm"))).Expect().Output);

        var ours = XDocument.Parse(Encoding.UTF8.GetString(dataset.ToXml()));

        ours.Root!.Name.ShouldBe(Model + "NativeDicomModel");
        Words(ours.Root).ShouldBe(Words(theirs.Root!));
    }

    [Fact]
    public void What_XML_cannot_hold_is_left_out_and_compressed_pixels_are_refused()
    {
        var text = XDocument.Parse(Encoding.UTF8.GetString(new DicomDataset().Set(DicomTag.PatientID, "a\u0001b\U0001F600").ToXml()));
        text.Descendants(Model + "Value").Single().Value.ShouldBe("ab\U0001F600");
        Should.Throw<InvalidOperationException>(() => new DicomDataset().Set(new DicomElement(DicomTag.PixelData, DicomVR.OB, [new DicomFragment(new byte[2])])).ToXml());
    }

    /// <summary>Each element with its path, attributes and own text, in order; keywords of private attributes are each program's own.</summary>
    private static List<string> Words(XElement root) =>
        [.. root.DescendantsAndSelf().Where(element => !IsMeta(element)).Select(element =>
            $"{element.Name.LocalName} {string.Join(' ', element.Attributes().Where(attribute => !attribute.IsNamespaceDeclaration && attribute.Name.LocalName is not ("keyword" or "space")).OrderBy(attribute => attribute.Name.LocalName).Select(attribute => $"{attribute.Name.LocalName}={attribute.Value}"))} {(element.HasElements ? "" : element.Value)}".TrimEnd())];

    private static bool IsMeta(XElement element) => element.AncestorsAndSelf().Any(each => each.Attribute("tag")?.Value.StartsWith("0002", StringComparison.Ordinal) == true);
}
