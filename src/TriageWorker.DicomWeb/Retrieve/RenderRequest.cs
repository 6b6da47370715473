namespace TriageWorker.DicomWeb;

/// <summary>How stored values become grey (PS3.3, C.11.2.1.2, C.11.2.1.3).</summary>
public enum WindowFunction
{
    Linear,
    LinearExact,
    Sigmoid,
}

/// <summary>In the units after rescale: Hounsfield units for CT.</summary>
public sealed record RenderWindow(double Center, double Width, WindowFunction Function);

/// <summary>
/// What of an image is shown, and how large at most (PS3.18, 8.3.5.1.3). The picture keeps the shape of what it shows.
/// </summary>
/// <param name="Left">Of the part, in pixels of the image.</param>
/// <param name="SourceWidth">Null: all from there on. Negative: flipped left to right.</param>
/// <param name="SourceHeight">Negative: flipped upside down.</param>
public sealed record Viewport(int Width, int Height, double Left = 0, double Top = 0, double? SourceWidth = null, double? SourceHeight = null);

/// <summary>A picture that a person can look at.</summary>
/// <param name="MediaType">image/jpeg or image/png.</param>
/// <param name="Frame">Counted from 1; null: the middle one.</param>
/// <param name="Window">Null: what the data set says, else what fits its kind.</param>
/// <param name="Quality">Of JPEG, 1 to 100.</param>
public sealed record RenderRequest(string MediaType, int? Frame, RenderWindow? Window, Viewport? Viewport, int Quality);

/// <summary>A picture, or why there is none.</summary>
public abstract record Rendering
{
    private Rendering()
    {
    }

    public sealed record Picture(ReadOnlyMemory<byte> Bytes) : Rendering;

    /// <summary>There is such an image, and it cannot be shown; a whole sentence.</summary>
    public sealed record Impossible(string Because) : Rendering;

    /// <summary>There is no such frame.</summary>
    public sealed record Missing(string Because) : Rendering;
}

/// <summary>Renders one of the instances: of several that which stands for all, the middle of the largest series.</summary>
public delegate Task<Rendering> RenderImage(IReadOnlyList<StoredInstance> instances, RenderRequest request, CancellationToken stop);
