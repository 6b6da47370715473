using System.Text;

namespace TriageWorker.Testing;

/// <summary>A body of STOW-RS, put together by hand: what a client writes, to the byte.</summary>
public static class StowBody
{
    public const string Boundary = "b";

    public const string Type = $"multipart/related; type=\"application/dicom\"; boundary={Boundary}";

    public static byte[] Of(params IEnumerable<byte[]> files) => Of(Boundary, files);

    public static byte[] Of(string boundary, IEnumerable<byte[]> files) =>
        [.. files.SelectMany(file => (byte[])[.. Part(boundary, "application/dicom"), .. file, .. "\r\n"u8]), .. End(boundary)];

    /// <summary>What stands before a part's content.</summary>
    public static byte[] Part(string boundary, string type) => Encoding.ASCII.GetBytes($"--{boundary}\r\nContent-Type: {type}\r\n\r\n");

    public static byte[] End(string boundary) => Encoding.ASCII.GetBytes($"--{boundary}--\r\n");
}
