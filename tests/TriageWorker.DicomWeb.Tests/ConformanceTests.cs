using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using TriageWorker.Dicom;
using TriageWorker.Testing;

namespace TriageWorker.DicomWeb.Tests;

/// <summary>What docs/dicom-conformance.md says of DICOMweb, against the endpoints.</summary>
public sealed class ConformanceTests
{
    [Fact]
    public async Task The_resources_are_those_of_the_statement()
    {
        await using var app = WebApplication.CreateSlimBuilder().Build();
        IEndpointRouteBuilder routes = app;
        FindInstances find = (_, _) => Task.FromResult<IReadOnlyList<StoredInstance>>([]);
        routes.MapWadoRs("/dicom-web", find);
        routes.MapRendered("/dicom-web", find, (_, _, _) => throw new InvalidOperationException());
        routes.MapQidoRs("/dicom-web", (_, _) => throw new InvalidOperationException());
        routes.MapCapabilities("/dicom-web");
        ConformanceStatement.Table("3-1").Select(row => (row["Method"], row["Resource"])).ShouldBe(
            routes.DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
                .SelectMany(endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods, (endpoint, method) => (method, endpoint.RoutePattern.RawText!)));
    }

    [Fact]
    public async Task The_resources_of_the_store_transaction_are_those_of_the_statement()
    {
        await using var app = WebApplication.CreateSlimBuilder().Build();
        IEndpointRouteBuilder routes = app;
        routes.MapStowRs("/dicom-web", _ => new StowAdmission.Refused(503, ""), TimeProvider.System);
        ConformanceStatement.Table("3-4").Select(row => (row["Method"], row["Resource"])).ShouldBe(
            routes.DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
                .SelectMany(endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods, (endpoint, method) => (method, endpoint.RoutePattern.RawText!)));
    }

    [Fact]
    public void Compressed_frames_have_the_media_types_of_the_statement()
    {
        foreach (var row in ConformanceStatement.Table("3-2"))
        {
            PixelMediaType.Of(row["UID"]).ShouldBe(row["Media type"], row["UID"]);
            DicomUid.Find(row["UID"])?.Name.ShouldStartWith(row["Transfer syntax"].Split(" (")[0]);
        }
    }
}
