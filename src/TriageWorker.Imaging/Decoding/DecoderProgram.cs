using System.Collections.Frozen;
using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace TriageWorker.Imaging.Decoding;

/// <summary>The executable that hosts the native decoders, which may crash: it lies beside the product's own.</summary>
public static class DecoderProgram
{
    public const string Name = "triage-codecs";

    /// <summary>Started as the product was: by its own executable, or by dotnet. Its three streams are ours.</summary>
    public static ProcessStartInfo With(string argument)
    {
        var executable = Path.Combine(AppContext.BaseDirectory, Name);
        var start = File.Exists(executable) ? new ProcessStartInfo(executable) : new ProcessStartInfo("dotnet", [executable + ".dll"]);
        start.ArgumentList.Add(argument);
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        return start;
    }

    /// <summary>Asks it once what it decodes.</summary>
    public static DecodableSyntaxes Probe(TimeSpan deadline)
    {
        try
        {
            using var process = Process.Start(With("--probe")) ?? throw new IOException("it did not start");
            using var late = new Timer(_ => process.Kill(), null, deadline, Timeout.InfiniteTimeSpan);
            process.BeginErrorReadLine();
            var said = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            if (process.ExitCode != 0) return new([], $"{Name} ended with {process.ExitCode}");
            var report = JsonNode.Parse(said);
            return new(report?["decodes"]?.AsArray().Select(uid => (string)uid!).ToFrozenSet(StringComparer.Ordinal) ?? [], (string?)report?["missing"]);
        }
        catch (Exception fault) when (fault is IOException or JsonException or Win32Exception or InvalidOperationException)
        {
            return new([], $"{Name} does not run: {fault.Message}");
        }
    }
}
