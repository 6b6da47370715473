namespace TriageWorker.Imaging.Tensors;

/// <summary>The two source indices between which a sample lies on one axis, and the share of the higher one.</summary>
internal readonly record struct AxisTap(int Low, int High, float Share)
{
    /// <summary>The source indices that any of the taps reads.</summary>
    public static (int From, int Until) Span(AxisTap[] taps) => taps.Length == 0 ? (0, 0) : (taps.Min(t => t.Low), taps.Max(t => t.High) + 1);

    /// <summary>The source indices whose values count, each once and in order.</summary>
    public static int[] Needed(IEnumerable<AxisTap> taps) =>
        [.. taps.SelectMany(tap => tap.Share > 0 ? (IEnumerable<int>)[tap.Low, tap.High] : [tap.Low]).Distinct().Order()];
}
