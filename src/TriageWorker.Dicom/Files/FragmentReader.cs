namespace TriageWorker.Dicom;

/// <summary>Reads compressed pixel data: an offset table and fragments, each an item (PS3.5, A.4).</summary>
internal sealed class FragmentReader(ByteSource source, bool isBigEndian, long deferLargerThan, bool acceptShort, Remarks remarks, string? path)
{
    internal DicomElement Read(ElementHeader header, long limit)
    {
        var at = source.Position;
        var fragments = new List<DicomFragment>();
        while (true)
        {
            var start = source.Position;
            if (start < limit && ElementHeaders.TryRead(source, isExplicit: false, isBigEndian, out var item, out _))
            {
                if (item.Tag == DicomTag.SequenceDelimitationItem) break;
                if (item.Tag != DicomTag.Item || item.IsUndefined)
                    throw new DicomFormatException($"{item.Tag} where a fragment should begin", start, header.Tag);
                var fragment = ReadFragment(item.Length, limit);
                fragments.Add(fragment);
                if (fragment.Length == item.Length) continue;
                RefuseShort(header.Tag, fragment.FileOffset, item.Length, fragment.Length);
                return Element(item.Length - fragment.Length);
            }
            RefuseShort(header.Tag, start, null, 0);
            return Element(missing: 1);
        }
        return Element(missing: 0);

        DicomElement Element(long missing) => new(header.Tag, header.VR, fragments) { FileOffset = at, MissingBytes = missing, SourcePath = path };
    }

    private DicomFragment ReadFragment(long length, long limit)
    {
        var at = source.Position;
        var there = Math.Min(length, limit - at);
        if (length > deferLargerThan) return new DicomFragment(at, source.Skip(there), default, IsDeferred: true);
        var bytes = source.Read(there);
        return new DicomFragment(at, bytes.Length, bytes);
    }

    private void RefuseShort(DicomTag tag, long at, long? declared, long there)
    {
        var what = declared is { } bytes
            ? $"The pixel data is short: a fragment of {bytes} bytes declared, {there} are there"
            : "The pixel data is short: no delimiter ends its fragments";
        if (!acceptShort) throw new DicomFormatException(what, at, tag);
        remarks.Add($"{what}, at byte {at}");
    }
}
