using System.Diagnostics;

namespace TriageWorker.Imaging.Decoding;

/// <summary>One running decoder. It answers one question at a time and may die over any of them.</summary>
internal sealed class DecoderProcess : IDisposable
{
    private readonly Process _process;
    private string _lastWords = "";

    /// <exception cref="IOException">It cannot be started.</exception>
    public DecoderProcess()
    {
        try
        {
            _process = Process.Start(DecoderProgram.With(CodecWire.Serve)) ?? throw new IOException($"{DecoderProgram.Name} did not start.");
        }
        catch (System.ComponentModel.Win32Exception fault)
        {
            throw new IOException($"{DecoderProgram.Name} cannot be started: {fault.Message}", fault);
        }

        _process.ErrorDataReceived += (_, line) => _lastWords = line.Data is { Length: > 0 } said ? said : _lastWords;
        _process.BeginErrorReadLine();
    }

    /// <summary>How many questions it has answered.</summary>
    public int Answered { get; private set; }

    public int Id => _process.Id;

    /// <returns>Why there are no pixels; null when <paramref name="pixels"/> is filled.</returns>
    /// <exception cref="IOException">It ended over the question.</exception>
    public string? Ask(FrameFormat format, ReadOnlySpan<byte> compressed, Span<byte> pixels)
    {
        try
        {
            CodecWire.Ask(_process.StandardInput.BaseStream, format, compressed);
            var refusal = CodecWire.Hear(_process.StandardOutput.BaseStream, pixels);
            Answered++;
            return refusal;
        }
        catch (IOException ended)
        {
            Kill();
            _process.WaitForExit();
            throw new IOException($"the decoder ended over it{(_lastWords.Length > 0 ? $" ({_lastWords})" : "")}", ended);
        }
    }

    /// <summary>Ends it at once; a question that is open fails.</summary>
    public void Kill()
    {
        try
        {
            _process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It has ended already.
        }
    }

    public void Dispose()
    {
        Kill();
        _process.Dispose();
    }
}
