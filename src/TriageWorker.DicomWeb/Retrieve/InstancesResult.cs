using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using TriageWorker.Dicom;

namespace TriageWorker.DicomWeb;

/// <summary>
/// Sends instances, as they are stored where that was accepted. A file that fails midway ends the connection, so that no
/// client takes a part for the whole.
/// </summary>
internal sealed class InstancesResult(IReadOnlyList<StoredInstance> instances, Acceptable accepted) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.Headers[HeaderNames.Vary] = HeaderNames.Accept;
        return accepted.Packing is Packing.Single ? SingleAsync(response, instances[0], httpContext.RequestAborted) : MultipartAsync(response, httpContext.RequestAborted);
    }

    private async Task SingleAsync(HttpResponse response, StoredInstance instance, CancellationToken stop)
    {
        response.ContentType = TypeOf(instance);
        response.Headers[HeaderNames.ContentDisposition] = $"attachment; filename=\"{instance.SopInstanceUid}.dcm\"";
        await SendAsync(response, instance, length => Announce(response, length), stop);

        static Task Announce(HttpResponse response, long length)
        {
            response.ContentLength = length;
            return Task.CompletedTask;
        }
    }

    private async Task MultipartAsync(HttpResponse response, CancellationToken stop)
    {
        // 128 random bits: no file holds them by chance.
        var boundary = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        response.ContentType = $"{Acceptable.Related}; type=\"{Acceptable.DicomType}\"; boundary={boundary}";
        foreach (var instance in instances)
        {
            await SendAsync(response, instance, length => WriteAsync(response, Head(boundary, instance, length), stop), stop);
            await WriteAsync(response, "\r\n", stop);
        }

        await WriteAsync(response, $"--{boundary}--\r\n", stop);
    }

    private string Head(string boundary, StoredInstance instance, long length) =>
        $"--{boundary}\r\nContent-Type: {TypeOf(instance)}\r\nContent-Length: {length.ToString(CultureInfo.InvariantCulture)}\r\n\r\n";

    private async Task SendAsync(HttpResponse response, StoredInstance instance, Func<long, Task> announce, CancellationToken stop)
    {
        if (!accepted.IsWrittenAnew(instance))
        {
            var length = new FileInfo(instance.Path).Length;
            await announce(length);
            await response.SendFileAsync(instance.Path, 0, length, stop);
            return;
        }

        // Small instances pass through memory, large ones through a file that goes away with the stream.
        await using var anew = new FileBufferingWriteStream();
        new DicomFile(DicomFile.Read(instance.Path).Dataset, TransferSyntax.Of(accepted.SyntaxOf(instance))).Write(anew);
        await announce(anew.Length);
        await anew.DrainBufferAsync(response.BodyWriter, stop);
    }

    private string TypeOf(StoredInstance instance) => $"{Acceptable.DicomType}; transfer-syntax={accepted.SyntaxOf(instance)}";

    private static async Task WriteAsync(HttpResponse response, string text, CancellationToken stop) =>
        await response.BodyWriter.WriteAsync(Encoding.ASCII.GetBytes(text), stop);
}
