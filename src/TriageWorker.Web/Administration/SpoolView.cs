using TriageWorker.Store;

namespace TriageWorker.Web;

/// <summary>How the spools are, as the page shows it.</summary>
/// <param name="MissingImages">Rows without a file, over all of them.</param>
public sealed record SpoolView(IReadOnlyList<SpoolRow> Spools, long MissingImages, long MissingStudies);
