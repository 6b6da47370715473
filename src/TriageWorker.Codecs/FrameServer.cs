using TriageWorker.Imaging.Decoding;

namespace TriageWorker.Codecs;

/// <summary>Answers one question after the other. Whatever ends the process in between, its caller sees the pipe close.</summary>
internal static class FrameServer
{
    private const int NoDecoder = 3;

    public static int Run()
    {
        using var questions = Console.OpenStandardInput();
        using var answers = StandardOutput.TakeOver();
        if (Gdcm.Load(out var missing) is not { } gdcm)
        {
            Console.Error.WriteLine(missing);
            return NoDecoder;
        }

        var decoder = new GdcmDecoder(gdcm);
        while (CodecWire.Listen(questions) is var (format, compressed))
        {
            var pixels = new byte[format.Bytes];
            if (decoder.Decode(format, compressed, pixels) is { } because) CodecWire.Refuse(answers, because);
            else CodecWire.Answer(answers, pixels);
        }

        return 0;
    }
}
