using System.Text.Json;
using TriageWorker.Models.Merlin;
using TriageWorker.Testing;

namespace TriageWorker.Models.Tests.Merlin;

/// <summary>A small random text encoder and what NumPy makes of sequences of tokens; see <c>text_reference.py</c>, which shares no line with ours.</summary>
public sealed class TextReference : IAsyncLifetime
{
    private const string Python = "/usr/bin/python3"; // Debian's own, which has Debian's python3-numpy

    private readonly TemporaryFolder _folder = new();
    private Said? _said;

    public const string Reason = "NumPy is not here: install python3-numpy.";

    public bool IsPresent => _said is not null;

    public string Checkpoint => _folder.At("model.pt");

    internal TextAttention Attention => new(_said!.Heads, _said.Window);

    public IReadOnlyList<int[]> Sequences => _said!.Sequences;

    public IReadOnlyList<double[]> Vectors => _said!.Vectors;

    public async ValueTask InitializeAsync()
    {
        if (!File.Exists(Python) || (await ExternalTool.RunAsync(Python, "-c", "import numpy")).ExitCode != 0) return;
        (await ExternalTool.RunAsync(Python, "-B", Repository.At("tests", "TriageWorker.Models.Tests", "Merlin", "text_reference.py"), _folder.Path)).Expect();
        _said = JsonSerializer.Deserialize<Said>(await File.ReadAllBytesAsync(_folder.At("text.json")), JsonSerializerOptions.Web);
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    private sealed record Said(int Heads, int Window, int[][] Sequences, double[][] Vectors);
}
