namespace TriageWorker.Phantoms.Drawing;

/// <summary>The couch: a shallow trough of foam between two shells. It does not turn with the patient.</summary>
internal static class Table
{
    private const float Shell = 3f, Depth = 22, Curve = 1500, HalfWidth = 215;

    /// <param name="canvas">The slice, with the patient painted.</param>
    /// <param name="surface">Position of the couch's lowest point, mm in the scanner's frame.</param>
    public static void Paint(SliceCanvas canvas, float surface)
    {
        var frame = canvas.Frame;
        for (var c = 0; c < frame.Columns; c++)
        {
            var x = frame.FirstX + c * frame.Pixel;
            if (MathF.Abs(x) > HalfWidth) continue;
            var top = surface - x * x / Curve;
            var bottom = surface - x * x / (4 * Curve) + Depth;
            var first = Math.Max(0, (int)MathF.Ceiling((top - frame.FirstY) / frame.Pixel));
            var last = Math.Min(frame.Rows - 1, (int)MathF.Floor((bottom - frame.FirstY) / frame.Pixel));
            for (var r = first; r <= last; r++)
            {
                ref var pixel = ref canvas.Row(r)[c];
                var y = frame.FirstY + r * frame.Pixel;
                if (pixel == Tissue.Air) pixel = y - top < Shell || bottom - y < Shell ? Tissue.TableShell : Tissue.TableFoam;
            }
        }
    }
}
