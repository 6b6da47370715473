using System.Collections.Concurrent;
using TriageWorker.Dicom;
using TriageWorker.DicomWeb;
using TriageWorker.Imaging.Decoding;
using TriageWorker.Imaging.Rendering;
using TriageWorker.Imaging.Series;

namespace TriageWorker.Web;

/// <summary>Pictures of images in the spool, made when they are asked for.</summary>
internal sealed class SpoolPictures(TimeProvider clock) : IDisposable
{
    private const int MostHeaders = 2000; // read to find the middle of a series; of a larger one the order of its UIDs decides

    private static readonly TimeSpan DecodeWithin = TimeSpan.FromSeconds(10); // a person waits

    // Of its own: what people look at takes no decoder away from scoring. As many pictures are made at once as there are cores, so there are no more decoders.
    private readonly FrameDecoder _decoder = new(DecodeWithin, clock);
    private readonly SemaphoreSlim _cores = new(Environment.ProcessorCount);

    public async Task<Rendering> RenderAsync(IReadOnlyList<StoredInstance> instances, RenderRequest request, CancellationToken stop)
    {
        await _cores.WaitAsync(stop);
        try
        {
            return await Task.Run(() => Render(instances, request, stop), stop); // decoding, scaling and encoding are work, not waiting
        }
        finally
        {
            _cores.Release();
        }
    }

    public void Dispose()
    {
        _decoder.Dispose();
        _cores.Dispose();
    }

    private Rendering Render(IReadOnlyList<StoredInstance> instances, RenderRequest request, CancellationToken stop)
    {
        if (Representative(instances, stop) is not { } instance) return new Rendering.Impossible("There is no image here: none of the objects has pixel data.");
        DicomFile file;
        try
        {
            file = DicomFile.Read(instance.Path, DicomReadOptions.HeaderOnly with { AcceptShortPixelData = true });
        }
        catch (DicomFormatException fault)
        {
            return new Rendering.Impossible($"This image cannot be shown because its file cannot be read: {fault.Message}.");
        }

        var frames = Math.Max(1, file.Dataset.GetInt32(DicomTag.NumberOfFrames) ?? 1);
        var frame = request.Frame ?? (frames + 1) / 2;
        if (frame > frames) return new Rendering.Missing($"The instance has {frames} frames; there is no frame {frame}.");
        var window = request.Window is { } asked ? new GreyWindow(asked.Center, asked.Width, (WindowShape)asked.Function) : null;
        return FrameRendering.Render(file, frame - 1, window, _decoder, stop) switch
        {
            Reading<DisplayImage>.Not(var because) => new Rendering.Impossible($"This image cannot be shown because {because}."),
            Reading<DisplayImage>.Of(var image) when PartOf(image, request.Viewport) is { } part => new Rendering.Picture(Encode(Sized(image, part, request.Viewport), request)),
            _ => new Rendering.Impossible("The viewport shows no part of the image."),
        };
    }

    /// <summary>Of several: the middle slice of the largest series that has pixels.</summary>
    private static StoredInstance? Representative(IReadOnlyList<StoredInstance> instances, CancellationToken stop)
    {
        if (instances.Count == 1) return instances[0];
        foreach (var series in instances.GroupBy(instance => instance.Series).OrderByDescending(group => group.Count()))
        {
            var all = series.ToList();
            if (SliceFile.Read(all[0].Path)[0] is not Reading<SliceHeader>.Of { Value.Pixels.HasPixelData: true }) continue;
            return InOrder(all, stop)[all.Count / 2];
        }

        return null;
    }

    private static List<StoredInstance> InOrder(List<StoredInstance> series, CancellationToken stop)
    {
        if (series.Count > MostHeaders) return series;
        var heights = new ConcurrentDictionary<string, double>();
        Parallel.ForEach(series, new ParallelOptions { CancellationToken = stop, MaxDegreeOfParallelism = Environment.ProcessorCount }, instance =>
        {
            if (SliceFile.Read(instance.Path)[0] is Reading<SliceHeader>.Of { Value: { Position: { } position, RowDirection: { } row, ColumnDirection: { } column } })
                heights[instance.SopInstanceUid] = row.Cross(column).Dot(position);
        });
        return heights.Count == series.Count ? [.. series.OrderBy(instance => heights[instance.SopInstanceUid])] : series;
    }

    private static ShownPart? PartOf(DisplayImage image, Viewport? viewport)
    {
        if (viewport is null) return new ShownPart(0, 0, image.Width, image.Height);
        if (viewport.Left >= image.Width || viewport.Top >= image.Height) return null;
        var (width, height) = (viewport.SourceWidth ?? image.Width - viewport.Left, viewport.SourceHeight ?? image.Height - viewport.Top);
        return new ShownPart(viewport.Left, viewport.Top, Within(width, image.Width - viewport.Left), Within(height, image.Height - viewport.Top));

        static double Within(double size, double most) => Math.CopySign(Math.Min(Math.Abs(size), most), size);
    }

    private static DisplayImage Sized(DisplayImage image, ShownPart part, Viewport? viewport) =>
        viewport is null ? image : Scaling.Fit(image, part, viewport.Width, viewport.Height);

    private static byte[] Encode(DisplayImage image, RenderRequest request) =>
        request.MediaType == RenderedEndpoints.Png ? PngPicture.Encode(image) : JpegPicture.Encode(image, request.Quality);
}
