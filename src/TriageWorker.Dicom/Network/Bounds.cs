using System.Globalization;

namespace TriageWorker.Dicom.Network;

/// <summary>Collects what is out of bounds, so that all faults are told at once.</summary>
internal sealed class Bounds
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    private readonly List<string> _faults = [];

    public IReadOnlyList<string> Faults => _faults;

    public void Check(string name, TimeSpan value, TimeSpan shortest, TimeSpan? longest = null) =>
        Check(name, value.TotalSeconds, shortest.TotalSeconds, (longest ?? Longest).TotalSeconds, "s");

    public void Check(string name, double value, double least, double most, string unit)
    {
        if (value >= least && value <= most) return;
        _faults.Add(string.Create(CultureInfo.InvariantCulture, $"{name} is {value:0.###}; it may be {least:0.###} to {most:0.###} {unit}").TrimEnd());
    }
}
