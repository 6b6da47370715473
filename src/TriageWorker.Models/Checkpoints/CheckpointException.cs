namespace TriageWorker.Models.Checkpoints;

/// <summary>A checkpoint cannot be used. All that was found wrong is named, each with its place in the file or the tensor it concerns.</summary>
public sealed class CheckpointException(string file, IReadOnlyList<string> faults) : Exception($"The checkpoint {file} cannot be used: {Said(faults)}")
{
    private const int MostInMessage = 12; // a thousand tensors may be missing

    private const int LongestFault = 500; // a name may be as long as the file

    public IReadOnlyList<string> Faults { get; } = [.. faults.Select(Legible)];

    /// <summary>The message has them all.</summary>
    public bool SaysAll => Faults.Count <= MostInMessage;

    private static string Said(IReadOnlyList<string> faults)
    {
        var first = string.Join(' ', faults.Take(MostInMessage).Select(Legible));
        return faults.Count <= MostInMessage ? first : $"{first} And {faults.Count - MostInMessage} more.";
    }

    /// <summary>Names are the file's own words, and a terminal would act on some of them.</summary>
    private static string Legible(string fault) => string.Concat(fault.Take(LongestFault).Select(letter => char.IsControl(letter) ? '?' : letter));
}
