using System.Globalization;

namespace TriageWorker.Chaos;

/// <summary>Which form is run: <c>./triage test --chaos</c> asks for the full one, <c>TRIAGE_CASE</c> for one seed again.</summary>
internal static class ChaosForm
{
    public const string Reason = "This takes long: ./triage test --chaos does it.";

    public static bool IsFull => Environment.GetEnvironmentVariable("TRIAGE_CHAOS") == "1";

    public static int? Seed => Environment.GetEnvironmentVariable("TRIAGE_CASE") is { Length: > 0 } one ? int.Parse(one, CultureInfo.InvariantCulture) : null;
}
