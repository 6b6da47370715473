using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using TriageWorker.DicomWeb;

namespace TriageWorker.Web;

/// <summary>The DICOMweb origin server over spool and database.</summary>
internal static class DicomWebService
{
    public static void Map(WebApplication app)
    {
        var instances = app.Services.GetRequiredService<SpoolInstances>();
        var limits = new SearchLimits { MostMatches = app.Services.GetRequiredService<IOptions<WebOptions>>().Value.MostMatches };
        app.MapWadoRs(SpoolInstances.Prefix, instances.FindAsync);
        app.MapRendered(SpoolInstances.Prefix, instances.FindAsync, app.Services.GetRequiredService<SpoolPictures>().RenderAsync);
        app.MapQidoRs(SpoolInstances.Prefix, app.Services.GetRequiredService<SpoolSearch>().FindAsync, limits);
        app.MapCapabilities(SpoolInstances.Prefix);
    }
}
