using System.Runtime.InteropServices;
using TriageWorker.Testing;

namespace TriageWorker.Models.Tests.Merlin;

/// <summary>A small random network and what NumPy makes of a volume; see <c>merlin_reference.py</c>, which shares no line with ours.</summary>
public sealed class NumpyReference : IAsyncLifetime
{
    public const string Python = "/usr/bin/python3"; // Debian's own, which has Debian's python3-numpy

    private readonly TemporaryFolder _folder = new();

    public static (int X, int Y, int Z) Size => (33, 40, 32);

    public const string Reason = "NumPy is not here: install python3-numpy.";

    public bool IsPresent { get; private set; }

    public string Checkpoint => _folder.At("model.pt");

    public float[] Volume => MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(_folder.At("volume.f32"))).ToArray();

    public double[] Embedding => Values("embedding");

    public double[] Contrastive => Values("contrastive");

    public double[] Logits => Values("logits");

    public double[] FeatureMap => Values("feature_map");

    public async ValueTask InitializeAsync()
    {
        IsPresent = File.Exists(Python) && (await ExternalTool.RunAsync(Python, "-c", "import numpy")).ExitCode == 0;
        if (IsPresent) (await ExternalTool.RunAsync(Python, Repository.At("tests", "TriageWorker.Models.Tests", "Merlin", "merlin_reference.py"), _folder.Path)).Expect();
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    private double[] Values(string name) => MemoryMarshal.Cast<byte, double>(File.ReadAllBytes(_folder.At($"{name}.f64"))).ToArray();
}
