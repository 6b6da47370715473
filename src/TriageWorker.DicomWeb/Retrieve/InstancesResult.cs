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
        if (EntityTag.IsKnown(httpContext, EntityTag.Of(instances, $"{accepted.Packing} {accepted.TransferSyntax}"))) return Task.CompletedTask;
        return accepted.Packing is Packing.Single ? SingleAsync(response, instances[0], httpContext.RequestAborted) : MultipartAsync(response, httpContext.RequestAborted);
    }

    private async Task SingleAsync(HttpResponse response, StoredInstance instance, CancellationToken stop)
    {
        response.ContentType = TypeOf(instance);
        response.Headers[HeaderNames.ContentDisposition] = $"attachment; filename=\"{instance.SopInstanceUid}.dcm\"";
        await SendAsync(response, instance, length => Announce(response, length), stop);

        static ValueTask Announce(HttpResponse response, long length)
        {
            response.ContentLength = length;
            return default;
        }
    }

    private async Task MultipartAsync(HttpResponse response, CancellationToken stop)
    {
        var multipart = new MultipartWriter(response.BodyWriter, Acceptable.DicomType);
        response.ContentType = multipart.ContentType;
        foreach (var instance in instances)
        {
            await SendAsync(response, instance, async length => await multipart.BeginPartAsync(TypeOf(instance), length, stop), stop);
            await multipart.EndPartAsync(stop);
        }

        await multipart.EndAsync(stop);
    }

    private async Task SendAsync(HttpResponse response, StoredInstance instance, Func<long, ValueTask> announce, CancellationToken stop)
    {
        if (!accepted.IsWrittenAnew(instance))
        {
            var file = ByteRun.WholeFile(instance.Path);
            await announce(file.Length);
            await file.CopyToAsync(response.BodyWriter, stop);
            return;
        }

        // Small instances pass through memory, large ones through a file that goes away with the stream.
        await using var anew = new FileBufferingWriteStream();
        new DicomFile(DicomFile.Read(instance.Path).Dataset, TransferSyntax.Of(accepted.SyntaxOf(instance))).Write(anew);
        await announce(anew.Length);
        await anew.DrainBufferAsync(response.BodyWriter, stop);
    }

    private string TypeOf(StoredInstance instance) => $"{Acceptable.DicomType}; transfer-syntax={accepted.SyntaxOf(instance)}";
}
