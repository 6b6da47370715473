using System.Diagnostics;
using System.Text.Json;
using TriageWorker.Imaging.Tensors;
using TriageWorker.Imaging.Tests.Formats;
using TriageWorker.Testing;

namespace TriageWorker.Imaging.Tests.Tensors;

/// <summary><c>peers/reference_tensor.py</c> in Debian's Python: somebody else's arithmetic over the same files.</summary>
public sealed class ReferencePeer : IAsyncDisposable
{
    private readonly Process _process = Process.Start(new ProcessStartInfo("/usr/bin/python3", [Repository.At("tests", "TriageWorker.Imaging.Tests", "peers", "reference_tensor.py")])
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
    })!;

    internal async Task<Npy> TensorAsync(string folder, TensorSpec spec, CancellationToken stop)
    {
        using var own = new TemporaryFolder();
        var (wanted, made) = (own.At("spec.json"), own.At("tensor.npy"));
        await File.WriteAllTextAsync(wanted, Json(spec), stop);
        await _process.StandardInput.WriteLineAsync($"{folder}\t{wanted}\t{made}".AsMemory(), stop);
        await _process.StandardInput.FlushAsync(stop);
        _ = await _process.StandardOutput.ReadLineAsync(stop)
            ?? throw new InvalidOperationException("peers/reference_tensor.py ended; what it said stands above. It needs Debian's python3-numpy, python3-scipy and python3-pydicom.");
        return Npy.Read(made);
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close(); // it ends with its input
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static string Json(TensorSpec spec) => JsonSerializer.Serialize(new Dictionary<string, object>
    {
        ["axes"] = spec.Axes,
        ["spacing"] = new[] { spec.SpacingMm.X, spec.SpacingMm.Y, spec.SpacingMm.Z },
        ["size"] = new[] { spec.Size.X, spec.Size.Y, spec.Size.Z },
        ["interpolation"] = spec.Interpolation == Interpolation.Nearest ? "nearest" : "linear",
        ["fit"] = spec.Fit == TensorFit.Resize ? "resize" : "crop",
        ["hounsfield"] = new[] { spec.HuMin, spec.HuMax },
        ["scaled"] = new[] { spec.OutMin, spec.OutMax },
        ["clip"] = spec.Clip,
        ["pad"] = spec.PadValue,
    });
}
