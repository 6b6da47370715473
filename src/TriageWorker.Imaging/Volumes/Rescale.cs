namespace TriageWorker.Imaging.Volumes;

/// <summary>Stored value to Hounsfield units: <c>slope · stored + intercept</c> (PS3.3 C.11.1.1.2).</summary>
public readonly record struct Rescale(double Slope, double Intercept)
{
    public static Rescale None => new(1, 0);
}
