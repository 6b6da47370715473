namespace TriageWorker.Phantoms;

/// <summary>The kebab-case names by which people ask for findings: <c>ascites,free-air</c>.</summary>
public static class PhantomFindingNames
{
    private static readonly (PhantomFindings Finding, string Name)[] Table =
    [
        (PhantomFindings.Ascites, "ascites"),
        (PhantomFindings.PleuralEffusion, "pleural-effusion"),
        (PhantomFindings.FreeAir, "free-air"),
        (PhantomFindings.Splenomegaly, "splenomegaly"),
    ];

    /// <summary>Every name that <see cref="TryParse"/> knows, in the order of the flags.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Table.Select(row => row.Name)];

    /// <summary>The names of the findings that are set; empty for none.</summary>
    public static IReadOnlyList<string> Of(PhantomFindings findings)
        => [.. Table.Where(row => findings.HasFlag(row.Finding)).Select(row => row.Name)];

    /// <summary>Reads names separated by commas; an empty text or <c>none</c> is no finding.</summary>
    /// <returns>False with a sentence for the user when a name is not known.</returns>
    public static bool TryParse(string text, out PhantomFindings findings, out string error)
    {
        findings = PhantomFindings.None;
        error = "";
        foreach (var name in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (name.Equals("none", StringComparison.OrdinalIgnoreCase)) continue;
            var known = Array.FindIndex(Table, row => row.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
            if (known < 0)
            {
                findings = PhantomFindings.None;
                error = $"A phantom has no finding '{name}'. It can have: {string.Join(", ", All)} (or none).";
                return false;
            }

            findings |= Table[known].Finding;
        }

        return true;
    }

    /// <summary>As <see cref="TryParse"/>, for callers that have checked the text.</summary>
    /// <exception cref="FormatException">A name is not known; the message lists the valid ones.</exception>
    public static PhantomFindings Parse(string text)
        => TryParse(text, out var findings, out var error) ? findings : throw new FormatException(error);
}
