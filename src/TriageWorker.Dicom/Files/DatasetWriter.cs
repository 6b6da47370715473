namespace TriageWorker.Dicom;

/// <summary>
/// Writes data sets. What was read in the same encoding and is untouched is written as it was read; where something below it
/// changed, a sequence keeps how it ends and gets its length anew. All else is written by the rules, sequences with delimiters.
/// </summary>
internal sealed class DatasetWriter(ByteSink sink, TransferSyntax syntax, TextPlan text)
{
    private readonly ElementWriter _elements = new(sink);

    internal void WriteRoot(DicomDataset dataset)
    {
        var coding = ElementCoding.Of(syntax);
        var keeps = dataset.ReadIn == coding;
        if (!keeps && dataset.FirstOrDefault()?.Tag.Group == 0) WriteCommandGroupLength(dataset, coding);
        Write(dataset, coding, keeps, isRoot: true);
    }

    /// <summary>Writes the attributes as they stand, the length of their group among them.</summary>
    internal void WriteMeta(DicomDataset meta, bool keeps)
    {
        foreach (var element in keeps ? meta.InOrder : [.. meta]) Write(element, ElementCoding.Of(syntax), keeps);
    }

    private void WriteCommandGroupLength(DicomDataset command, ElementCoding coding)
    {
        using var counter = new ByteSink(null);
        var counting = new DatasetWriter(counter, syntax, text);
        foreach (var element in command)
            if (element.Tag.Group == 0 && !element.Tag.IsGroupLength)
                counting.Write(element, coding, keeps: false);
        WriteGroupLength(DicomTag.CommandGroupLength, counter.Count, coding);
    }

    private void WriteGroupLength(DicomTag tag, long length, ElementCoding coding)
    {
        var bytes = new byte[4];
        ByteOrder.Write(bytes, checked((uint)length), isBigEndian: false);
        _elements.WriteValue(new DicomElement(tag, DicomVR.UL, bytes), coding);
    }

    private void Write(DicomDataset dataset, ElementCoding coding, bool keeps, bool isRoot)
    {
        keeps &= dataset.ReadIn == coding;
        var all = text.Elements(dataset, keeps, isRoot);
        foreach (var element in all)
        {
            if (!element.Tag.IsGroupLength || AsReadOrder.IsFiller(element)) Write(element, coding, keeps);
            else if (keeps) KeepGroupLength(element, dataset, all, coding); // else left out: retired (PS3.5, 7.2)
        }
    }

    /// <summary>The length of a group is kept as long as nothing in the group has changed, right or wrong; then it is put right.</summary>
    private void KeepGroupLength(DicomElement element, DicomDataset dataset, IReadOnlyList<DicomElement> all, ElementCoding coding)
    {
        if (text.IsAsIs && (dataset.IsUntouched || !dataset.IsChanged(element.Tag.Group)))
        {
            Write(element, coding, keeps: true);
            return;
        }
        using var counter = new ByteSink(null);
        var counting = new DatasetWriter(counter, syntax, text);
        foreach (var other in all)
            if (other.Tag.Group == element.Tag.Group && !other.Tag.IsGroupLength)
                counting.Write(other, coding, keeps: true);
        WriteGroupLength(element.Tag, counter.Count, coding);
    }

    private void Write(DicomElement element, ElementCoding coding, bool keeps)
    {
        if (keeps && element.Form.WasRead && element.Form.Coding == coding) Keep(element);
        else if (element.VR == DicomVR.SQ || element.Items.Count > 0) WriteSequence(element, coding);
        else if (element.IsEncapsulated) _elements.WriteFragments(element, coding);
        else _elements.WriteValue(element, coding);
    }

    private void Keep(DicomElement element)
    {
        if (element.Form.IsWhole && (element.Items.Count == 0 || (text.IsAsIs && element.IsUntouched))) sink.Write(element.Raw.Span);
        else if (element.VR == DicomVR.SQ) KeepSequence(element);
        else _elements.KeepParts(element);
    }

    private void KeepSequence(DicomElement element)
    {
        var form = element.Form;
        _elements.WriteHead(element.Raw.Span[..form.HeadSize], form.Ending == Ending.Counted ? Count(writer => writer.KeepItems(element)) : null, form.Coding);
        KeepItems(element);
        if (form.Ending == Ending.Delimited) _elements.WriteDelimiter(DicomTag.SequenceDelimitationItem, 0, form.Coding);
    }

    private void KeepItems(DicomElement element)
    {
        var inner = element.Form.Inner;
        foreach (var item in element.Items)
        {
            var length = item.Ending == Ending.Counted ? Count(writer => writer.Write(item, inner, keeps: true, isRoot: false)) : ElementHeader.UndefinedLength;
            _elements.WriteDelimiter(DicomTag.Item, length, inner);
            Write(item, inner, keeps: true, isRoot: false);
            if (item.Ending == Ending.Delimited) _elements.WriteDelimiter(DicomTag.ItemDelimitationItem, 0, inner);
        }
    }

    private uint Count(Action<DatasetWriter> write)
    {
        using var counter = new ByteSink(null);
        write(new DatasetWriter(counter, syntax, text));
        return checked((uint)counter.Count);
    }

    private void WriteSequence(DicomElement element, ElementCoding coding)
    {
        if (element.Items.Count == 0)
        {
            _elements.WriteHead(element.Tag, DicomVR.SQ, 0, coding);
            return;
        }
        _elements.WriteHead(element.Tag, DicomVR.SQ, ElementHeader.UndefinedLength, coding);
        foreach (var item in element.Items)
        {
            _elements.WriteDelimiter(DicomTag.Item, ElementHeader.UndefinedLength, coding);
            Write(item, coding, keeps: false, isRoot: false);
            _elements.WriteDelimiter(DicomTag.ItemDelimitationItem, 0, coding);
        }
        _elements.WriteDelimiter(DicomTag.SequenceDelimitationItem, 0, coding);
    }
}
