using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace TriageWorker.DicomWeb;

/// <summary>
/// Sends files as they are stored. A file that fails midway ends the connection, so that no client takes a part for the whole.
/// </summary>
internal sealed class InstancesResult(IReadOnlyList<StoredInstance> instances, Packing packing) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.Headers[HeaderNames.Vary] = HeaderNames.Accept;
        return packing is Packing.Single ? SingleAsync(response, instances[0], httpContext.RequestAborted) : MultipartAsync(response, httpContext.RequestAborted);
    }

    private static async Task SingleAsync(HttpResponse response, StoredInstance instance, CancellationToken stop)
    {
        response.ContentType = TypeOf(instance);
        response.ContentLength = new FileInfo(instance.Path).Length;
        response.Headers[HeaderNames.ContentDisposition] = $"attachment; filename=\"{instance.SopInstanceUid}.dcm\"";
        await response.SendFileAsync(instance.Path, stop);
    }

    private async Task MultipartAsync(HttpResponse response, CancellationToken stop)
    {
        // 128 random bits: no file holds them by chance.
        var boundary = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        response.ContentType = $"{Acceptable.Related}; type=\"{Acceptable.Dicom}\"; boundary={boundary}";
        foreach (var instance in instances)
        {
            var length = new FileInfo(instance.Path).Length;
            await WriteAsync(response, $"--{boundary}\r\nContent-Type: {TypeOf(instance)}\r\nContent-Length: {length.ToString(CultureInfo.InvariantCulture)}\r\n\r\n", stop);
            await response.SendFileAsync(instance.Path, 0, length, stop);
            await WriteAsync(response, "\r\n", stop);
        }

        await WriteAsync(response, $"--{boundary}--\r\n", stop);
    }

    private static string TypeOf(StoredInstance instance) => $"{Acceptable.Dicom}; transfer-syntax={instance.TransferSyntax}";

    private static async Task WriteAsync(HttpResponse response, string text, CancellationToken stop) =>
        await response.BodyWriter.WriteAsync(Encoding.ASCII.GetBytes(text), stop);
}
