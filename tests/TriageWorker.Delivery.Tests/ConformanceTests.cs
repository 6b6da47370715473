using System.Collections.Immutable;
using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using TriageWorker.Dicom;
using TriageWorker.Dicom.Network;
using TriageWorker.Testing;
using TriageWorker.Triage;

namespace TriageWorker.Delivery.Tests;

/// <summary>What docs/dicom-conformance.md says of DELIVERY, against what it proposes and does.</summary>
public sealed class ConformanceTests(DeliveryFixture fixture) : IClassFixture<DeliveryFixture>
{
    private Installation Sending(int port, params (string, string)[] more) => fixture.Install(
        [("Destinations:0:Name", "pacs"), ("Destinations:0:Host", "127.0.0.1"), ("Destinations:0:CalledAe", "PACS"), ("Destinations:0:Port", $"{port}"), .. more]);

    [Theory]
    [InlineData("Sr"), InlineData("Text")]
    public async Task It_proposes_for_a_document_what_the_statement_lists_and_nothing_else(string document)
    {
        await using var pacs = AnsweringPacs.With(DimseStatus.Success);
        await using var installation = Sending(pacs.Port, ("Destinations:0:Documents:0", document));
        await installation.ScoredAsync();
        await installation.DeliverAsync();

        var request = pacs.Requests.ShouldHaveSingleItem();
        request.Contexts.Select(context => (context.AbstractSyntax, context.TransferSyntaxes.ShouldHaveSingleItem(), RoleIn(request, context.AbstractSyntax)))
            .ShouldBe(Proposals().Where(row => row["Document"] == document).Select(row => (row["UID"], row["UID of the syntax"], row["Role"])));
        ConformanceStatement.Values("2-10", "DELIVERY").ShouldBe(ConformanceStatement.ValuesOf(request), ignoreOrder: true);
    }

    [Fact]
    public void Each_kind_of_document_is_listed_and_so_are_the_names_of_its_classes()
    {
        Proposals().Select(row => row["Document"]).Distinct().ShouldBe(Enum.GetNames<Store.DocumentKind>(), ignoreOrder: true);
        foreach (var row in Proposals()) (row["SOP class"], row["Transfer syntax"]).ShouldBe((DicomUid.Find(row["UID"])!.Name, DicomUid.Find(row["UID of the syntax"])!.Name));
        Proposals().Where(row => row["Document"] == "Sr").Select(row => row["UID"]).ShouldBe(SrDocument.SopClasses);
        ConformanceStatement.Table("0-1").Where(row => row["User of service (SCU)"] == "DELIVERY").Select(row => (row["SOP classes"], row["UID"]))
            .ShouldBe(Proposals().Select(row => (row["SOP class"], row["UID"])));
    }

    [Fact]
    public async Task Each_status_has_the_consequence_that_the_statement_says()
    {
        foreach (var row in ConformanceStatement.Table("2-11"))
        {
            var status = new DimseStatus(ushort.Parse(row["Code"], NumberStyles.HexNumber, CultureInfo.InvariantCulture));
            await using var pacs = AnsweringPacs.With(status);
            await using var installation = Sending(pacs.Port);
            var study = await installation.ScoredAsync();
            await installation.DeliverAsync();
            (await ConsequenceAsync(installation, study)).ShouldBe(row["Delivery"], row["Code"]);
        }
    }

    /// <summary>A success, a warning and a failure of each kind, and those that are treated otherwise than their kind.</summary>
    [Fact]
    public void The_statuses_that_are_told_apart_are_all_listed() =>
        ConformanceStatement.Table("2-11").Select(row => row["Code"]).ShouldBe(["0000", "B000", "0111", "A700", "0110", "0213", "0122", "0124", "A900", "C000"]);

