namespace TriageWorker.Dicom;

/// <summary>Which of the encodings the elements of a data set are in (PS3.5, 7.1).</summary>
internal readonly record struct ElementCoding(bool IsExplicit, bool IsBigEndian, bool HasBigEndianPixels = false)
{
    internal static ElementCoding Of(TransferSyntax syntax) => new(syntax.IsExplicitVR, syntax.IsBigEndian, syntax.HasBigEndianPixels);

    /// <summary>Whether the words of a value are in big endian.</summary>
    internal bool TurnsWordsOf(DicomTag tag) => IsBigEndian || (HasBigEndianPixels && tag == DicomTag.PixelData);
}

/// <summary>How a sequence or an item says where it ends (PS3.5, 7.5.1).</summary>
internal enum Ending : byte
{
    /// <summary>A delimiter follows it: what we write.</summary>
    Delimited,

    /// <summary>Its length is given.</summary>
    Counted,

    /// <summary>A delimiter should follow and does not.</summary>
    Open,
}

/// <summary>How an element stood in what it was read from; nothing for one that was made.</summary>
/// <param name="HeadSize">Bytes before the value.</param>
/// <param name="Coding">The encoding of the data set that it stood in.</param>
/// <param name="Inner">The encoding of its items: another one in sequences that were passed on as UN.</param>
/// <param name="IsWhole">All its bytes lie together.</param>
/// <param name="HasSwappedWords">The words of its value are in big endian.</param>
internal readonly record struct ElementForm(
    bool WasRead, byte HeadSize, ElementCoding Coding, ElementCoding Inner, Ending Ending, bool IsWhole, bool HasSwappedWords)
{
    internal ElementForm WithoutHead() => default(ElementForm) with { HeadSize = HeadSize, HasSwappedWords = HasSwappedWords };
}
