using TriageWorker.Store;

namespace TriageWorker.Scoring;

/// <summary>Where the images of a study can be read.</summary>
public abstract record ImagesFound
{
    private ImagesFound()
    {
    }

    /// <param name="Paths">In the order of the images.</param>
    public sealed record Here(IReadOnlyList<string> Paths) : ImagesFound;

    /// <summary>A node that holds some cannot be read from now.</summary>
    public sealed record Away(SpoolNode Node, int Images, string Because) : ImagesFound;

    /// <summary>A node that lives has lost some.</summary>
    /// <param name="Because">A clause with a full stop that follows "not analysed because".</param>
    public sealed record Gone(string Because) : ImagesFound;
}
