using System.Buffers.Binary;

namespace TriageWorker.Dicom;

/// <summary>Writes data sets in little endian. Sequences and items are delimited, so that nothing has to be measured first.</summary>
internal sealed class DatasetWriter(Stream stream, TransferSyntax syntax)
{
    private const int LongestShortValue = 0xFFFE;

    internal void Write(DicomDataset dataset, bool keepGroupLengths = false)
    {
        if (!keepGroupLengths && dataset.FirstOrDefault()?.Tag.Group == 0) WriteCommandGroupLength(dataset);
        foreach (var element in dataset)
            if (keepGroupLengths || !element.Tag.IsGroupLength) // retired, and stale as soon as anything changes (PS3.5, 7.2)
                Write(element);
    }

    private void WriteCommandGroupLength(DicomDataset command)
    {
        var measured = new MemoryStream();
        var writer = new DatasetWriter(measured, syntax);
        foreach (var element in command)
            if (element.Tag.Group == 0 && !element.Tag.IsGroupLength)
                writer.Write(element);
        Write(new DicomDataset().Set(DicomTag.CommandGroupLength, (int)measured.Length), keepGroupLengths: true);
    }

    private void Write(DicomElement element)
    {
        if (element.VR == DicomVR.SQ || element.Items.Count > 0) WriteSequence(element);
        else if (element.IsEncapsulated) WriteFragments(element);
        else WriteValue(element);
    }

    private void WriteSequence(DicomElement element)
    {
        if (element.Items.Count == 0)
        {
            WriteHeader(element.Tag, DicomVR.SQ, 0);
            return;
        }
        WriteHeader(element.Tag, DicomVR.SQ, ElementHeader.UndefinedLength);
        foreach (var item in element.Items)
        {
            WriteDelimiter(DicomTag.Item, ElementHeader.UndefinedLength);
            Write(item);
            WriteDelimiter(DicomTag.ItemDelimitationItem, 0);
        }
        WriteDelimiter(DicomTag.SequenceDelimitationItem, 0);
    }

    private void WriteFragments(DicomElement element)
    {
        WriteHeader(element.Tag, element.VR, ElementHeader.UndefinedLength);
        foreach (var fragment in element.Fragments)
        {
            var bytes = fragment.IsDeferred ? DeferredValue.Read(element.SourcePath, element.Tag, fragment.FileOffset, fragment.Length) : fragment.Bytes;
            WriteDelimiter(DicomTag.Item, checked((uint)(bytes.Length + (bytes.Length & 1))));
            WritePadded(bytes.Span, 0);
        }
        WriteDelimiter(DicomTag.SequenceDelimitationItem, 0);
    }

    private void WriteValue(DicomElement element)
    {
        var bytes = element.Bytes.Span;
        var vr = element.VR == DicomVR.None ? DicomVR.UN : element.VR;
        if (bytes.Length > LongestShortValue && !vr.HasLongLength) vr = DicomVR.UN; // the 16-bit length cannot say it (PS3.5, 6.2.2)
        WriteHeader(element.Tag, vr, checked((uint)(bytes.Length + (bytes.Length & 1))));
        WritePadded(bytes, element.VR.Padding);
    }

    private void WritePadded(ReadOnlySpan<byte> bytes, byte padding)
    {
        stream.Write(bytes);
        if (bytes.Length % 2 == 1) stream.WriteByte(padding);
    }

    private void WriteHeader(DicomTag tag, DicomVR vr, uint length)
    {
        if (!syntax.IsExplicitVR)
        {
            WriteDelimiter(tag, length);
            return;
        }
        Span<byte> head = stackalloc byte[12];
        WriteTag(head, tag);
        head[4] = (byte)((int)vr >> 8);
        head[5] = (byte)vr;
        if (vr.HasLongLength)
        {
            head[6..8].Clear();
            BinaryPrimitives.WriteUInt32LittleEndian(head[8..], length);
            stream.Write(head);
            return;
        }
        BinaryPrimitives.WriteUInt16LittleEndian(head[6..], (ushort)length);
        stream.Write(head[..8]);
    }

    /// <summary>Tag and 32-bit length: items, delimiters, and every header of the implicit encoding.</summary>
    private void WriteDelimiter(DicomTag tag, uint length)
    {
        Span<byte> head = stackalloc byte[8];
        WriteTag(head, tag);
        BinaryPrimitives.WriteUInt32LittleEndian(head[4..], length);
        stream.Write(head);
    }

    private static void WriteTag(Span<byte> at, DicomTag tag)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(at, tag.Group);
        BinaryPrimitives.WriteUInt16LittleEndian(at[2..], tag.Element);
    }
}
