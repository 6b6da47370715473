using System.Net;
using System.Text;
using TriageWorker.Dicom;
using TriageWorker.Phantoms;
using TriageWorker.Testing;

namespace TriageWorker.EndToEnd;

/// <summary>A study is one trace, whichever processes it passes, and the trace names neither it nor its patient.</summary>
public sealed class TraceTests(PostgresServer server, RabbitMqFixture rabbit) : IClassFixture<PostgresServer>, IClassFixture<RabbitMqFixture>
{
    private static readonly string[] Steps =
    [
        "intake.receive", "intake.index", "work.closing", "work.scoring", "scoring.study", "scoring.headers", "scoring.tensor", "model.score", "scoring.attention", "work.delivery", "delivery.send",
    ];

    [Theory]
    [InlineData(false), InlineData(true)]
    public async Task A_study_is_one_trace_from_its_first_image_to_its_delivery_over_two_processes(bool grpc)
    {
        await using var collector = await TraceCollector.StartAsync(grpc);
        await using var shared = await SharedDatabase.CreateAsync(server);
        (string, string)[] settings =
        [
            .. shared.Settings, ("Bus:Transport", "RabbitMq"), ("Bus:Uri", $"{rabbit.Uri}"),
            ("Telemetry:Otlp:Endpoint", collector.Address), ("Telemetry:Otlp:Protocol", grpc ? "Grpc" : "HttpProtobuf"),
        ];
        using var images = new TemporaryFolder();
        var study = PhantomDicom.Write(Phantom.Draw(MainJob.Small(seed: 601, MainJob.Medium)), images.At("first"));
        MoveHalf(study.Files, images.At("second"));
        await using (var receiving = await AnsweringProcess.StartAsync("intake,jobs", settings))
        await using (var scoring = await AnsweringProcess.StartAsync("scoring,delivery", settings))
        {
            foreach (var process in (AnsweringProcess[])[receiving, scoring]) (await process.GetAsync("readyz")).ShouldSatisfyAllConditions(
                ready => ready.Status.ShouldBe(HttpStatusCode.OK), ready => ready.Text.ShouldContain("broker: "));
            await receiving.PushFolderAsync(images.At("first"));
            await receiving.PushFolderAsync(images.At("second")); // another association, perhaps after the study was scored: the same trace
            await shared.UntilAsync("(select sum(images) from study) = 64 and not exists (select 1 from work where state <> 'done') and exists (select 1 from delivery)",
                () => receiving.Log + scoring.Log);
        }

        SeeNothingOf(collector.Received, images.At("first"));
        SeeOneTrace(collector.Spans);
    }

    private static void SeeOneTrace(IReadOnlyList<ReceivedSpan> spans)
    {
        spans.Select(span => span.Trace).Distinct().ShouldHaveSingleItem();
        Steps.Except(spans.Select(span => span.Name)).ShouldBeEmpty();
        spans.Select(span => span.Name).Except(Steps).ShouldBeEmpty();
        spans.Select(span => span.Service).Distinct().Count().ShouldBe(2);
        spans.Where(span => span.Parent.Length == 0).ShouldHaveSingleItem().Name.ShouldBe("intake.receive");
        spans.Count(span => span.Name == "intake.receive").ShouldBe(2);
        spans.Where(span => span.Parent.Length > 0 && spans.All(other => other.Id != span.Parent)).ShouldBeEmpty("these hang from nothing");
        spans.Where(span => span.Tags.ContainsKey("triage.study.hash")).Select(span => span.Tags["triage.study.hash"]).Distinct().ShouldHaveSingleItem().Length.ShouldBe(16);
        foreach (var (child, parent) in ((string, string)[])[("work.closing", "intake.receive"), ("work.scoring", "work.closing"), ("work.delivery", "scoring.study"), ("delivery.send", "work.delivery")])
            spans.Where(span => span.Name == child).ShouldAllBe(span => spans.Any(other => other.Id == span.Parent && other.Name == parent), child);
    }

    private static void SeeNothingOf(IReadOnlyList<byte[]> received, string folder)
    {
        var all = received.SelectMany(body => body).ToArray();
        all.Length.ShouldBeGreaterThan(1000);
        DicomTag[] secrets = [DicomTag.StudyInstanceUID, DicomTag.SeriesInstanceUID, DicomTag.SOPInstanceUID, DicomTag.PatientID, DicomTag.PatientName, DicomTag.AccessionNumber, DicomTag.PatientBirthDate];
        foreach (var file in Directory.EnumerateFiles(folder))
        {
            var set = DicomFile.Read(file, DicomReadOptions.HeaderOnly).Dataset;
            foreach (var tag in secrets)
                if (set.GetString(tag) is { Length: > 3 } secret) all.AsSpan().IndexOf(Encoding.UTF8.GetBytes(secret)).ShouldBe(-1, $"{tag} is in the traces");
        }
    }

    private static void MoveHalf(IEnumerable<string> files, string folder)
    {
        Directory.CreateDirectory(folder);
        foreach (var file in files.Take(32)) File.Move(file, Path.Combine(folder, Path.GetFileName(file)));
    }
}
