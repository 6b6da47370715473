namespace TriageWorker.Imaging.Rendering;

/// <summary>How values become grey (PS3.3, C.11.2.1.2 and C.11.2.1.3).</summary>
public enum WindowShape
{
    Linear,
    LinearExact,
    Sigmoid,
}

/// <summary>Which values are told apart: those below are black, those above white. In the units after rescale.</summary>
public sealed record GreyWindow(double Center, double Width, WindowShape Shape = WindowShape.Linear)
{
    /// <summary>Organs in CT, where an image names no window of its own.</summary>
    public static GreyWindow SoftTissue { get; } = new(40, 400);

    /// <summary>From 0, black, to 255, white.</summary>
    public byte GreyOf(double value)
    {
        var part = Shape switch
        {
            WindowShape.Sigmoid => 1 / (1 + Math.Exp(-4 * (value - Center) / Width)),
            WindowShape.LinearExact => ((value - Center) / Width) + 0.5,
            _ when Width <= 1 => value <= Center - 0.5 ? 0 : 1,
            _ => ((value - (Center - 0.5)) / (Width - 1)) + 0.5,
        };
        return (byte)Math.Round(Math.Clamp(part, 0, 1) * byte.MaxValue);
    }
}
