using TriageWorker.Phantoms;

namespace TriageWorker.Host.Training;

/// <summary>Which phantoms make a set: consecutive seeds, and scanner settings that vary from seed to seed.</summary>
/// <param name="Matrices">Columns and rows to choose from.</param>
/// <param name="Slices">Numbers of slices to choose from.</param>
public sealed record CaseMix(int FirstSeed, int Count, IReadOnlyList<int> Matrices, IReadOnlyList<int> Slices)
{
    /// <summary>
    /// Whether each person comes twice in a row, on the same scanner: with the findings that were drawn, and with those that were not
    /// and without those that were. Nothing but the findings tells such two apart, which is what a model shall learn.
    /// </summary>
    public bool Twins { get; init; }

    /// <summary>What scanners send: 512 × 512 mostly, slices of 2 to 5 mm.</summary>
    public static CaseMix AsScanned(int firstSeed, int count) => new(firstSeed, count, [512, 512, 256], [80, 120, 160, 200]);

    /// <summary>Quick to draw and of every sharpness.</summary>
    public static CaseMix Varied(int firstSeed, int count) =>
        new(firstSeed, count, [128, 128, 160, 192, 192, 256, 320, 512], [60, 80, 80, 100, 120, 160]);

    private static readonly PhantomFindings s_all = Enum.GetValues<PhantomFindings>().Aggregate((all, finding) => all | finding);

    public PhantomSpec this[int index]
    {
        get
        {
            var seed = FirstSeed + (Twins ? index / 2 : index);
            // Not drawn from the phantom's own dice: which scanner took the picture says nothing about who lies in it.
            var scanner = new Random(unchecked((seed * 397) ^ 0x5eed));
            var spec = PhantomSpec.Random(seed);
            if (Twins && index % 2 == 1) spec = spec with { Findings = s_all & ~spec.Findings };
            return spec with { Matrix = Matrices[scanner.Next(Matrices.Count)], Slices = Slices[scanner.Next(Slices.Count)] };
        }
    }
}
