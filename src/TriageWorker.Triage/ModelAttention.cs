using System.Globalization;

namespace TriageWorker.Triage;

/// <summary>The slice that a finding's score comes from most: what the model attended to, and no location of the finding.</summary>
/// <param name="SopUid">Of the slice's image.</param>
/// <param name="Frame">Of a multi-frame image, counted from 1; null for a single one.</param>
/// <param name="Slice">Among the slices that were read, in their order along the normal, counted from 1.</param>
/// <param name="Slices">How many were read.</param>
/// <param name="SliceZ">z of the slice beside the place, as its images say it, in millimetres.</param>
/// <param name="X">Of the strongest place in the patient: millimetres to the left (LPS).</param>
/// <param name="Y">Millimetres to the back.</param>
/// <param name="Z">Millimetres to the head.</param>
/// <param name="Strength">What the place adds to the score, as if all of the image were like it.</param>
public sealed record ModelAttention(string SopUid, int? Frame, int Slice, int Slices, double SliceZ, double X, double Y, double Z, double Strength)
{
    /// <summary>How it is called wherever it is shown.</summary>
    public const string Name = "Model attention, not a location";

    /// <summary>"slice 57 of 120 (z = -123 mm)".</summary>
    public string Said() => string.Create(CultureInfo.InvariantCulture, $"slice {Slice} of {Slices} (z = {Math.Round(SliceZ) + 0.0:0} mm)");
}
