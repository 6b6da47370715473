using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace TriageWorker.Imaging.Decoding;

/// <summary>The executable that hosts the native decoders, which may crash: it lies beside the product's own.</summary>
public static class DecoderProgram
{
    public const string Name = "triage-codecs";

    /// <summary>The argument with which it says what it decodes, as a <see cref="DecoderReport"/>, and ends.</summary>
    public const string ProbeArgument = "--probe";

    /// <summary>Started as the product was: by its own executable, or by dotnet. Its three streams are ours.</summary>
    public static ProcessStartInfo With(string argument)
    {
        var executable = Path.Combine(AppContext.BaseDirectory, Name);
        var start = File.Exists(executable) ? new ProcessStartInfo(executable) : new ProcessStartInfo("dotnet", [executable + ".dll"]);
        start.ArgumentList.Add(argument);
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        return start;
    }

    /// <summary>Asks it once what it decodes. Blocks; whatever is wrong with it is said as what is missing.</summary>
    /// <exception cref="OperationCanceledException">The process that was asked is gone with it.</exception>
    public static DecoderReport Probe(TimeSpan deadline, CancellationToken stop = default)
    {
        var isLate = false;
        try
        {
            using var process = Process.Start(With(ProbeArgument)) ?? throw new IOException("it did not start");
            using var late = new Timer(_ => { isLate = true; process.Kill(); }, null, deadline, Timeout.InfiniteTimeSpan);
            using var stopped = stop.Register(process.Kill);
            process.BeginErrorReadLine();
            var said = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            stop.ThrowIfCancellationRequested();
            if (isLate) return DecoderReport.None(string.Create(CultureInfo.InvariantCulture, $"{Name} had not answered after {deadline.TotalSeconds:0.#} s"));
            return process.ExitCode == 0 ? DecoderReport.Read(said) : DecoderReport.None(string.Create(CultureInfo.InvariantCulture, $"{Name} ended with {process.ExitCode}"));
        }
        catch (Exception fault) when (fault is IOException or JsonException or Win32Exception or InvalidOperationException)
        {
            return DecoderReport.None($"{Name} does not run: {fault.Message}");
        }
    }
}
