using TriageWorker.Testing;

namespace TriageWorker.Benchmarks.Tensors;

/// <summary>A way of compressing without loss, and the peer that writes it.</summary>
/// <param name="Tool">Null where files stay as they were written.</param>
public sealed record TensorCodec(string Name, string? Tool, params string[] Arguments)
{
    public static IReadOnlyList<TensorCodec> All { get; } =
    [
        new("uncompressed", null),
        new("rle", "dcmcrle"),
        new("jpegls", "dcmcjpls", "+el"),
        new("jpeg", "dcmcjpeg", "+e1"),
        new("j2k", "gdcmconv", "--j2k"),
    ];

    public async Task CompressAsync(string file, string to)
    {
        if (Tool is null) File.Copy(file, to);
        else (await ExternalTool.RunAsync(Tool, [.. Arguments, file, to])).Expect();
    }
}
