using System.Globalization;
using System.Reflection;
using TriageWorker.Dicom.Network;
using TriageWorker.Dicom.Text;
using TriageWorker.Testing;

namespace TriageWorker.Dicom.Tests.Network;

/// <summary>What docs/dicom-conformance.md says of the implementation, whichever application entity uses it.</summary>
public sealed class ConformanceTests
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly SampleObject s_sample = new();

    private static readonly CommandSet s_store = new()
    {
        Field = CommandField.StoreRequest, MessageId = 1, AffectedSopClassUid = SampleObject.CtImageStorage, AffectedSopInstanceUid = s_sample.SopInstanceUid,
    };

    [Fact]
    public async Task Each_status_of_a_store_is_met_by_what_the_statement_says_it_is_for()
    {
        var cases = new Dictionary<string, byte[]>
        {
            ["0000"] = Wire.Store(s_sample),
            ["A700"] = Wire.Store(s_sample),
            ["A900"] = Wire.Store(s_sample, new SampleObject { SopInstanceUid = "1.2.3.4" }.DataSet()),
            ["C000"] = Wire.Store(s_sample, s_sample.DataSet()[..^10]),
            ["C001"] = Wire.Store(s_sample, new SampleObject { SopInstanceUid = s_sample.SopInstanceUid, StudyUid = "" }.DataSet()),
            ["0122"] = Wire.Message(1, s_store with { AffectedSopClassUid = DicomUid.MRImageStorage }, new DicomDataset().Set(DicomTag.PatientID, "1")),
            ["0211"] = Wire.Message(1, s_store with { Field = CommandField.FindRequest }, null),
            ["0212"] = Wire.Message(1, s_store, null),
        };
        var rows = ConformanceStatement.Table("2-7");
        rows.Select(row => row["Code"]).ShouldBe(cases.Keys);
        rows.Select(row => row["Code"]).ShouldBe(
            [.. Enum.GetValues<StoreVerdict>().Where(verdict => verdict != StoreVerdict.None).Select(verdict => $"{verdict.Status().Code:X4}"), $"{DimseStatus.UnrecognisedOperation.Code:X4}"],
            ignoreOrder: true);
        foreach (var row in rows)
        {
            var storage = new MemoryStorage { Trouble = row["Code"] == "A700" ? new IOException("No space left on device") : null };
            var answers = await PipedConnection.ExchangeAsync(
                new DicomConnectionHandler(new DicomScpOptions(), storage, TimeProvider.System), (byte[])[.. Wire.CtRequest(), .. cases[row["Code"]], .. Wire.ReleaseRequest()]);
            Wire.Statuses(answers).ShouldHaveSingleItem().ToString().ShouldBe($"0x{row["Code"]} ({row["Status"]})");
            (storage.Kept.Count == 1, storage.SetAside.Count == 1).ShouldBe(
                (row["What becomes of the object"] == "kept", row["What becomes of the object"].StartsWith("set aside", StringComparison.Ordinal)), row["Code"]);
        }
    }

    [Fact]
    public async Task Each_abort_has_the_source_and_the_reason_of_the_statement()
    {
        var rows = ConformanceStatement.Table("2-8");
        (string What, byte[] Stream)[] cases =
        [
            ("a PDU of an unknown type", "GET / HTTP/1.1\r\n"u8.ToArray()),
            ("a PDU that the state does not allow", Wire.CtRequest()),
            ("a PDU longer than its limit", [4, 0, 0, 3, 0, 0, 0, 0, 0, 0]),
            ("a malformed command set", Wire.Message(3, s_store, null)),
        ];
        foreach (var (what, stream) in cases)
        {
            var said = rows.Single(row => row["What happens"].StartsWith(what, StringComparison.Ordinal))["What is done"];
            var answers = await PipedConnection.ExchangeAsync(
                new DicomConnectionHandler(new DicomScpOptions(), new MemoryStorage(), TimeProvider.System), (byte[])[.. Wire.CtRequest(), .. stream]);
            Wire.EndsWithAbort(answers).ShouldBeTrue(what);
            Abort.TryRead(answers.AsSpan()[^4..], out var abort).ShouldBeTrue();
            said.ShouldBe(abort.Source == 0 ? "A-ABORT, source 0" : $"A-ABORT, source {abort.Source}, reason {abort.Reason}");
        }

        rows.Count.ShouldBe(cases.Length + 5, "the others are met in BadPeerTests and LimitsTests: time, stop, loss, our own fault");
    }

    [Fact]
    public void The_limits_of_the_receiver_are_listed_with_defaults_and_ranges()
    {
        var limits = typeof(DicomScpOptions).GetProperties().SelectMany(property =>
            property.PropertyType == typeof(ScanLimits) || property.PropertyType == typeof(AsynchronousOperations)
                ? property.PropertyType.GetProperties().Select(inner => $"{property.Name}.{inner.Name}") : [property.Name]);
        var rows = ConformanceStatement.Table("2-14");
        rows.Select(row => row.Code("Limit")).ShouldBe(limits, ignoreOrder: true);
        foreach (var row in rows)
        {
            var name = row.Code("Limit");
            ValueOf(new DicomScpOptions(), name).ShouldBe(row["Default"], name);
            foreach (var (bound, step) in new[] { (row["Least"], -1), (row["Most"], 1) })
            {
                IsAllowed(name, bound, 0).ShouldBeTrue($"{name} {bound}");
                IsAllowed(name, bound, step).ShouldBeFalse($"{name} beyond {bound}");
            }
        }
    }

    [Fact]
    public void The_limits_of_the_requestor_are_listed_with_defaults()
    {
        var request = new AssociationRequest { Host = "pacs", Port = 104, CalledAe = "PACS" };
        var limits = typeof(AssociationRequest).GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.Name != nameof(request.Port) && (property.PropertyType == typeof(TimeSpan) || property.PropertyType == typeof(int) || property.PropertyType == typeof(uint) || property.PropertyType == typeof(long)));
        ConformanceStatement.Table("2-15").Select(row => (row["Limit"], row["Default"])).ShouldBe(
            limits.Select(property => (property.Name, Text(property.GetValue(request)))), ignoreOrder: true);
    }

    [Fact]
    public void What_the_text_says_of_fixed_lengths_is_so()
    {
        var text = File.ReadAllText(Repository.At("docs", "dicom-conformance.md"));
        foreach (var length in (long[])[UpperLayerLimits.MaxAssociationPdu, UpperLayerLimits.MaxControlPdu, MessageLimits.MaxCommandLength, Agreement.PduSent(0)])
            text.ShouldContain(length.ToString("N0", CultureInfo.InvariantCulture));
        text.ShouldContain($"implementation version `{Implementation.Version}`");
    }

    [Fact]
    public void The_character_sets_are_those_that_are_known()
    {
        string[] terms = [.. Enumerable.Range(1, 999).Select(number => $"ISO_IR {number}"), "GB18030", "GBK", "BIG5", "EUC-KR"];
        ConformanceStatement.Table("4-1").Select(NumberOf).ShouldBe(terms.Where(CharacterSetTerms.IsKnown).Select(CharacterSetTerms.NumberOf), ignoreOrder: true);
        foreach (var row in ConformanceStatement.Table("4-1"))
        {
            foreach (var term in new[] { row["Term"], row["With code extensions"] }.Where(term => term.Length > 0))
                (CharacterSet.Of([term]).UnknownTerms.Count, CharacterSetTerms.NumberOf(term)).ShouldBe((0, NumberOf(row)));
            CharacterSetTerms.IsExtension(row["With code extensions"]).ShouldBe(row["With code extensions"].Length > 0);
        }

        static string NumberOf(ConformanceRow row) => CharacterSetTerms.NumberOf(row["Term"].Length > 0 ? row["Term"] : row["With code extensions"]);
    }

    [Fact]
    public void The_cipher_suites_are_those_that_are_offered() =>
        ConformanceStatement.Table("5-1").Select(row => (row["Suite"], row["Version"])).ShouldBe(
            DicomTls.CipherSuites.Select(suite => ($"{suite}", $"{suite}".Contains("_WITH_", StringComparison.Ordinal) ? "1.2" : "1.3")));

    [Fact]
    public void Every_service_is_listed_with_its_role_its_operation_and_its_SOP_classes()
    {
        var rows = ConformanceStatement.Table("6-1");
        rows.Select(row => row["Type"]).ShouldBe(
            typeof(DimseService).Assembly.GetExportedTypes().Where(type => type.IsSubclassOf(typeof(DimseService)) && type != typeof(StorageService)).Select(type => type.Name), ignoreOrder: true);
        foreach (var row in rows)
        {
            var sopClass = row["SOP classes"].Split(' ')[^1];
            var service = ServiceOf(row["Type"], sopClass);
            service.IsScu.ShouldBe(row["Role"] == "SCU");
            KnownUids().Where(service.Knows).ShouldBe([sopClass]);
            Enum.GetValues<CommandField>().Where(field => service.Performs(sopClass, field)).ShouldBe([RequestOf(row["Operation"])]);
            DataSetSyntaxes.All.ShouldBe(ConformanceStatement.Table("2-6").Select(syntax => syntax["UID"]), ignoreOrder: true);
        }
    }

    [Fact]
    public void Every_request_is_listed()
    {
        string[] others = [nameof(DicomAssociation.StoreAsync), nameof(DicomAssociation.ReleaseAsync), nameof(DicomAssociation.DisposeAsync), nameof(DicomAssociation.RequestAsync), nameof(DicomAssociation.Accepts)];
        var methods = new[] { typeof(DicomAssociation), typeof(QueryRetrieve), typeof(StorageCommitment) }
            .SelectMany(type => type.GetMethods(Declared)).Where(method => !method.IsSpecialName).Select(method => method.Name).Except(others);
        ConformanceStatement.Table("6-2").Select(row => row["Method"]).ShouldBe(methods, ignoreOrder: true);
    }

    [Fact]
    public void The_statuses_of_the_services_are_those_that_have_a_name_and_are_not_of_storage_alone()
    {
        DimseStatus[] ofStorage =
            [DimseStatus.ProcessingFailure, DimseStatus.DuplicateSopInstance, DimseStatus.SopClassNotSupported, DimseStatus.NotAuthorised, DimseStatus.OutOfResources, DimseStatus.DataSetDoesNotMatchSopClass];
        ConformanceStatement.Table("6-3").Select(row => row["Code"]).ShouldBe(
            typeof(DimseStatus).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (DimseStatus)field.GetValue(null)!).Except(ofStorage).Select(status => $"{status.Code:X4}"), ignoreOrder: true);
    }

    [Fact]
    public void Every_table_of_the_statement_is_looked_at_by_a_test()
    {
        var tests = Directory.EnumerateFiles(Repository.At("tests"), "*Tests.cs", SearchOption.AllDirectories).Select(File.ReadAllText)
            .Where(test => test.Contains($"{nameof(ConformanceStatement)}.{nameof(ConformanceStatement.Table)}(", StringComparison.Ordinal)).ToList();
        ConformanceStatement.Numbers.Where(number => !tests.Exists(test => test.Contains($"\"{number}\"", StringComparison.Ordinal))).ShouldBeEmpty();
    }

    private static DimseService ServiceOf(string type, string sopClass) => type switch
    {
        nameof(FindService) => new FindService([sopClass], (_, _) => AsyncEnumerable.Empty<DicomDataset>()),
        nameof(MoveService) => new MoveService([sopClass], "CALLER", (_, _) => default),
        nameof(CommitmentService) => new CommitmentService((_, _) => default),
        nameof(CommitmentReports) => new CommitmentReports((_, _) => default),
        nameof(AvailabilityService) => new AvailabilityService((_, _) => default),
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "A service that this test cannot make."),
    };

    private static CommandField RequestOf(string operation) => operation switch
    {
        "C-FIND" => CommandField.FindRequest,
        "C-MOVE" => CommandField.MoveRequest,
        "N-ACTION" => CommandField.ActionRequest,
        "N-EVENT-REPORT" => CommandField.EventReportRequest,
        "N-CREATE" => CommandField.CreateRequest,
        _ => CommandField.None,
    };

    private static IEnumerable<string> KnownUids() =>
        typeof(DicomUid).GetFields(BindingFlags.Public | BindingFlags.Static).Where(constant => constant.IsLiteral).Select(constant => (string)constant.GetRawConstantValue()!);

    private static string ValueOf(object options, string name) =>
        Text(name.Split('.').Aggregate(options, (part, property) => part.GetType().GetProperty(property)!.GetValue(part)!));

    private static string Text(object? value) => string.Format(CultureInfo.InvariantCulture, "{0}", value);

    private static bool IsAllowed(string name, string bound, int step)
    {
        var path = name.Split('.');
        var options = new DicomScpOptions();
        object target = path.Length == 1 ? options : options.GetType().GetProperty(path[0])!.GetValue(options)!;
        if (target is ScanLimits) target = new ScanLimits(); // not the one that all share
        var property = target.GetType().GetProperty(path[^1])!;
        try
        {
            property.SetValue(target, Beyond(property.PropertyType, bound, step));
        }
        catch (TargetInvocationException fault) when (fault.InnerException is ArgumentOutOfRangeException)
        {
            return false;
        }

        if (target is AsynchronousOperations window) options = options with { Operations = window };
        return !options.Faults().Any(fault => fault.StartsWith(name + " ", StringComparison.Ordinal));
    }

    private static object Beyond(Type type, string bound, int step) => type == typeof(TimeSpan)
        ? TimeSpan.Parse(bound, CultureInfo.InvariantCulture) + TimeSpan.FromTicks(step)
        : Convert.ChangeType(long.Parse(bound, CultureInfo.InvariantCulture) + step, type, CultureInfo.InvariantCulture);
}
