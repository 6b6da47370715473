using System.CommandLine;
using Microsoft.Extensions.Configuration;
using Spectre.Console;
using TriageWorker.Delivery;
using TriageWorker.Dicom.Network;
using TriageWorker.DicomWeb;
using TriageWorker.Host.Administration;
using TriageWorker.Host.Settings;
using TriageWorker.Store;

namespace TriageWorker.Host.Verbs;

/// <summary><c>triage destinations</c>: how it stands with each, why, what waits for it and when it is tried; <c>probe</c> calls one now.</summary>
public static class DestinationsVerb
{
    public static Command Create(IAnsiConsole console)
    {
        var file = SettingsOption.Create();
        var command = new Command("destinations", "List the destinations: is one down, since when and why, what waits for it, when it is tried again.") { file };
        command.Subcommands.Add(Probe(console));
        command.SetAction((parsed, stop) =>
        {
            var settings = EffectiveSettings.Load(parsed.GetValue(file));
            return ProductDatabase.UseAsync(console, settings, database => ListAsync(console, settings, database, stop), stop);
        });
        return command;
    }

    private static Command Probe(IAnsiConsole console)
    {
        var file = SettingsOption.Create();
        var name = new Argument<string>("NAME") { Description = "The destination, as triage destinations lists it." };
        var command = new Command("probe", "Call a destination now, by C-ECHO or with an empty STOW-RS request; when it answers and counts as down, its next document is sent at once.") { name, file };
        command.SetAction((parsed, stop) =>
        {
            var settings = EffectiveSettings.Load(parsed.GetValue(file));
            var route = RoutesOf(settings).FirstOrDefault(route => route.Name == parsed.GetRequiredValue(name)) ?? throw new UserFault(
                $"The settings name no destination {parsed.GetRequiredValue(name)}; there are: {string.Join(", ", RoutesOf(settings).Select(route => route.Name))}.");
            return ProbeAsync(console, settings, route, stop);
        });
        return command;
    }

    private static async Task<int> ListAsync(IAnsiConsole console, IConfiguration settings, Database database, CancellationToken stop)
    {
        var lanes = (await new LaneStore(database).ListAsync(stop)).ToDictionary(lane => lane.Name, StringComparer.Ordinal);
        var routes = RoutesOf(settings);
        var table = new Table().Border(TableBorder.Simple).AddColumns("destination", "where", "state", "waiting", "under way", "failed for good", "why", "next probe");
        foreach (var route in routes) Add(table, Where(route), lanes.GetValueOrDefault(route.Name, Untroubled(route.Name)));
        foreach (var lane in lanes.Values.Where(lane => routes.All(route => route.Name != lane.Name) && lane.Waiting + lane.Running + lane.Dead > 0))
            Add(table, "not in the settings any more", lane);
        console.Write(table);
        foreach (var stated in StatedPolicies.Of(settings).Skip(2)) console.WriteLine($"{stated.Of}: {stated.Sentence}");
        return ExitCode.Done;
    }

    private static LaneState Untroubled(string name) => new(name, 0, 0, 0, 0, null, null, null, 0, null, false);

    private static void Add(Table table, string where, LaneState lane)
    {
        var state = lane switch
        {
            { DownSince: { } since } => $"down since {DeadLettersVerb.Time(since)}",
            { Failures: > 0 } => $"failed {lane.Failures} in a row",
            _ => "up",
        };
        var next = lane switch
        {
            { NextProbe: null } => "",
            { IsProbing: true } => "under way",
            { Waiting: 0 } => "with the next document",
            { NextProbe: { } at } => DeadLettersVerb.Time(at),
        };
        table.AddPlainRow(lane.Name, where, state, $"{lane.Waiting}", $"{lane.Running}", $"{lane.Dead}", lane.Reason ?? "", next);
    }

    private static async Task<int> ProbeAsync(IAnsiConsole console, IConfiguration settings, Route route, CancellationToken stop)
    {
        if (route.Kind == RouteKind.OwnStore) throw new UserFault($"{route.Name} is a folder of this product ({route.Kind}) and cannot be called; triage destinations says how it stands.");
        var answer = route.Kind == RouteKind.Stow ? await CallServiceAsync(route, stop) : await CallAsync(settings, route, stop);
        console.WriteLine(answer is null ? $"{route.Name} answers at {Where(route)}." : $"{route.Name} does not answer: {answer}");
        if (answer is not null) return ExitCode.SomeFailed;
        return await ProductDatabase.UseAsync(console, settings, async database =>
        {
            if (await new LaneStore(database).ProbeNowAsync(route.Name, $"user {Environment.UserName} at {Environment.MachineName}", stop))
                console.WriteLine("It counted as down: its next document is sent now, and when that arrives all others follow.");
            return ExitCode.Done;
        }, stop);
    }

    /// <returns>Null when it answered well.</returns>
    private static async Task<string?> CallAsync(IConfiguration settings, Route route, CancellationToken stop)
    {
        var own = settings.GetSection(DeliveryOptions.Section).Get<DeliveryOptions>() ?? new DeliveryOptions();
        try
        {
            await using var association = await DicomAssociation.RequestAsync(new AssociationRequest
            {
                Host = route.Host, Port = route.Port, CalledAe = route.CalledAe, CallingAe = route.CallingAe.Length > 0 ? route.CallingAe : own.CallingAe,
            }, stop);
            var status = await association.EchoAsync(stop);
            await association.ReleaseAsync(stop);
            return status.IsSuccess ? null : $"it answered {status}.";
        }
        catch (DicomNetworkException fault)
        {
            return fault.Message;
        }
    }

    private static async Task<string?> CallServiceAsync(Route route, CancellationToken stop)
    {
        try
        {
            using var connection = StowConnection.To(route, TimeProvider.System);
            return StowFaults.OfProbe(await connection.Client.ProbeStoreAsync(stop))?.Because;
        }
        catch (Exception fault) when (fault is DicomWebException or RouteException)
        {
            return fault.Message;
        }
    }

    private static List<Route> RoutesOf(IConfiguration settings) => settings.GetSection(nameof(RouteOptions.Destinations)).Get<List<Route>>() is { Count: > 0 } named
        ? named
        : [new Route { Name = DestinationOptions.OwnStore, Kind = RouteKind.OwnStore }];

    private static string Where(Route route) => route.Kind switch
    {
        RouteKind.Dicom => $"{route.CalledAe} at {route.Host}:{route.Port}",
        RouteKind.Stow => $"{route.Url}",
        _ => "this product's own store",
    };
}
