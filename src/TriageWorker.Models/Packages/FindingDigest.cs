using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using TriageWorker.Models.Prompts;
using TriageWorker.Models.Sentences;

namespace TriageWorker.Models.Packages;

/// <summary>
/// Says in 16 characters what a finding's score is made of: the image's vector (<see cref="ModelPackage.Space"/>) and what it is compared with. A
/// threshold that was approved for one means nothing for another.
/// </summary>
public static class FindingDigest
{
    private const int Characters = 16;

    /// <summary>Of every finding of a package, by its key.</summary>
    public static IReadOnlyDictionary<string, string> All(ModelPackage package) => package.Findings.ToDictionary(finding => finding.Label.Key, finding => Of(package, finding), StringComparer.Ordinal);

    /// <summary>What a finding would have in a package that is made of this one with these sentences.</summary>
    /// <param name="package">One that reads sentences.</param>
    public static string Of(ModelPackage package, PromptFinding finding) =>
        Of(package, finding, (package.Text ?? throw new ArgumentException($"{package.Id} {package.Version} reads no sentences.", nameof(package))).Digest, Sanitiser.Id);

    // Over the sentences and not over the vectors where there are any: the last bits of a vector depend on which sentences were read together with it.
    private static string Of(ModelPackage package, FindingLabel finding) => package.Prompts is { } prompts
        ? Of(package, prompts.Bank.Findings.First(each => each.Label.Key == finding.Label.Key), prompts.Encoder, prompts.Sanitiser)
        : Short(Begin(package).Append("direction ").Append(Convert.ToHexStringLower(MemoryMarshal.AsBytes(finding.Direction.Span))));

    private static string Of(ModelPackage package, PromptFinding finding, string encoder, string sanitiser)
    {
        var text = Begin(package).Append("sentences ").Append(encoder).Append(' ').Append(sanitiser).Append('\n');
        foreach (var (side, sentences) in (ReadOnlySpan<(char, IReadOnlyList<string>)>)[('+', finding.Positive), ('-', finding.Negative)])
            foreach (var sentence in sentences) text.Append(CultureInfo.InvariantCulture, $"{side}{sentence.Length} {sentence}\n");
        return Short(text);
    }

    private static StringBuilder Begin(ModelPackage package) => new StringBuilder("finding 1 ").Append(package.Space).Append('\n');

    private static string Short(StringBuilder text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())))[..Characters];
}
