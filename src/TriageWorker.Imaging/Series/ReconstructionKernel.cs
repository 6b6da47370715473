using System.Globalization;
using System.Text.RegularExpressions;

namespace TriageWorker.Imaging.Series;

/// <summary>Whether a kernel sharpens edges and noise (bone, lung), which a model trained on soft-tissue images should rather not see.</summary>
internal static partial class ReconstructionKernel
{
    private static readonly string[] SharpNames = ["BONE", "LUNG", "EDGE", "SHARP", "ULTRA", "DETAIL"];

    /// <summary>By name (GE, Canon) or by number: Siemens B60 and up (B60f, Br64, Bl57), Canon FC50–FC59 and FC80 and up, Philips YA to YE, D and E. Unknown kernels count as soft.</summary>
    public static bool IsSharp(string? kernel)
    {
        if (kernel is null) return false;
        if (SharpNames.Any(name => kernel.Contains(name, StringComparison.OrdinalIgnoreCase))) return true;
        if (kernel is "D" or "E" || Philips().IsMatch(kernel)) return true;
        if (Siemens().Match(kernel) is { Success: true } siemens) return Number(siemens) >= 57;
        return Canon().Match(kernel) is { Success: true } canon && Number(canon) is (>= 50 and < 60) or >= 80;
    }

    private static int Number(Match match) => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex("^[BHTIUD][a-z]?([0-9]{2})[a-z]?", RegexOptions.CultureInvariant)]
    private static partial Regex Siemens();

    [GeneratedRegex("^FC([0-9]{2})", RegexOptions.CultureInvariant)]
    private static partial Regex Canon();

    [GeneratedRegex("^Y[A-E]$", RegexOptions.CultureInvariant)]
    private static partial Regex Philips();
}
