using System.Buffers.Binary;
using System.Globalization;
using System.Net.Sockets;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using TriageWorker.Dicom;
using TriageWorker.Dicom.Network;
using TriageWorker.Testing;

namespace TriageWorker.Intake.Tests;

/// <summary>What docs/dicom-conformance.md says of INTAKE, against a running one.</summary>
public sealed class ConformanceTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private const string Storage = "1.2.840.10008.5.1.4.1.1.";

    // What is offered beside storage.
    private static readonly string[] s_others = [DicomUid.Verification, DicomUid.StorageCommitmentPushModel, DicomUid.InstanceAvailabilityNotification,
        DicomUid.StudyRootQueryRetrieveInformationModelFind, DicomUid.StudyRootQueryRetrieveInformationModelMove];

    // One that stands for a family is met with some of its members.
    private static readonly HashSet<string> s_exceptions = [.. ConformanceStatement.Table("2-2").SelectMany(row => row["UID"].EndsWith('*')
        ? Enumerable.Range(1, 19).Select(number => row["UID"].Replace("*", $"{number}", StringComparison.Ordinal)) : [row["UID"]])];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    // PS3.6 as the dictionary has it, and the syntaxes and services that came after its edition.
    private static IReadOnlyList<string> Syntaxes { get; } =
    [
        .. Known.Where(known => known.Kind == "Transfer Syntax").Select(known => known.Uid),
        .. Enumerable.Range(110, 3).Concat(Enumerable.Range(200, 11)).Select(number => $"1.2.840.10008.1.2.4.{number}"), "1.2.840.10008.1.2.8.1", "1.2.840.113619.5.2", "1.2.3.4",
    ];

    private static IReadOnlyList<string> SopClasses { get; } =
    [
        .. Known.Where(known => known.Kind is "SOP Class" or "Meta SOP Class" or "Service Class").Select(known => known.Uid), .. Named("A-1"), .. s_exceptions,
        "1.2.840.10008.5.1.4.1.1", "1.2.3.4",
    ];

    // Two retired classes have no name in PS3.6, and so no constant.
    private static IEnumerable<KnownUid> Known => typeof(DicomUid).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Where(constant => constant.IsLiteral).Select(constant => (string)constant.GetRawConstantValue()!)
        .Concat([Storage + "12.77", Storage + "40"]).Select(DicomUid.Find).OfType<KnownUid>();

    [Fact]
    public async Task Of_all_SOP_classes_and_transfer_syntaxes_exactly_those_of_the_statement_are_accepted()
    {
        using var folder = new TemporaryFolder();
        await using var intake = await RunningIntake.StartAsync(postgres.ConnectionString, folder.At("spool"));
        var pairs = SopClasses.Distinct().SelectMany(_ => Syntaxes.Distinct(), (sopClass, syntax) => (sopClass, syntax)).ToList();
        var accepted = new List<(string, string)>();
        var refused = new List<(string SopClass, ContextResult Result)>();
        foreach (var some in pairs.Chunk(128))
        {
            var contexts = some.Select((pair, i) => new ProposedContext((byte)(2 * i + 1), pair.sopClass, [pair.syntax])).ToList();
            await using var association = await DicomAssociation.RequestAsync(intake.Call() with { Contexts = contexts }, Stop);
            accepted.AddRange(association.Contexts.Select(context => (context.AbstractSyntax, context.TransferSyntax)));
            refused.AddRange(association.Accept.Contexts.Where(context => context.Result != ContextResult.Accepted)
                .Select(context => (contexts.Single(proposed => proposed.Id == context.Id).AbstractSyntax, context.Result)));
            await association.ReleaseAsync(Stop);
        }

        var listed = Named("A-1").SelectMany(_ => Named("2-5"), (sopClass, syntax) => (sopClass, syntax))
            .Concat(s_others.SelectMany(_ => Named("2-6"), (sopClass, syntax) => (sopClass, syntax))).ToList();
        accepted.Except(listed).ShouldBeEmpty("accepted, and not in the statement");
        listed.Except(accepted).ShouldBeEmpty("in the statement, and not accepted");
        var known = listed.Select(pair => pair.Item1).ToHashSet();
        refused.Distinct().ShouldAllBe(one => one.Result == (known.Contains(one.SopClass) ? ContextResult.TransferSyntaxesNotSupported : ContextResult.AbstractSyntaxNotSupported));
    }

    [Fact]
    public void The_rule_of_storage_and_its_exceptions_give_the_list_of_the_annex()
    {
        ConformanceStatement.Table("2-1").Select(row => (row["SOP class"], row["SCU"], row["SCP"])).ShouldBe(
            [("Verification", "no", "yes"), ("Storage", "no", "yes"), ("Storage Commitment Push Model", "no", "yes"), ("Instance Availability Notification", "no", "yes"),
             ("Study Root Query/Retrieve - FIND", "no", "yes"), ("Study Root Query/Retrieve - MOVE", "no", "yes")]);
        ConformanceStatement.Table("2-1").Select(row => row["UID"].Split(',')[0]).ShouldBe([DicomUid.Verification, $"each UID below {Storage}", .. s_others.Skip(1)]);
        var byRule = Known.Where(known => known.Kind == "SOP Class" && known.Uid.StartsWith(Storage, StringComparison.Ordinal) && !s_exceptions.Contains(known.Uid));
        ConformanceStatement.Table("A-1").Select(row => (row["UID"], row["SOP class"], row["Retired"])).ShouldBe(
            byRule.Select(known => (known.Uid, known.Name.Length > 0 ? known.Name : "without a name in PS3.6", known.IsRetired ? "yes" : "no")), ignoreOrder: true);
        s_exceptions.ShouldAllBe(uid => DicomUid.IsValid(uid) && uid.StartsWith(Storage, StringComparison.Ordinal) && !StorageService.IsStorage(uid));
        // Also where PS3.6 of that edition has nothing: later ones may.
        Enumerable.Range(1, 700).SelectMany(_ => Enumerable.Range(0, 20), (major, minor) => minor == 0 ? $"{Storage}{major}" : $"{Storage}{major}.{minor}")
            .Where(uid => StorageService.IsStorage(uid) == s_exceptions.Contains(uid)).ShouldBeEmpty();
        var provided = ConformanceStatement.Table("0-1");
        provided.ShouldAllBe(row => row["Provider of service (SCP)"] == "INTAKE");
        provided.Where(row => !DicomUid.IsValid(row["UID"])).Select(row => row["SOP classes"]).ShouldBe(["Storage, the classes of Table A-1"]);
        provided.Select(row => row["UID"]).Where(DicomUid.IsValid).Except(Named("A-1")).ShouldBe(s_others);
    }

    [Theory]
    [InlineData(DicomUid.CTImageStorage, "2-5"), InlineData(DicomUid.Verification, "2-6"), InlineData(DicomUid.StorageCommitmentPushModel, "2-6")]
    public async Task Of_two_transfer_syntaxes_that_of_the_lower_rank_is_chosen_else_the_first(string sopClass, string table)
    {
        using var folder = new TemporaryFolder();
        await using var intake = await RunningIntake.StartAsync(postgres.ConnectionString, folder.At("spool"));
        var ranks = ConformanceStatement.Table(table).ToDictionary(row => row["UID"], row => int.Parse(row["Rank"], CultureInfo.InvariantCulture));
        foreach (var pairs in ranks.Keys.SelectMany(_ => ranks.Keys, (first, second) => (string[])[first, second]).Chunk(128))
        {
            var contexts = pairs.Select((pair, i) => new ProposedContext((byte)(2 * i + 1), sopClass, pair)).ToList();
            await using var association = await DicomAssociation.RequestAsync(intake.Call() with { Contexts = contexts }, Stop);
            association.Accept.Contexts.Select(context => context.TransferSyntax).ShouldBe(pairs.Select(pair => pair.MinBy(syntax => ranks[syntax])!));
            await association.ReleaseAsync(Stop);
        }
    }

    [Fact]
    public async Task The_answer_says_what_the_statement_says()
    {
        using var folder = new TemporaryFolder();
        await using var intake = await RunningIntake.StartAsync(postgres.ConnectionString, folder.At("spool"));
        await using var association = await DicomAssociation.RequestAsync(intake.Call() with
        {
            Contexts = AssociationRequest.For(DicomUid.Verification, DicomUid.CTImageStorage, DicomUid.StorageCommitmentPushModel),
            Operations = new AsynchronousOperations(16, 16),
            Roles = [new(DicomUid.CTImageStorage, IsScu: true, IsScp: true), new(DicomUid.Verification, true, true), new(DicomUid.StorageCommitmentPushModel, true, true)],
            Extended = [new(DicomUid.CTImageStorage, new byte[] { 0, 0, 1, 0, 1, 0 }), new(DicomUid.Verification, new byte[] { 1 })],
            Identity = new UserIdentity(UserIdentityKind.Username, "anna"u8.ToArray(), WantsResponse: true),
        }, Stop);
        var user = association.Accept.User;
        ConformanceStatement.Values("2-3", "INTAKE").ShouldBe(new Dictionary<string, string>
        {
            ["Application context name"] = AssociateRequest.DicomApplicationContext,
            ["Maximum length received"] = $"{user.MaxPduLength}",
            ["Implementation class UID"] = user.ImplementationClassUid,
            ["Implementation version name"] = user.ImplementationVersion,
            ["Asynchronous operations window"] = user.Operations is { } window ? $"{window.Invoked}/{window.Performed}" : "none",
            ["Storage extended negotiation"] = string.Join(' ', user.Extended.ShouldHaveSingleItem().Information.ToArray().Select(one => $"{one:X2}")),
            ["User identity response"] = user.IdentityResponse is null ? "none" : "sent",
        }, ignoreOrder: true);
        user.Roles.ShouldBe([new(DicomUid.CTImageStorage, IsScu: true, IsScp: false), new(DicomUid.Verification, IsScu: true, IsScp: false), new(DicomUid.StorageCommitmentPushModel, IsScu: true, IsScp: true)]);

        await using var silent = await DicomAssociation.RequestAsync(intake.Call(), Stop);
        silent.Accept.User.Operations.ShouldBeNull();
    }

    [Fact]
    public async Task Callers_are_rejected_with_the_numbers_of_the_statement()
    {
        using var folder = new TemporaryFolder();
        var rejections = new List<string>();
        (string, string)[][] settings =
        [
            [],
            [],
            [("Intake:CheckCalledAe", "true"), ("Intake:AeTitle", "OTHER")],
            [("Intake:Callers:0:AeTitle", "CT2")],
            [("Intake:MaxAssociations", "1")],
            [("Intake:Query:MaxAssociations", "1")],
            [("Spool:MinimumFreeBytes", $"{long.MaxValue}")],
        ];
        for (var i = 0; i < settings.Length; i++)
        {
            await using var intake = await RunningIntake.StartAsync(postgres.ConnectionString, folder.At($"spool{i}"), settings[i]);
            var asked = i == 5 ? AssociationRequest.For(DicomUid.StudyRootQueryRetrieveInformationModelFind) : AssociationRequest.Verification;
            await using var first = i is 4 or 5 ? await DicomAssociation.RequestAsync(intake.Call() with { Contexts = asked }, Stop) : null;
            rejections.Add(await RejectionAsync(intake.Port, asked, protocol: i == 0 ? 2 : 1, context: i == 1 ? "1.2.3" : AssociateRequest.DicomApplicationContext));
        }

        var rows = ConformanceStatement.Table("2-4");
        rows.Count.ShouldBe(settings.Length + 1);
        rows[^1]["When"].ShouldContain("stopped"); // a state that nobody outside can hold it in: met in the tests of the room
        rows.Take(settings.Length).Select(row => $"{row["Result"]} {row["Source"]} {row["Reason"]}").ShouldBe(rejections);
        $"{rows[^1]["Result"]} {rows[^1]["Source"]} {rows[^1]["Reason"]}".ShouldBe($"{AssociateReject.LocalLimitExceeded.Result} {AssociateReject.LocalLimitExceeded.Source} {AssociateReject.LocalLimitExceeded.Reason}");
    }

    [Fact]
    public void Settings_have_the_defaults_and_the_ranges_of_the_statement()
    {
        var properties = typeof(IntakeOptions).GetProperties().Where(property => property.PropertyType != typeof(IntakeTlsOptions) && property.PropertyType != typeof(IntakeWebOptions) && property.PropertyType != typeof(IntakeQueryOptions)).ToArray();
        ConformanceStatement.Table("2-13").Select(row => row["Key"]).ShouldBe(properties.Select(property => $"{IntakeOptions.Section}:{property.Name}"), ignoreOrder: true);
        foreach (var row in ConformanceStatement.Table("2-13"))
        {
            var property = properties.Single(property => row["Key"] == $"{IntakeOptions.Section}:{property.Name}");
            if (row["Default"] == "empty") property.GetValue(new IntakeOptions()).ShouldBeAssignableTo<System.Collections.ICollection>()!.Count.ShouldBe(0);
            else property.GetValue(new IntakeOptions()).ShouldBe(Parse(property, row["Default"]));
            IsValid(property, Parse(property, row["Default"])).ShouldBeTrue(row["Key"]);
            if (row["Least"].Length == 0) continue;
            foreach (var (bound, step) in new[] { (row["Least"], -1), (row["Most"], 1) })
            {
                IsValid(property, Parse(property, bound)).ShouldBeTrue($"{row["Key"]} {bound}");
                IsValid(property, Beyond(Parse(property, bound)!, step)).ShouldBeFalse($"{row["Key"]} beyond {bound}");
            }
        }
    }

    [Theory, InlineData("2-17", typeof(CallerOptions), "Intake:Callers:n"), InlineData("2-18", typeof(IntakeTlsOptions), "Intake:Tls"), InlineData("3-5", typeof(IntakeWebOptions), "Intake:DicomWeb")]
    [InlineData("2-19", typeof(IntakeQueryOptions), "Intake:Query"), InlineData("2-20", typeof(MoveDestination), "Intake:Query:Destinations:n")]
    public void Settings_of_callers_TLS_and_DICOMweb_have_the_defaults_of_the_statement(string table, Type type, string section)
    {
        var options = Activator.CreateInstance(type);
        var properties = type.GetProperties().Where(property => property.CanWrite).ToDictionary(property => $"{section}:{property.Name}");
        ConformanceStatement.Table(table).Select(row => row["Key"]).ShouldBe(properties.Keys, ignoreOrder: true);
        foreach (var row in ConformanceStatement.Table(table))
        {
            var value = properties[row["Key"]].GetValue(options);
            (value is System.Collections.ICollection { Count: 0 } ? "empty" : $"{value}" is { Length: > 0 } text ? text : "empty").ShouldBe(row["Default"], row["Key"]);
        }
    }

    [Fact]
    public void The_statuses_of_queries_are_those_that_have_a_name_and_mean_something_to_them() => ConformanceStatement.Table("2-21").Select(row => row["Code"]).ShouldBe(
        new[]
        {
            DimseStatus.Success, DimseStatus.SopClassNotSupported, DimseStatus.MistypedArgument, DimseStatus.ResourceLimitation, DimseStatus.OutOfResources, DimseStatus.UnableToCountMatches,
            DimseStatus.UnableToPerformSubOperations, DimseStatus.MoveDestinationUnknown, DimseStatus.DataSetDoesNotMatchSopClass, DimseStatus.SubOperationsWithFailures,
            DimseStatus.CannotUnderstand, DimseStatus.Cancelled, DimseStatus.Pending, DimseStatus.PendingWithoutOptionalKeys,
        }.Select(status => $"{status.Code:X4}"));

    private static bool IsValid(PropertyInfo property, object? value)
    {
        var options = new IntakeOptions();
        if (value is not null) property.SetValue(options, value);
        using var services = new ServiceCollection().AddIntake().BuildServiceProvider();
        if (services.GetServices<IValidateOptions<IntakeOptions>>().Any(rule => rule.Validate(null, options).Failed)) return false;
        // What the settings allow, the receiver has to take.
        new DicomScpOptions { MaxAssociations = options.MaxAssociations, MaxPduLength = (uint)options.MaxPduLength, IdleTimeout = options.AssociationIdleTimeout }.Faults().ShouldBeEmpty();
        return true;
    }

    private static object? Parse(PropertyInfo property, string text) => text == "empty" ? null
        : property.PropertyType == typeof(TimeSpan) ? TimeSpan.Parse(text, CultureInfo.InvariantCulture)
        : property.PropertyType.IsEnum ? Enum.Parse(property.PropertyType, text)
        : Convert.ChangeType(text, property.PropertyType, CultureInfo.InvariantCulture);

    private static object Beyond(object value, int step) => value is TimeSpan time ? time + TimeSpan.FromTicks(step) : (int)value + step;

    private static async Task<string> RejectionAsync(int port, IReadOnlyList<ProposedContext> asked, int protocol, string context)
    {
        var request = new PduBuffer();
        new AssociateRequest("TRIAGE", "CT1", context, asked, new UserInformation(16384, "1.2.3", "CALLS_1")) { ProtocolVersion = protocol }.Write(request);
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", port, Stop);
        await client.GetStream().WriteAsync(request.Written, Stop);
        var answer = new byte[PduHeader.Size + 4];
        await client.GetStream().ReadExactlyAsync(answer, Stop);
        ((PduType)answer[0], BinaryPrimitives.ReadUInt32BigEndian(answer.AsSpan(2))).ShouldBe((PduType.AssociateReject, 4u));
        AssociateReject.TryRead(answer.AsSpan(PduHeader.Size), out var reject).ShouldBeTrue();
        return $"{reject.Result} {reject.Source} {reject.Reason}";
    }

    private static HashSet<string> Named(string table) => [.. ConformanceStatement.Table(table).Select(row => row["UID"])];
}
