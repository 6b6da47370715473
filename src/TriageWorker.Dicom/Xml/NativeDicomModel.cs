using System.Globalization;
using System.Text;
using System.Xml;
using TriageWorker.Dicom.Json;

namespace TriageWorker.Dicom.Xml;

/// <summary>
/// Writes data sets as XML in the Native DICOM Model (PS3.19, A.1), which DICOMweb calls <c>application/dicom+xml</c>. Group lengths, commands and
/// file meta information have no place in one and are left out.
/// </summary>
public static class NativeDicomModel
{
    public const string Namespace = "http://dicom.nema.org/PS3.19/models/NativeDICOM";

    private const string Utf8Term = "ISO_IR 192";

    // PS3.19, A.1.5: the components of each group of a name, in the order of PS3.5, 6.2.1.1.
    private static readonly string[] s_components = ["FamilyName", "GivenName", "MiddleName", "NamePrefix", "NameSuffix"];

    private static readonly XmlWriterSettings s_settings = new() { Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false) };

    extension(DicomDataset dataset)
    {
        /// <summary>The data set as one document, in UTF-8.</summary>
        /// <exception cref="InvalidOperationException">Compressed pixel data, or a deferred value that its file no longer gives.</exception>
        public byte[] ToXml()
        {
            using var text = new MemoryStream();
            using (var xml = XmlWriter.Create(text, s_settings))
            {
                xml.WriteStartElement("NativeDicomModel", Namespace);
                xml.WriteAttributeString("xml", "space", null, "preserve");
                Write(xml, dataset);
                xml.WriteEndElement();
            }

            return text.ToArray();
        }
    }

    private static void Write(XmlWriter xml, DicomDataset dataset)
    {
        foreach (var element in dataset)
        {
            if (element.Tag.IsGroupLength || element.Tag.Group is 0x0000 or 0x0002) continue; // PS3.10, 7.1
            WriteAttribute(xml, element, dataset);
        }
    }

    private static void WriteAttribute(XmlWriter xml, DicomElement element, DicomDataset dataset)
    {
        var creator = dataset.PrivateCreatorOf(element.Tag);
        xml.WriteStartElement("DicomAttribute");
        if (element.Tag.Keyword is { } keyword) xml.WriteAttributeString("keyword", keyword);
        // A private attribute is known by its creator, not by the block that it happens to have here.
        xml.WriteAttributeString("tag", (creator is null ? element.Tag.Value : element.Tag.Value & 0xFFFF_00FF).ToString("X8", CultureInfo.InvariantCulture));
        xml.WriteAttributeString("vr", (element.VR == DicomVR.None ? DicomVR.UN : element.VR).ToString());
        if (creator is not null) xml.WriteAttributeString("privateCreator", Fit(creator));
        if (element.VR == DicomVR.SQ) WriteItems(xml, element.Items);
        else if (element.BulkDataUri is { } address) WriteWith(xml, "BulkData", "uri", address.OriginalString);
        else if (element.IsEncapsulated) throw new InvalidOperationException($"{element.Tag} holds compressed pixel data, which goes by reference only.");
        else if (element.Length != 0) WriteValue(xml, element, dataset);
        xml.WriteEndElement();
    }

    private static void WriteItems(XmlWriter xml, IReadOnlyList<DicomDataset> items)
    {
        for (var i = 0; i < items.Count; i++)
        {
            xml.WriteStartElement("Item");
            xml.WriteAttributeString("number", Number(i));
            Write(xml, items[i]);
            xml.WriteEndElement();
        }
    }

    private static void WriteValue(XmlWriter xml, DicomElement element, DicomDataset dataset)
    {
        if (element.VR.IsInlineBinary)
        {
            xml.WriteElementString("InlineBinary", Convert.ToBase64String(element.Bytes.Span));
            return;
        }

        var values = element.Tag == DicomTag.SpecificCharacterSet ? [Utf8Term] : dataset.GetStrings(element.Tag);
        for (var i = 0; i < values.Count; i++)
        {
            xml.WriteStartElement(element.VR == DicomVR.PN ? "PersonName" : "Value");
            xml.WriteAttributeString("number", Number(i));
            if (element.VR == DicomVR.PN) WriteName(xml, values[i]);
            else xml.WriteString(Fit(values[i]));
            xml.WriteEndElement();
        }
    }

    private static void WriteName(XmlWriter xml, string name)
    {
        foreach (var (group, text) in PersonName.Groups.Zip(name.Split('=', PersonName.Groups.Length)))
        {
            if (text.Length == 0) continue;
            xml.WriteStartElement(group);
            foreach (var (component, part) in s_components.Zip(text.Split('^', s_components.Length)))
                if (part.Length > 0) xml.WriteElementString(component, Fit(part));
            xml.WriteEndElement();
        }
    }

    private static void WriteWith(XmlWriter xml, string name, string attribute, string value)
    {
        xml.WriteStartElement(name);
        xml.WriteAttributeString(attribute, value);
        xml.WriteEndElement();
    }

    private static string Number(int index) => (index + 1).ToString(CultureInfo.InvariantCulture);

    // What XML cannot hold at all (XML 1.0, 2.2) is left out: control characters, which no text of DICOM means anything by.
    private static string Fit(string text) => text.All(XmlConvert.IsXmlChar) ? text : string.Concat(text.Where(letter => XmlConvert.IsXmlChar(letter) || char.IsSurrogate(letter)));
}