    [Fact]
    public async Task Each_failure_has_the_consequence_that_the_statement_says()
    {
        var rows = ConformanceStatement.Table("2-12");
        var failures = ImmutableList.Create<(string When, Func<Task<AnsweringPacs>> Pacs)>(
            ("no TCP connection", () => Task.FromResult(AnsweringPacs.Silent())),
            ("rejected for now", () => Task.FromResult(AnsweringPacs.Rejecting(AssociateReject.TemporaryCongestion))),
            ("rejected for good", () => Task.FromResult(AnsweringPacs.Rejecting(AssociateReject.CalledAeNotRecognised))),
            ("none of the presentation contexts", () => Task.FromResult(AnsweringPacs.TakingNothing())),
            ("sends what DICOM does not allow", () => Task.FromResult(AnsweringPacs.Babbling())),
            ("takes no leave", () => Task.FromResult(AnsweringPacs.WithoutLeave())));
        rows.Count.ShouldBe(failures.Count);
        foreach (var (row, failure) in rows.Zip(failures))
        {
            row["What happens"].ShouldContain(failure.When);
            await using var pacs = await failure.Pacs();
            await using var installation = Sending(pacs.Port);
            var study = await installation.ScoredAsync();
            await installation.DeliverAsync();
            (await ConsequenceAsync(installation, study)).ShouldBe(row["Delivery"], failure.When);
        }
    }

    [Fact]
    public void Settings_have_the_defaults_and_the_ranges_of_the_statement()
    {
        string[] ofAssociations = [nameof(DeliveryOptions.CallingAe), nameof(DeliveryOptions.Slots), nameof(DeliveryOptions.MaxAttempts)]; // the others are of documents
        ConformanceStatement.Table("2-16").Select(row => row["Key"]).ShouldBe(
            [.. ofAssociations.Select(name => $"{DeliveryOptions.Section}:{name}"), .. typeof(Route).GetProperties().Select(property => $"Destinations:n:{property.Name}")], ignoreOrder: true);
        foreach (var row in ConformanceStatement.Table("2-16"))
        {
            var (options, name) = (row["Key"].StartsWith("Delivery:", StringComparison.Ordinal) ? (object)new DeliveryOptions() : new Route(), row["Key"].Split(':')[^1]);
            var value = options.GetType().GetProperty(name).ShouldNotBeNull(row["Key"]).GetValue(options);
            (value is System.Collections.ICollection list ? list.Count == 0 ? "empty" : "some" : $"{value}" is { Length: > 0 } text ? text : "empty").ShouldBe(row["Default"], row["Key"]);
            if (row["Least"].Length == 0) continue;
            var (least, most) = (int.Parse(row["Least"], CultureInfo.InvariantCulture), int.Parse(row["Most"], CultureInfo.InvariantCulture));
            new[] { least, most, least - 1, most + 1 }.Select(number => IsValid(row["Key"], number)).ShouldBe([true, true, false, false], row["Key"]);
        }
    }

    private static bool IsValid(string key, int number)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(
        [
            new("Destinations:0:Name", "pacs"), new("Destinations:0:Host", "pacs"), new("Destinations:0:CalledAe", "PACS"),
            new(key.Replace(":n:", ":0:", StringComparison.Ordinal), $"{number}"),
        ]).Build();
        using var services = new ServiceCollection().AddSingleton<IConfiguration>(configuration).AddDelivery(configuration).BuildServiceProvider();
        try
        {
            _ = services.GetRequiredService<IOptions<DeliveryOptions>>().Value;
            _ = services.GetRequiredService<IOptions<RouteOptions>>().Value;
            return true;
        }
        catch (OptionsValidationException)
        {
            return false;
        }
    }

    private static async Task<string> ConsequenceAsync(Installation installation, StudyUid study)
    {
        var state = (await installation.DeliveriesAsync(study)).ShouldHaveSingleItem().State;
        var waits = (await installation.WorkAsync(study)).ShouldHaveSingleItem().Waits;
        await installation.GiveUpAsync(study); // or the next case would meet it
        return state != "due" ? state : waits > TimeSpan.FromMinutes(10) ? "tried again, slowly" : "tried again";
    }

    private static string RoleIn(AssociateRequest request, string sopClass) => request.User.Roles.Any(role => role.SopClassUid == sopClass && role.IsScp) ? "SCP" : "SCU";

    private static IEnumerable<ConformanceRow> Proposals() =>
        ConformanceStatement.Table("2-9").OrderBy(row => row["Document"]).ThenBy(row => int.Parse(row["Order"], CultureInfo.InvariantCulture));
}
