using System.Globalization;
using System.IO.Pipelines;
using System.Security.Cryptography;
using System.Text;

namespace TriageWorker.DicomWeb;

/// <summary>
/// Writes a <c>multipart/related</c> message (RFC 2387; PS3.18, 8.6.1.2), part by part as its content comes. A message that does
/// not end with <see cref="EndAsync"/> has no closing boundary: its reader sees that it is torn.
/// </summary>
/// <param name="partType">The media type of the parts, without parameters.</param>
public sealed class MultipartWriter(PipeWriter output, string partType)
{
    public const string Related = "multipart/related";

    // 128 random bits: no content holds them by chance.
    private readonly string _boundary = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    /// <summary>What the message says of itself.</summary>
    public string ContentType => $"{Related}; type=\"{partType}\"; boundary={_boundary}";

    /// <summary>Begins a part; the caller writes its content to the same output, then ends it.</summary>
    /// <param name="contentType">Of this part, with its parameters.</param>
    /// <param name="length">Bytes that will follow.</param>
    public ValueTask<FlushResult> BeginPartAsync(string contentType, long length, CancellationToken stop) => WriteAsync(
        $"--{_boundary}\r\nContent-Type: {contentType}\r\nContent-Length: {length.ToString(CultureInfo.InvariantCulture)}\r\n\r\n", stop);

    public ValueTask<FlushResult> EndPartAsync(CancellationToken stop) => WriteAsync("\r\n", stop);

    public ValueTask<FlushResult> EndAsync(CancellationToken stop) => WriteAsync($"--{_boundary}--\r\n", stop);

    private ValueTask<FlushResult> WriteAsync(string text, CancellationToken stop) => output.WriteAsync(Encoding.ASCII.GetBytes(text), stop);
}
