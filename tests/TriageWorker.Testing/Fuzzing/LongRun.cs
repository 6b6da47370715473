namespace TriageWorker.Testing;

/// <summary>Whether the tests may take their time: <c>./triage test --long</c> says so. Without it a test does a fast share of the same cases.</summary>
public static class LongRun
{
    private const string Variable = "TRIAGE_LONG";

    public static bool IsOn => Environment.GetEnvironmentVariable(Variable) == "1";

    public const string Reason = "This takes long: ./triage test --long does it.";
}
