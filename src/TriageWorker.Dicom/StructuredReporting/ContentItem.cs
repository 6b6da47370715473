namespace TriageWorker.Dicom.StructuredReporting;

/// <summary>
/// A node of a structured report (PS3.3, C.17.3): how it stands to its parent, what it is about, its value and its children.
/// The value types that Enhanced, Comprehensive and Comprehensive 3D SR share, always by value.
/// </summary>
public abstract record ContentItem(Relationship Relationship, Code Concept)
{
    private protected abstract string ValueType { get; }

    public IReadOnlyList<ContentItem> Children { get; init; } = [];

    /// <summary>The item of a content sequence.</summary>
    public DicomDataset ToItem() => WriteTo(new DicomDataset().Set(DicomTag.RelationshipType, RelationshipTerms.TermOf(Relationship)));

    /// <summary>Writes value and children without a relationship: what the root is in the outermost data set.</summary>
    public DicomDataset WriteTo(DicomDataset dataset)
    {
        dataset.Set(DicomTag.ValueType, ValueType).Set(DicomTag.ConceptNameCodeSequence, Concept.ToItem());
        WriteValue(dataset);
        if (Children.Count > 0) dataset.Set(DicomTag.ContentSequence, [.. Children.Select(child => child.ToItem())]);
        return dataset;
    }

    private protected abstract void WriteValue(DicomDataset dataset);
}

/// <summary>A heading. <paramref name="Template"/>: the template of PS3.16 that it follows.</summary>
public sealed record ContainerItem(Relationship Relationship, Code Concept, string? Template = null) : ContentItem(Relationship, Concept)
{
    private protected override string ValueType => "CONTAINER";

    private protected override void WriteValue(DicomDataset dataset)
    {
        dataset.Set(DicomTag.ContinuityOfContent, "SEPARATE");
        if (Template is null) return;
        dataset.Set(DicomTag.ContentTemplateSequence, new DicomDataset()
            .Set(DicomTag.MappingResource, "DCMR")
            .Set(DicomTag.TemplateIdentifier, Template));
    }
}

/// <summary>A coded value.</summary>
public sealed record CodeItem(Relationship Relationship, Code Concept, Code Value) : ContentItem(Relationship, Concept)
{
    private protected override string ValueType => "CODE";

    private protected override void WriteValue(DicomDataset dataset) => dataset.Set(DicomTag.ConceptCodeSequence, Value.ToItem());
}

/// <summary>A measurement. <paramref name="Value"/> as it shall be read: a decimal string of at most 16 characters.</summary>
public sealed record NumItem(Relationship Relationship, Code Concept, string Value, Code Unit) : ContentItem(Relationship, Concept)
{
    private protected override string ValueType => "NUM";

    private protected override void WriteValue(DicomDataset dataset) => dataset.Set(DicomTag.MeasuredValueSequence, new DicomDataset()
        .Set(DicomTag.NumericValue, Value)
        .Set(DicomTag.MeasurementUnitsCodeSequence, Unit.ToItem()));
}

public sealed record TextItem(Relationship Relationship, Code Concept, string Value) : ContentItem(Relationship, Concept)
{
    private protected override string ValueType => "TEXT";

    private protected override void WriteValue(DicomDataset dataset) => dataset.Set(DicomTag.TextValue, Value);
}

public sealed record UidRefItem(Relationship Relationship, Code Concept, string Value) : ContentItem(Relationship, Concept)
{
    private protected override string ValueType => "UIDREF";

    private protected override void WriteValue(DicomDataset dataset) => dataset.Set(DicomTag.UID, Value);
}

/// <summary>A day as DA writes it: YYYYMMDD.</summary>
public sealed record DateItem(Relationship Relationship, Code Concept, string Value) : ContentItem(Relationship, Concept)
{
    private protected override string ValueType => "DATE";

    private protected override void WriteValue(DicomDataset dataset) => dataset.Set(DicomTag.Date, Value);
}

/// <summary>A reference to an image.</summary>
public sealed record ImageItem(Relationship Relationship, Code Concept, string SopClassUid, string SopInstanceUid) : ContentItem(Relationship, Concept)
{
    private protected override string ValueType => "IMAGE";

    /// <summary>Counted from 1; null for the whole image (PS3.3 10.8, Referenced Frame Number).</summary>
    public int? Frame { get; init; }

    private protected override void WriteValue(DicomDataset dataset)
    {
        var reference = new DicomDataset().Set(DicomTag.ReferencedSOPClassUID, SopClassUid).Set(DicomTag.ReferencedSOPInstanceUID, SopInstanceUid);
        if (Frame is { } frame) reference.Set(DicomTag.ReferencedFrameNumber, frame.ToString(System.Globalization.CultureInfo.InvariantCulture));
        dataset.Set(DicomTag.ReferencedSOPSequence, reference);
    }
}
