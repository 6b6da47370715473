namespace TriageWorker.Models.Packages;

/// <summary>Reads the zero-shot findings and makes each one's direction from the bank's unit vectors.</summary>
internal sealed class FindingsReader(PackageFiles files, Faults faults)
{
    private const string Rule = "mean-cosine-difference";

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
            var positive = Mean($"{path}.positive", document.Positive, bank);
            var negative = Mean($"{path}.negative", document.Negative, bank);
            var direction = new float[bank.Columns];
            for (var c = 0; c < direction.Length; c++) direction[c] = (float)(positive[c] - negative[c]);
            read.Add(new FindingLabel(labels[i], direction));
        }

        return read;
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

    private double[] Mean(string path, RowsDocument? rows, NpyMatrix bank)
    {
        var mean = new double[bank.Columns];
        if (rows is not { First: >= 0 and var first, Count: > 0 and var count } || (long)first + count > bank.Rows)
        {
            faults.Add(path, $"must be rows of the bank, which has {bank.Rows}");
            return mean;
        }

        for (var row = first; row < first + count; row++)
        {
            var vector = bank.Row(row);
            for (var c = 0; c < mean.Length; c++) mean[c] += vector[c] / (double)count;
        }

        return mean;
    }
}
