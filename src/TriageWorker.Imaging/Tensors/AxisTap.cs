namespace TriageWorker.Imaging.Tensors;

/// <summary>The two source indices between which a sample lies on one axis, and the share of the higher one. Outside the image its border is held.</summary>
internal readonly record struct AxisTap(int Low, int High, float Share)
{
    /// <summary>One tap for each tensor index of the block that the image fills.</summary>
    public static AxisTap[] Along(ResamplePlan plan, int axis, int sourceLength)
    {
        var step = plan.ToSource.Column(axis)[axis];
        var origin = plan.ToSource.Origin[axis];
        var taps = new AxisTap[plan.Until[axis] - plan.From[axis]];
        for (var n = 0; n < taps.Length; n++) taps[n] = At(((plan.From[axis] + n) * step) + origin, sourceLength);
        return taps;
    }

    public static AxisTap At(double place, int sourceLength)
    {
        var held = Math.Clamp(place, 0, sourceLength - 1);
        var low = (int)held;
        return new AxisTap(low, Math.Min(low + 1, sourceLength - 1), (float)(held - low));
    }

    /// <summary>The source indices that any of the taps reads.</summary>
    public static (int From, int Until) Span(AxisTap[] taps) => taps.Length == 0 ? (0, 0) : (taps.Min(t => t.Low), taps.Max(t => t.High) + 1);
}
