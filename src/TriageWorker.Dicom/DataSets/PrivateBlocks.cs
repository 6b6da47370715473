namespace TriageWorker.Dicom;

/// <summary>
/// Private attributes by who made them (PS3.5, 7.8.1): a creator reserves a block of 256 elements of an odd group in each data set
/// anew, so that only creator and element say what (gggg,xxee) is.
/// </summary>
public static class PrivateBlocks
{
    private const int First = 0x10, Last = 0xFF;

    extension(DicomDataset dataset)
    {
        /// <summary>The tag that a creator's element has in this data set, or null when it is not there. Items have blocks of their own.</summary>
        /// <exception cref="ArgumentException">The group is none for private attributes.</exception>
        public DicomTag? FindPrivate(ushort group, string creator, byte element)
        {
            foreach (var block in BlocksOf(dataset, group, creator))
                if (Tag(group, block, element) is var tag && dataset.Contains(tag))
                    return tag;
            return null;
        }

        /// <summary>The tag to set a creator's element at: in the block that the creator has here, else in the first free one, which is then reserved.</summary>
        /// <exception cref="ArgumentException">The group is none for private attributes, or the creator's name is no LO.</exception>
        /// <exception cref="InvalidOperationException">All blocks of the group are taken.</exception>
        public DicomTag ReservePrivate(ushort group, string creator, byte element)
        {
            if (dataset.FindPrivate(group, creator, element) is { } there) return there;
            if (creator.Trim() is not { Length: > 0 and <= 64 } || creator.Contains('\\', StringComparison.Ordinal))
                throw new ArgumentException("A private creator is 1 to 64 characters without a backslash.", nameof(creator));
            foreach (var block in BlocksOf(dataset, group, creator)) return Tag(group, block, element);
            for (var block = First; block <= Last; block++)
            {
                if (IsTaken(dataset, group, block)) continue;
                dataset.Set(new DicomTag(group, (ushort)block), DicomVR.LO, creator);
                return Tag(group, block, element);
            }
            throw new InvalidOperationException($"All private blocks of group {group:X4} are taken.");
        }

        /// <summary>Who made a private attribute; null when nobody has reserved its block, or it is not private.</summary>
        public string? PrivateCreatorOf(DicomTag tag) => tag is { IsPrivate: true, Element: >= First << 8 } ? dataset.GetString(new DicomTag(tag.Group, (ushort)(tag.Element >> 8))) : null;
    }

    private static IEnumerable<int> BlocksOf(DicomDataset dataset, ushort group, string creator)
    {
        if ((group & 1) == 0 || group is < 9 or 0xFFFF) throw new ArgumentException($"{group:X4} is no group for private attributes (PS3.5, 7.8).", nameof(group));
        return Enumerable.Range(First, Last - First + 1).Where(block => dataset.GetString(new DicomTag(group, (ushort)block)) == creator);
    }

    /// <summary>Reserved, or used by somebody who did not reserve it.</summary>
    private static bool IsTaken(DicomDataset dataset, ushort group, int block) =>
        dataset.Contains(new DicomTag(group, (ushort)block)) || dataset.Any(element => element.Tag.Group == group && element.Tag.Element >> 8 == block);

    private static DicomTag Tag(ushort group, int block, byte element) => new(group, (ushort)((block << 8) | element));
}
