using System.Runtime.CompilerServices;
using System.Text;
using TriageWorker.Dicom.Network;
using TriageWorker.Testing;

namespace TriageWorker.Dicom.Tests.Network;

/// <summary>findscu asks, our <see cref="FindService"/> answers.</summary>
public sealed class FindScpTests
{
    private const string StudyRoot = DicomUid.StudyRootQueryRetrieveInformationModelFind;

    // PS3.5, H.3.1: a Japanese name in three forms, the second and third by ISO 2022 escapes.
    private const string YamadaInIso2022 = "Yamada^Tarou=\e$B;3ED\e(B^\e$BB@O:\e(B=\e$B$d$^$@\e(B^\e$B$?$m$&\e(B";
    private const string Yamada = "Yamada^Tarou=山田^太郎=やまだ^たろう";

    // DCMTK takes its character sets from the C library, which has not all of DICOM's; pydicom has them.
    private const string ReadNames = """
        import sys, pydicom
        for response in sys.argv[1:]:
            match = pydicom.dcmread(response)
            print(match.StudyInstanceUID, match.PatientName)
        """;

    [Fact]
    public async Task Names_in_any_character_set_and_syntax_come_through_findscu_as_they_were_meant()
    {
        using var folder = new TemporaryFolder();
        DicomDataset[] matches =
        [
            Study("1.2.1").Set(DicomTag.PatientName, "Müller^Jörg"),
            Study("1.2.2").Set(DicomTag.SpecificCharacterSet, "", "ISO 2022 IR 87").Set(DicomTag.PatientName, DicomVR.PN, Encoding.ASCII.GetBytes(YamadaInIso2022)),
            Study("1.2.3").Set(DicomTag.SpecificCharacterSet, "GB18030").Set(DicomTag.PatientName, "Wang^XiaoDong=王^小东"),
        ];
        FindRequest? asked = null;
        await using var receiver = await StartAsync((request, _) =>
        {
            asked = request;
            return matches.ToAsyncEnumerable();
        });
        string[] syntaxes = ["-xi", "-xe", "-xb", "-xd"];
        foreach (var syntax in syntaxes)
        {
            asked = null;
            var said = (await FindInAsync(receiver, folder, syntax, syntax, "-k", "SpecificCharacterSet=ISO_IR 192", "-k", "PatientName=Mü*", "-k", "StudyInstanceUID")).Output;
            said.ShouldContain("Received Final Find Response (Success)");
            asked!.SopClassUid.ShouldBe(StudyRoot);
            asked.Identifier.GetString(DicomTag.PatientName).ShouldBe("Mü*");
            asked.Identifier.GetString(DicomTag.QueryRetrieveLevel).ShouldBe("STUDY");
            asked.Identifier.GetStrings(DicomTag.StudyInstanceUID).ShouldBeEmpty();
        }

        var names = (await ExternalTool.RunAsync("/usr/bin/python3", ["-c", ReadNames, .. syntaxes.SelectMany(syntax => Responses(folder, syntax))])).Expect().Output;
        names.ShouldBe(string.Concat(Enumerable.Repeat($"1.2.1 Müller^Jörg\n1.2.2 {Yamada}\n1.2.3 Wang^XiaoDong=王^小东\n", syntaxes.Length)));
    }

    [Fact]
    public async Task No_match_is_one_final_response()
    {
        using var folder = new TemporaryFolder();
        await using var receiver = await StartAsync((_, _) => AsyncEnumerable.Empty<DicomDataset>());
        var said = (await FindAsync(receiver, folder, "-k", "PatientID=NOBODY")).Output;
        said.ShouldContain("Received Final Find Response (Success)");
        Responses(folder).ShouldBeEmpty();
        (await receiver.Storage.NextEndingAsync()).Kind.ShouldBe(EndingKind.Released);
    }

