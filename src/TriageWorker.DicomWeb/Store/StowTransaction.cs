using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;
using TriageWorker.Dicom.Network;

namespace TriageWorker.DicomWeb;

/// <summary>The instances of one request, one after the other; its session is told how it ended, whatever happened.</summary>
internal sealed class StowTransaction(StowAdmission.Open open, string? study, TimeProvider clock)
{
    private readonly List<StoredPart> _parts = [];
    private long _bytes;

    private int Stored => _parts.Count(part => part.Reason is null);

    public async Task<IResult> RunAsync(BodyParts parts, HttpContext http, CancellationToken stop)
    {
        using var patience = new Patience(open.Limits, clock, stop);
        var (kind, because) = (EndingKind.AbortedByUs, "a fault of ours");
        try
        {
            patience.Wait();
            await foreach (var part in parts.ReadAsync(http.Request.Body, patience.Token))
            {
                patience.Heard();
                patience.Begin();
                if (Unfit(part) is var (status, words))
                {
                    because = words;
                    return Broken(http, status, words);
                }

                await StoreAsync(part, patience);
                patience.Wait();
            }

            patience.Heard();
            (kind, because) = (EndingKind.Released, "all was answered");
            return _parts.Count == 0
                ? Problem.BadRequest("The body has no part, so there is nothing to store.")
                : new StowResponse(_parts, open.RetrieveFrom, study, open.Limits.RetryAfter);
        }
        catch (BadHttpRequestException broken) when (broken.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            because = "the body was too long";
            return Broken(http, broken.StatusCode, $"The body is longer than {open.Limits.MaxBytes} bytes, which are taken at once.");
        }
        catch (OperationCanceledException) when (patience.IsLost && !stop.IsCancellationRequested)
        {
            because = "nothing came for too long, or one instance took too long";
            return Broken(http, StatusCodes.Status408RequestTimeout, $"Nothing came for {open.Limits.Silence}, or one instance took longer than {open.Limits.InstanceWithin}.");
        }
        catch (Exception broken) when (broken is IOException or InvalidDataException or OperationCanceledException)
        {
            // Whether the server meets the reset or the missing rest of the body first is a matter of chance.
            var isGone = stop.IsCancellationRequested || broken is ConnectionResetException or BadHttpRequestException or OperationCanceledException;
            (kind, because) = isGone ? (EndingKind.Lost, "the connection went away") : (EndingKind.AbortedByCaller, "the body is cut, or no multipart body");
            // Also said where nobody seems to be there to read it: no end of this method may look like success.
            return Broken(http, StatusCodes.Status400BadRequest, $"The body is cut, or no multipart body: {broken.Message}");
        }
        finally
        {
            await open.Session.EndAsync(new AssociationEnding(kind, because, Stored, _parts.Count - Stored, _bytes), CancellationToken.None);
        }
    }

    /// <summary>Why the request ends before this part; null when it does not.</summary>
    private (int Status, string Words)? Unfit(BodyPart part) =>
        // Metadata and bulk data begin with the metadata, whatever the request says of itself.
        part.Number == 1 && !part.IsOrMayBe(Acceptable.DicomType) ? (StatusCodes.Status415UnsupportedMediaType, StowEndpoints.NotTaken(part.ContentType))
        : part.Number > open.Limits.MaxInstances ? (StatusCodes.Status413PayloadTooLarge, $"The body has more than {open.Limits.MaxInstances} parts, which are taken at once.")
        : open.Stopping.IsCancellationRequested ? (StatusCodes.Status503ServiceUnavailable, "The service is being stopped.")
        : null;

    private async Task StoreAsync(BodyPart part, Patience patience)
    {
        var instance = new IncomingInstance(open.Session, study, patience);
        try
        {
            _parts.Add(await instance.StoreAsync(part));
        }
        finally
        {
            _bytes += instance.Bytes;
        }
    }

    // The rest of the body is not read, so nothing else can come over this connection.
    private ProblemHttpResult Broken(HttpContext http, int status, string words)
    {
        if (HttpProtocol.IsHttp11(http.Request.Protocol)) http.Response.Headers[HeaderNames.Connection] = "close";
        if (status == StatusCodes.Status503ServiceUnavailable) http.Response.Headers[HeaderNames.RetryAfter] = StowEndpoints.Seconds(open.Limits.RetryAfter);
        return Problem.Of(status, Stored == 0 ? $"{words} Nothing is stored." : $"{words} {Stored} instances that came whole before are stored; storing them again changes nothing.");
    }
}
