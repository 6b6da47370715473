using TriageWorker.Models.Prompts;
using TriageWorker.Models.Sentences;

namespace TriageWorker.Models.Packages;

/// <summary>Reads the zero-shot findings and makes each one's direction from the bank's unit vectors.</summary>
internal sealed class FindingsReader(PackageFiles files, Faults faults)
{
    public const string Rule = "mean-cosine-difference";

    /// <summary>How far a vector's length may be from 1: float32 rounding, no more.</summary>
    private const double UnitTolerance = 1e-4;

    public List<FindingLabel> Read(FindingsDocument? findings)
    {
        if (findings is null) return [];
        faults.Literal("findings.rule", findings.Rule, only: Rule);
        if (!faults.NotEmpty("findings.labels", findings.Labels)) return [];
        var labels = LabelReader.Read("findings.labels", findings.Labels, faults);
        if (Bank(findings) is not { } bank) return [];
        var read = new List<FindingLabel>(labels.Count);
        for (var i = 0; i < labels.Count; i++)
        {
            var (path, document) = ($"findings.labels[{i}]", findings.Labels[i]);
            var positive = Rows($"{path}.positive", document.Positive, bank);
            var negative = Rows($"{path}.negative", document.Negative, bank);
            if (positive is not null && negative is not null) read.Add(new FindingLabel(labels[i], LabelDirection.Of(positive, negative)));
        }

        return read;
    }

    /// <summary>The sentences, where the manifest names them; they must be those of the labels, in their order and number, and read by the package's own text encoder if it has one.</summary>
    public PackagePrompts? Prompts(FindingsDocument? findings, PackageText? text)
    {
        const string path = "findings.prompts";
        if (findings?.Prompts is not { } prompts) return null;
        var encoder = faults.Text($"{path}.encoder", prompts.Encoder);
        var sanitiser = faults.Text($"{path}.sanitiser", prompts.Sanitiser);
        if (text is not null && (text.Digest, Sanitiser.Id) != (encoder, sanitiser)) faults.Add($"{path}.encoder", "is another text encoder or sanitiser than the package's own; run 'triage models prompts build'");
        if (files.Verify($"{path}.file", prompts.File, prompts.Sha256) is not { } file) return null;
        try
        {
            var bank = PromptBank.Parse(File.ReadAllBytes(file), Path.GetFileName(file));
            var row = 0;
            if (!bank.Findings.Select(finding => (finding.Label.Key, Next(finding.Positive), Next(finding.Negative))).SequenceEqual((findings.Labels ?? []).Select(label => (label?.Key ?? "", label?.Positive, label?.Negative))))
                faults.Add($"{path}.file", $"{prompts.File} has other findings, or sentences of other rows, than findings.labels");
            return new PackagePrompts(bank, encoder, sanitiser);

            // Sentence after sentence, each has the next row.
            RowsDocument? Next(IReadOnlyList<string> sentences)
            {
                var rows = new RowsDocument { First = row, Count = sentences.Count };
                row += sentences.Count;
                return rows;
            }
        }
        catch (PromptBankException error)
        {
            foreach (var fault in error.Faults) faults.Add($"{path}.file", fault.TrimEnd('.'));
            return null;
        }
    }

    private NpyMatrix? Bank(FindingsDocument findings)
    {
        if (files.Verify("findings.bank", findings.Bank, findings.Sha256) is not { } file) return null;
        try
        {
            var bank = NpyMatrix.Parse(File.ReadAllBytes(file));
            for (var row = 0; row < bank.Rows; row++)
            {
                var square = 0d;
                foreach (var value in bank.Row(row)) square += (double)value * value;
                if (Math.Abs(Math.Sqrt(square) - 1) <= UnitTolerance) continue;
                faults.Add("findings.bank", $"row {row} of {findings.Bank} is no unit vector");
                return null;
            }

            return bank;
        }
        catch (FormatException error)
        {
            faults.Add("findings.bank", $"{findings.Bank} cannot be read: {error.Message}");
            return null;
        }
    }

    private IReadOnlyList<ReadOnlyMemory<float>>? Rows(string path, RowsDocument? rows, NpyMatrix bank)
    {
        if (rows is { First: >= 0 and var first, Count: > 0 and var count } && (long)first + count <= bank.Rows)
            return [.. Enumerable.Range(first, count).Select(row => (ReadOnlyMemory<float>)bank.Values.AsMemory(row * bank.Columns, bank.Columns))];
        faults.Add(path, $"must be rows of the bank, which has {bank.Rows}");
        return null;
    }
}
