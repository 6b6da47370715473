using TriageWorker.Models.Packages;

namespace TriageWorker.Models.Prompts;

/// <summary>How urgent a bank's author thinks a finding is: a proposal to whoever approves thresholds, and nothing more.</summary>
public enum ProposedLevel
{
    None,
    Medium,
    High,
}

/// <summary>A finding in words: sentences as a report would have them when it is there, and when it is not.</summary>
/// <param name="Name">How published lists of prompts call it, e.g. <c>free_air</c>; null when none does.</param>
/// <param name="Threshold">Proposed, of a score in [-2, 2]; null for the published rule, which is 0.</param>
public sealed record PromptFinding(
    ScoreLabel Label, string? Name, ProposedLevel Level, double? Threshold, IReadOnlyList<string> Positive, IReadOnlyList<string> Negative)
{
    /// <summary>Whether both say the same, so that the same text encoder makes the same direction of them.</summary>
    public bool SaysTheSameAs(PromptFinding other) => Positive.SequenceEqual(other.Positive, StringComparer.Ordinal) && Negative.SequenceEqual(other.Negative, StringComparer.Ordinal);
}

/// <summary>Sentences for findings, as a site may write them. A bank is a file with a version; what a package was made of is kept in it.</summary>
public sealed record PromptBank
{
    /// <summary>The version of the file that this code reads.</summary>
    public const int Schema = 1;

    public required string Id { get; init; }

    public required string Version { get; init; }

    /// <summary>BCP 47.</summary>
    public required string Language { get; init; }

    public required IReadOnlyList<PromptFinding> Findings { get; init; }

    /// <summary>Every sentence: finding after finding, those for it before those against it. The rows of a package's label vectors stand in this order.</summary>
    public IReadOnlyList<string> Sentences => [.. Findings.SelectMany(finding => finding.Positive.Concat(finding.Negative))];

    /// <summary>The file as a package keeps it.</summary>
    public required ReadOnlyMemory<byte> Json { get; init; }

    /// <summary>SHA-256 of <see cref="Json"/>, lower-case hexadecimal.</summary>
    public required string Digest { get; init; }

    /// <summary>Reads a bank.</summary>
    /// <param name="known">Whose keys and codes a plain list of prompts is given (see <see cref="PlainPrompts"/>); null refuses such a list.</param>
    /// <exception cref="PromptBankException">Names every fault with its place in the file.</exception>
    public static PromptBank Parse(byte[] json, string file, PromptBank? known = null)
    {
        var faults = new Faults();
        return new PromptBankReader(faults).Read(json, known) ?? throw new PromptBankException(file, faults.All);
    }
}

/// <summary>The sentences of a package and what turned them into its label vectors.</summary>
/// <param name="Encoder">SHA-256 over text encoder and tokenizer, lower-case hexadecimal.</param>
public sealed record PackagePrompts(PromptBank Bank, string Encoder, string Sanitiser);

/// <summary>A prompt bank cannot be used. All its faults are named, each with its place in the file.</summary>
public sealed class PromptBankException(string file, IReadOnlyList<string> faults) : Exception($"The prompt bank {file} cannot be used: {string.Join(" ", faults)}")
{
    public IReadOnlyList<string> Faults { get; } = faults;
}
