namespace TriageWorker.Models.Checkpoints;

/// <summary>A checkpoint cannot be used. All that was found wrong is named, each with its place in the file or the tensor it concerns.</summary>
public sealed class CheckpointException(string file, IReadOnlyList<string> faults) : Exception($"The checkpoint {file} cannot be used: {Said(faults)}")
{
    private const int MostInMessage = 12; // a thousand tensors may be missing

    public IReadOnlyList<string> Faults { get; } = faults;

    private static string Said(IReadOnlyList<string> faults) => faults.Count <= MostInMessage ? string.Join(' ', faults)
        : $"{string.Join(' ', faults.Take(MostInMessage))} And {faults.Count - MostInMessage} more.";
}
