using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using TriageWorker.Imaging.Tensors;

namespace TriageWorker.Models.Packages;

/// <summary>Says in one digest what made a contrastive vector; see <see cref="ModelPackage.Space"/>.</summary>
internal static class VectorSpace
{
    /// <returns>Null when no graph makes one.</returns>
    public static string? Of(IReadOnlyList<GraphDocument> graphs, TensorSpec input)
    {
        var (graph, output) = graphs.SelectMany(graph => (graph?.Outputs ?? []).Select(output => (graph, output))).FirstOrDefault(pair => pair.output?.Kind == OutputKind.Contrastive);
        if (graph is null) return null;
        var text = new StringBuilder().Append(graph.Sha256).Append('\n').Append(output.Name).Append('\n');
        foreach (var data in graph.Data ?? []) text.Append(data?.Sha256).Append('\n');
        text.Append(CultureInfo.InvariantCulture, $"{input.Axes} {input.Interpolation} {input.Fit} {input.SpacingMm.X} {input.SpacingMm.Y} {input.SpacingMm.Z} {input.SpacingToleranceMm} ");
        text.Append(CultureInfo.InvariantCulture, $"{input.Size.X} {input.Size.Y} {input.Size.Z} {input.HuMin} {input.HuMax} {input.OutMin} {input.OutMax} {input.Clip} {input.PadValue}\n");
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString().ToLowerInvariant())));
    }
}
