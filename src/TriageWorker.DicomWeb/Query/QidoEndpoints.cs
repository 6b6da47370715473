using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;
using TriageWorker.Dicom;
using TriageWorker.Dicom.Matching;

namespace TriageWorker.DicomWeb;

/// <summary>QIDO-RS: search for studies, series and instances (PS3.18 10.6).</summary>
public static class QidoEndpoints
{
    /// <summary>
    /// Maps the six search resources below <paramref name="prefix"/>. The answer is 200 with the matches, which may be none, as DICOM JSON;
    /// 400 with words for what is no attribute, no value of it, or no key here; 406 for XML. A server's limit, matching that is not
    /// done and attributes that are not given are told in Warning headers; X-Total-Count says how many match where that is known.
    /// </summary>
    /// <returns>The group, for the caller to guard.</returns>
    public static RouteGroupBuilder MapQidoRs(this IEndpointRouteBuilder app, string prefix, Search search, SearchLimits? limits = null)
    {
        var group = app.MapGroup(prefix);
        var endpoint = new Searching(prefix, search, limits ?? new SearchLimits());
        Transaction Of(string what) => new("Search", what, DicomJsonResult.Type)
        {
            Parameters = ["{attribute}", SearchParameters.IncludeField, SearchParameters.LimitName, SearchParameters.OffsetName, SearchParameters.Fuzzy, "accept"],
        };
        group.MapGet("studies", (HttpContext http, CancellationToken stop) => endpoint.AnswerAsync(QueryLevel.Study, null, http, stop)).Is(Of("Studies"));
        group.MapGet("series", (HttpContext http, CancellationToken stop) => endpoint.AnswerAsync(QueryLevel.Series, null, http, stop)).Is(Of("Series"));
        group.MapGet("instances", (HttpContext http, CancellationToken stop) => endpoint.AnswerAsync(QueryLevel.Instance, null, http, stop)).Is(Of("Instances"));
        group.MapGet(WadoEndpoints.Study + "/series", (string study, HttpContext http, CancellationToken stop) =>
            endpoint.AnswerAsync(QueryLevel.Series, new(study), http, stop)).Is(Of("Series"));
        group.MapGet(WadoEndpoints.Study + "/instances", (string study, HttpContext http, CancellationToken stop) =>
            endpoint.AnswerAsync(QueryLevel.Instance, new(study), http, stop)).Is(Of("Instances"));
        group.MapGet(WadoEndpoints.Series + "/instances", (string study, string series, HttpContext http, CancellationToken stop) =>
            endpoint.AnswerAsync(QueryLevel.Instance, new(study, series), http, stop)).Is(Of("Instances"));
        return group;
    }

    private sealed class Searching(string prefix, Search search, SearchLimits limits)
    {
        public async Task<IResult> AnswerAsync(QueryLevel level, RetrieveTarget? inside, HttpContext http, CancellationToken stop)
        {
            if (DicomJsonResult.Refuse(http.Request) is { } refusal) return Problem.NotAcceptable(refusal);
            if (inside?.Fault is { } part) return Problem.BadRequest($"The {part} in the address is no UID.");
            var parameters = new SearchParameters(limits);
            if (parameters.TryRead(level, inside, http.Request.Query, out var request) is { } fault) return Problem.BadRequest(fault);
            var answer = await search(request, stop);
            if (answer is SearchAnswer.Refused(var why)) return Problem.BadRequest(why);
            var matches = (SearchAnswer.Matches)answer;
            var service = ServiceAddress.Of(http.Request, prefix);
            if (parameters.WantsFuzzy) Warn(http, service, "The fuzzymatching parameter is not supported. Only literal matching has been performed.");
            if (matches.MoreRemain && parameters.IsLimited) Warn(http, service, $"The number of results exceeded the maximum supported by the server. There are additional results: ask with {SearchParameters.OffsetName}.");
            if (matches.Lacking is { } lacking) Warn(http, service, lacking);
            if (!matches.MoreRemain && (matches.All.Count > 0 || request.Offset == 0))
                http.Response.Headers["X-Total-Count"] = (request.Offset + matches.All.Count).ToString(CultureInfo.InvariantCulture);
            foreach (var match in matches.All) match.Set(DicomTag.RetrieveURL, AddressOf(match, level, service));
            return new DicomJsonResult(matches.All.ToAsyncEnumerable());
        }

        // PS3.18, 8.3.4.2 and 8.3.4.4.
        private static void Warn(HttpContext http, string service, string text) => http.Response.Headers.Append(HeaderNames.Warning, $"299 {service}: \"{text}\"");

        private static string AddressOf(DicomDataset match, QueryLevel level, string service)
        {
            var address = $"{service}/studies/{match.GetString(DicomTag.StudyInstanceUID)}";
            if (level >= QueryLevel.Series) address += $"/series/{match.GetString(DicomTag.SeriesInstanceUID)}";
            return level == QueryLevel.Instance ? address + $"/instances/{match.GetString(DicomTag.SOPInstanceUID)}" : address;
        }
    }
}
