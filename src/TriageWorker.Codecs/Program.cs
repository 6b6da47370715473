using TriageWorker.Codecs;
using TriageWorker.Imaging.Decoding;

switch (args)
{
    case [DecoderProgram.ProbeArgument]:
        Console.WriteLine(Gdcm.Probe().Write());
        return 0;
    case [CodecWire.Serve]:
        return FrameServer.Run();
    default:
        await Console.Error.WriteLineAsync(
            $"""
             Usage: triage-codecs {DecoderProgram.ProbeArgument}    says as JSON which compressed pixels can be decoded here
                    triage-codecs {CodecWire.Serve}    decodes frames that come by standard input until that ends; TriageWorker starts it so
             """);
        return 2;
}