    [Fact]
    public async Task Many_matches_all_arrive_in_order()
    {
        using var folder = new TemporaryFolder();
        var uids = Enumerable.Range(1, 300).Select(i => $"1.2.{i}").ToList();
        await using var receiver = await StartAsync((_, _) => uids.Select(Study).ToAsyncEnumerable());
        await FindAsync(receiver, folder, "-k", "StudyInstanceUID");
        Responses(folder).Select(response => DicomFile.Read(response).Dataset.GetString(DicomTag.StudyInstanceUID)).ShouldBe(uids);
    }

    [Fact]
    public async Task A_query_that_findscu_cancels_ends_with_the_cancel_status_though_it_would_never_have_ended()
    {
        using var folder = new TemporaryFolder();
        var wasCancelled = new TaskCompletionSource();
        await using var receiver = await StartAsync((_, cancelled) => Endless(wasCancelled, cancelled));
        var said = (await FindAsync(receiver, folder, "--cancel", "3", "-k", "StudyInstanceUID")).Output;

        said.ShouldContain("Sending Cancel Request");
        said.ShouldContain("Received Final Find Response (Cancel: MatchingTerminatedDueToCancelRequest)");
        await wasCancelled.Task;
        (await receiver.Storage.NextEndingAsync()).Kind.ShouldBe(EndingKind.Released);
    }

    [Fact]
    public async Task A_refusal_reaches_findscu_with_its_status_and_its_words()
    {
        using var folder = new TemporaryFolder();
        await using var receiver = await StartAsync((_, _) => throw new DimseRefusalException(DimseStatus.OutOfResources, "the index is being rebuilt"));
        var said = (await FindAsync(receiver, folder, "-d", "-k", "StudyInstanceUID")).Output;
        said.ShouldContain("0xa700");
        said.ShouldContain("the index is being rebuilt");
        Responses(folder).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_model_that_is_not_offered_is_refused_in_the_negotiation()
    {
        using var folder = new TemporaryFolder();
        await using var receiver = await StartAsync((_, _) => throw new InvalidOperationException("nobody may ask this"));
        var result = await Peer.CallAsync("findscu", receiver.Port, ["-P", "-k", "QueryRetrieveLevel=PATIENT", "-k", "PatientID"]);
        result.ExitCode.ShouldNotBe(0);
        result.Output.ShouldContain("No Acceptable Presentation Contexts");
    }

    private static Task<ToolResult> FindAsync(Receiver receiver, TemporaryFolder folder, params string[] options) => FindInAsync(receiver, folder, "responses", options);

    private static Task<ToolResult> FindInAsync(Receiver receiver, TemporaryFolder folder, string name, params string[] options) => Peer.CallAsync(
        "findscu", receiver.Port, ["-S", "-X", "-od", Directory.CreateDirectory(folder.At(name)).FullName, "-k", "QueryRetrieveLevel=STUDY", .. options]);

    private static string[] Responses(TemporaryFolder folder, string name = "responses") => [.. Directory.GetFiles(folder.At(name)).Order(StringComparer.Ordinal)];

    internal static DicomDataset Study(string uid) => new DicomDataset().Set(DicomTag.QueryRetrieveLevel, "STUDY").Set(DicomTag.StudyInstanceUID, uid);

    private static async Task<Receiver> StartAsync(Func<FindRequest, CancellationToken, IAsyncEnumerable<DicomDataset>> find)
    {
        var receiver = await Receiver.StartAsync();
        receiver.Storage.Beside = _ => [new FindService([StudyRoot], find)];
        return receiver;
    }

    /// <summary>Three matches, then nothing until it is cancelled; after that, more than were asked for.</summary>
    private static async IAsyncEnumerable<DicomDataset> Endless(TaskCompletionSource wasCancelled, [EnumeratorCancellation] CancellationToken cancelled)
    {
        for (var i = 1; i <= 3; i++) yield return Study($"1.2.{i}");
        await using var told = cancelled.Register(wasCancelled.SetResult);
        await wasCancelled.Task;
        while (true) yield return Study("1.2.4");
    }
}
