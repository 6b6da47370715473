using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using TriageWorker.Imaging.Decoding;

namespace TriageWorker.Host.Doctor;

/// <summary>The decoders of compressed images are there; asked of the child process that hosts them.</summary>
internal sealed class CodecsCheck : Check
{
    public CodecsCheck() : base("codecs")
    {
    }

    /// <summary>A process starts for it.</summary>
    public override TimeSpan Needs => TimeSpan.FromSeconds(10);

    public override async Task<IReadOnlyList<Diagnosis>> RunAsync(CancellationToken stop)
    {
        const string ToDo = "Compressed images are kept and not analysed without it.";
        try
        {
            var report = JsonNode.Parse(await ProbeAsync(stop));
            return report?["missing"] is { } missing
                ? [Warning($"There is no decoder of compressed images: {missing}.", ToDo)]
                : [Ok($"{report?["decoder"]} {report?["version"]} decodes {report?["decodes"]?.AsArray().Count} compressed transfer syntaxes.")];
        }
        catch (Exception fault) when (fault is IOException or JsonException or System.ComponentModel.Win32Exception)
        {
            return [Warning($"{DecoderProgram.Name} does not run: {fault.Message}", ToDo)];
        }
    }

    private static async Task<string> ProbeAsync(CancellationToken stop)
    {
        using var process = Process.Start(DecoderProgram.With("--probe")) ?? throw new IOException("it did not start");
        try
        {
            var said = process.StandardOutput.ReadToEndAsync(stop);
            await process.WaitForExitAsync(stop);
            return process.ExitCode == 0 ? await said : throw new IOException($"it ended with {process.ExitCode}");
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }
}
