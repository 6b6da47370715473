using System.Net;
using Microsoft.Extensions.Configuration;
using TriageWorker.Bus;
using TriageWorker.Delivery;
using TriageWorker.Host.Administration;
using TriageWorker.Intake;
using TriageWorker.Scoring;
using TriageWorker.Store;
using TriageWorker.Web;

namespace TriageWorker.Host.Doctor;

/// <summary>Everything that is looked at, in the order in which it is told.</summary>
internal static class Checks
{
    /// <param name="settings">Valid ones.</param>
    /// <param name="within">How long one check may take; each of its steps less, so that it can say what did not answer.</param>
    public static IReadOnlyList<Check> Of(IConfiguration settings, DatabaseDoor door, TimeSpan within, TimeProvider clock)
    {
        var site = Section<SiteOptions>(settings, SiteOptions.Section);
        var database = Section<DatabaseOptions>(settings, DatabaseOptions.Section);
        var intake = Section<IntakeOptions>(settings, IntakeOptions.Section);
        var web = Section<WebOptions>(settings, WebOptions.Section);
        var delivery = Section<DeliveryOptions>(settings, DeliveryOptions.Section);
        var named = settings.Get<RouteOptions>();
        var routes = named is { Destinations.Count: > 0 } ? named
            : new RouteOptions { Destinations = [new Route { Name = DestinationOptions.OwnStore, Kind = RouteKind.OwnStore, Demonstration = true }] };
        var times = new SiteTimes(site);
        var listeners = new OwnListeners(door, intake, web, within / 3);
        return
        [
            new DatabaseCheck(door), new SchemaCheck(door), new DurabilityCheck(door), new ClockCheck(door, clock), new ConnectionsCheck(door, database), new DatabaseDiskCheck(door),
            new BrokerCheck(Section<BusOptions>(settings, BusOptions.Section), within * 2 / 3),
            new SpoolCheck(Section<SpoolOptions>(settings, SpoolOptions.Section)), new OpenFilesCheck(intake, database),
            .. intake.Tls is { IsOn: true, Only: true } ? [] : new Check[] { new PortCheck("DICOM port", IntakeOptions.Section, IPAddress.Parse(intake.Address), intake.Port, listeners.IsIntakeAsync) },
            .. intake.Tls.IsOn ? new Check[]
            {
                new PortCheck("DICOM TLS port", $"{IntakeOptions.Section}:{nameof(IntakeOptions.Tls)}", IPAddress.Parse(intake.Address), intake.Tls.Port, listeners.IsSecuredIntakeAsync),
                new CertificateCheck(intake.Tls, clock),
            } : [],
            .. intake.DicomWeb is { Enabled: true, Port: { } stow }
                ? new Check[] { new PortCheck("DICOMweb port", $"{IntakeOptions.Section}:{nameof(IntakeOptions.DicomWeb)}", IPAddress.Parse(intake.Address), stow, listeners.IsSecuredIntakeAsync) } : [],
            new PortCheck("page port", WebOptions.Section, IPAddress.Parse(web.Address), web.Port, listeners.IsWebAsync),
            new CallersCheck(intake),
            .. routes.Destinations.Select(route => route.Kind == RouteKind.Stow ? (Check)new StowCheck(route, within * 2 / 3, clock) : new DestinationCheck(route, delivery, within * 2 / 3, clock)),
            new ModelCheck(Section<ScoringRoleOptions>(settings, ScoringRoleOptions.Section), routes, clock), new CodecsCheck(),
            new NodesCheck(door, times), new DueWorkCheck(door, times), new AlarmsCheck(door, times), new TimeZoneCheck(site),
        ];
    }

    private static T Section<T>(IConfiguration settings, string section) where T : class, new() => settings.GetSection(section).Get<T>() ?? new T();
}
