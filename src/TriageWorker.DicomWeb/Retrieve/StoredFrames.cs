using TriageWorker.Dicom;

namespace TriageWorker.DicomWeb;

/// <summary>The frames of a file; pixels stay there until they are sent.</summary>
internal sealed class StoredFrames
{
    private readonly PixelFrames _frames;

    private StoredFrames(PixelFrames frames, DicomDataset header) => (_frames, Header) = (frames, header);

    public DicomDataset Header { get; }

    public int Count => _frames.Count;

    /// <summary>Counted from 1.</summary>
    public ByteRun this[int frame] => new(_frames[frame - 1]);

    /// <returns>The frames, or null and why there are none.</returns>
    public static StoredFrames? Open(StoredInstance instance, out string because)
    {
        because = "";
        try
        {
            var header = DicomFile.Read(instance.Path, DicomReadOptions.HeaderOnly).Dataset;
            return new StoredFrames(PixelFrames.Of(header), header);
        }
        catch (DicomFormatException fault)
        {
            because = $"The instance has no frames that can be given: {fault.Message}";
            return null;
        }
    }
}
