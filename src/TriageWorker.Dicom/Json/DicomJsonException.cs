namespace TriageWorker.Dicom.Json;

/// <summary>Text that is not what PS3.18, annex F, says, and where. A fault of whoever wrote it; reading again does not help.</summary>
public sealed class DicomJsonException : Exception
{
    public DicomJsonException(string what, string path, Exception? inner = null)
        : base(path.Length == 0 ? what : $"{path}: {what}", inner) => Path = path;

    /// <summary>The attribute, as <c>00081115[0].00081150</c>; within an array of data sets with its number before: <c>[2].00100010</c>. Items count from 0.</summary>
    public string Path { get; }
}
