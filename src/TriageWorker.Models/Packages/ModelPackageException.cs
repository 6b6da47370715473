namespace TriageWorker.Models.Packages;

/// <summary>A model package cannot be used. All its faults are named, each with the key of the manifest it concerns.</summary>
public sealed class ModelPackageException(string directory, IReadOnlyList<string> faults)
    : Exception($"The model package in {directory} cannot be used: {string.Join(" ", faults)}")
{
    public IReadOnlyList<string> Faults { get; } = faults;
}
