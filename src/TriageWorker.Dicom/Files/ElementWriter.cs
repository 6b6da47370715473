namespace TriageWorker.Dicom;

/// <summary>Writes heads, values and fragments (PS3.5, 7.1 and A.4).</summary>
internal sealed class ElementWriter(ByteSink sink)
{
    private const int LongestShortValue = 0xFFFE;

    internal void WriteValue(DicomElement element, ElementCoding coding)
    {
        var length = element.BulkDataUri is null ? element.Length - element.MissingBytes : element.AsRead.Length; // which says that it has to be fetched
        var vr = element.VR == DicomVR.None ? DicomVR.UN : element.VR;
        if (length > LongestShortValue && !vr.HasLongLength) vr = DicomVR.UN; // the 16-bit length cannot say it (PS3.5, 6.2.2)
        WriteHead(element.Tag, vr, checked((uint)(length + (length & 1))), coding);
        WriteBytes(element, coding);
        if (length % 2 == 1) sink.Write([element.VR.Padding]);
    }

    internal void WriteFragments(DicomElement element, ElementCoding coding)
    {
        WriteHead(element.Tag, element.VR, ElementHeader.UndefinedLength, coding);
        foreach (var fragment in element.Fragments)
        {
            WriteDelimiter(DicomTag.Item, checked((uint)(fragment.Length + (fragment.Length & 1))), coding);
            WriteFragment(element, fragment);
            if (fragment.Length % 2 == 1) sink.Write([0]);
        }
        WriteDelimiter(DicomTag.SequenceDelimitationItem, 0, coding);
    }

    /// <summary>Writes what was read in parts: a deferred value, or fragments some of which are deferred.</summary>
    internal void KeepParts(DicomElement element)
    {
        var form = element.Form;
        sink.Write(element.Raw.Span[..form.HeadSize]);
        if (!element.IsEncapsulated)
        {
            CopyFromFile(element, element.FileOffset, element.Length - element.MissingBytes);
            return;
        }
        foreach (var fragment in element.Fragments)
        {
            var isLast = ReferenceEquals(fragment, element.Fragments[^1]);
            WriteDelimiter(DicomTag.Item, checked((uint)(fragment.Length + (isLast ? element.MissingBytes : 0))), form.Coding);
            WriteFragment(element, fragment);
        }
        if (form.Ending == Ending.Delimited) WriteDelimiter(DicomTag.SequenceDelimitationItem, 0, form.Coding);
    }

    internal void WriteHead(DicomTag tag, DicomVR vr, uint length, ElementCoding coding)
    {
        if (!coding.IsExplicit)
        {
            WriteDelimiter(tag, length, coding);
            return;
        }
        Span<byte> head = stackalloc byte[12];
        ByteOrder.Write(head, tag, coding.IsBigEndian);
        head[4] = (byte)((int)vr >> 8);
        head[5] = (byte)vr;
        if (!vr.HasLongLength)
        {
            ByteOrder.Write(head[6..], (ushort)length, coding.IsBigEndian);
            sink.Write(head[..8]);
            return;
        }
        head[6..8].Clear();
        ByteOrder.Write(head[8..], length, coding.IsBigEndian);
        sink.Write(head);
    }

    /// <summary>A head as it was read, with another length if need be.</summary>
    internal void WriteHead(ReadOnlySpan<byte> asRead, uint? length, ElementCoding coding)
    {
        Span<byte> head = stackalloc byte[12];
        asRead.CopyTo(head);
        if (length is { } given) ByteOrder.Write(head[(asRead.Length - 4)..], given, coding.IsBigEndian);
        sink.Write(head[..asRead.Length]);
    }

    /// <summary>Tag and 32-bit length: items, delimiters, and every head of the implicit encoding.</summary>
    internal void WriteDelimiter(DicomTag tag, uint length, ElementCoding coding)
    {
        Span<byte> head = stackalloc byte[8];
        ByteOrder.Write(head, tag, coding.IsBigEndian);
        ByteOrder.Write(head[4..], length, coding.IsBigEndian);
        sink.Write(head);
    }

    private void WriteBytes(DicomElement element, ElementCoding coding)
    {
        var turns = element.VR.WordSize > 1 && element.Form.HasSwappedWords != coding.TurnsWordsOf(element.Tag);
        if (element.IsDeferred && !turns)
        {
            CopyFromFile(element, element.FileOffset, element.Length - element.MissingBytes);
            return;
        }
        if (!turns)
        {
            sink.Write(element.AsRead.Span);
            return;
        }
        var turned = element.AsRead.ToArray();
        ByteOrder.Swap(turned, element.VR.WordSize);
        sink.Write(turned);
    }

    private void WriteFragment(DicomElement element, DicomFragment fragment)
    {
        if (fragment.IsDeferred) CopyFromFile(element, fragment.FileOffset, fragment.Length);
        else sink.Write(fragment.Bytes.Span);
    }

    private void CopyFromFile(DicomElement element, long offset, long length)
    {
        if (sink.OnlyCounts) sink.Pass(length);
        else OutlyingValue.Copy(element.SourcePath, element.Tag, offset, length, bytes => sink.Write(bytes.Span));
    }
}
