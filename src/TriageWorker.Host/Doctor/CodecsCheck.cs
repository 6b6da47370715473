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
        var report = await Task.Run(() => DecoderProgram.Probe(Needs, stop), stop);
        return report.Missing is { } missing
            ? [Warning($"There is no decoder of compressed images: {missing}.", "Compressed images are kept and not analysed without it.")]
            : [Ok($"{report.Decoder} {report.Version} decodes {report.Decodes.Count} compressed transfer syntaxes.")];
    }
}
