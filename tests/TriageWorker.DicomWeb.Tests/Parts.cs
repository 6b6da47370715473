using Microsoft.AspNetCore.WebUtilities;

namespace TriageWorker.DicomWeb.Tests;

/// <summary>A multipart answer taken apart by ASP.NET's reader.</summary>
internal static class Parts
{
    public static async Task<List<(string Type, byte[] Bytes)>> OfAsync(HttpResponseMessage response, CancellationToken stop)
    {
        var type = response.Content.Headers.ContentType.ShouldNotBeNull();
        type.MediaType.ShouldBe("multipart/related");
        var reader = new MultipartReader(type.Parameters.Single(parameter => parameter.Name == "boundary").Value!, await response.Content.ReadAsStreamAsync(stop));
        var parts = new List<(string, byte[])>();
        while (await reader.ReadNextSectionAsync(stop) is { } part)
        {
            using var bytes = new MemoryStream();
            await part.Body.CopyToAsync(bytes, stop);
            part.Headers!["Content-Length"].ToString().ShouldBe($"{bytes.Length}");
            parts.Add((part.ContentType!, bytes.ToArray()));
        }

        return parts;
    }
}
