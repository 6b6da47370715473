using System.Text.Json;
using TriageWorker.Dicom;
using TriageWorker.Imaging.Geometry;
using TriageWorker.Imaging.Tensors;
using TriageWorker.Imaging.Volumes;
using TriageWorker.Phantoms;
using TriageWorker.Store;
using TriageWorker.Testing;
using TriageWorker.Triage;

namespace TriageWorker.Scoring.Tests;

public sealed class ScoreStudyTests(ScoringFixture fixture) : IClassFixture<ScoringFixture>
{
    private const double AlwaysFires = -2, NeverFires = 2;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_study_above_the_threshold_is_positive_and_one_below_is_negative()
    {
        using var eager = fixture.Role(AlwaysFires);
        var flagged = await fixture.ArriveAsync(ScoringFixture.SmallPhantom());
        await eager.RunAsync(flagged);
        using var calm = fixture.Role(NeverFires);
        var clear = await fixture.ArriveAsync(ScoringFixture.SmallPhantom());
        await calm.RunAsync(clear);

        var positive = (await fixture.DecisionsAsync(flagged)).ShouldHaveSingleItem();
        positive.Outcome.ShouldBe("positive");
        positive.Because.ShouldStartWith("dense volume ");
        (await fixture.DecisionsAsync(clear)).ShouldHaveSingleItem().ShouldBe(("negative", "None of 1 approved findings reached its threshold.", true));
        (await fixture.ListAsync("select state, flag_level, demonstration from worklist where study_uid = $1", row => (row.GetString(0), row.GetInt16(1), row.GetBoolean(2)), flagged.Value))
            .ShouldBe([("positive", (short)2, true)]);
    }

    [Fact]
    public async Task A_result_names_its_images_its_digests_and_how_long_each_step_took()
    {
        using var role = fixture.Role(NeverFires);
        var study = await fixture.ArriveAsync(ScoringFixture.SmallPhantom(slices: 15));
        await role.RunAsync(study);

        var result = (await fixture.ListAsync(
            """
            select g.package_id, encode(g.package_digest, 'hex'), jsonb_array_length(g.inputs), length(r.tensor_digest), length(r.pixel_digest), length(r.embedding),
              r.provider, (select string_agg(key, ' ' order by key) from jsonb_object_keys(r.timings) key), (r.quality->>'coverage')::double precision,
              (r.scores->'findings'->0->>'score')::double precision, r.code_version
            from result r join generation g on g.id = r.generation_id where g.study_uid = $1
            """,
            row => new
            {
                Package = row.GetString(0), Digest = row.GetString(1), Inputs = row.GetInt32(2), Tensor = row.GetInt32(3), Pixels = row.GetInt32(4), Embedding = row.GetInt32(5),
                Provider = row.GetString(6), Steps = row.GetString(7), Coverage = row.GetDouble(8), Score = row.GetDouble(9), Code = row.GetString(10),
            },
            study.Value)).ShouldHaveSingleItem();

        result.Package.ShouldBe("tiny");
        result.Digest.ShouldBe(role.Model.Package.Digest);
        result.Inputs.ShouldBe(15);
        (result.Tensor, result.Pixels, result.Embedding).ShouldBe((32, 32, sizeof(float)));
        result.Provider.ShouldBe($"Cpu, ONNX Runtime {Models.Sessions.ScoringModel.RuntimeVersion}");
        result.Steps.ShouldBe("headers model tensor");
        result.Coverage.ShouldBe(90);
        result.Score.ShouldBeInRange(-2, 2);
        result.Code.ShouldNotBe("unknown");
        (await fixture.CountAsync("selection", study)).ShouldBe(1);
    }

    /// <summary>DENSE is (1, 0) against (-1, 0): twice the first number of the image's vector.</summary>
    [Fact]
    public async Task The_vectors_that_a_study_was_scored_with_are_kept_and_score_the_same_again()
    {
        using var role = fixture.Role(NeverFires);
        var study = await fixture.ArriveAsync(ScoringFixture.SmallPhantom(slices: 16));
        await role.RunAsync(study);

        var store = fixture.Get<EmbeddingStore>();
        var kept = (await store.OfAsync(study, role.Model.Package.Digest, Stop)).ShouldHaveSingleItem();
        var score = (await fixture.ListAsync("select (scores->'findings'->0->>'score')::double precision from result where generation_id = $1", row => row.GetDouble(0), kept.Generation.Value)).Single();
        kept.Pooled.ShouldHaveSingleItem().ShouldBeInRange(0, 1);
        Math.Sqrt(kept.Contrastive.Sum(value => (double)value * value)).ShouldBe(1, 1e-6);
        score.ShouldBe(2 * (double)kept.Contrastive[0], 1e-6);
        var source = (await store.SourcesAsync(Stop)).Single(each => each.Digest == role.Model.Package.Digest);
        source.Space.ShouldBe(role.Model.Space);
        var read = new List<StoredVector>();
        await foreach (var page in store.PagesAsync([source.Id], Stop)) read.AddRange(page);
        read.Single(vector => vector.Study == study).Contrastive.ShouldBe(kept.Contrastive);
    }

    [Fact]
    public async Task What_the_models_field_leaves_out_of_the_body_is_kept_with_the_result_and_in_the_audit_line()
    {
        using var role = fixture.Role(NeverFires);
        // 516 × 516 × 480 mm of image for a field of 384 × 384 × 384 mm; an odd voxel more goes at the high end of each axis.
        var study = await fixture.ArriveAsync(ScoringFixture.SmallPhantom(slices: 80) with { Matrix = 43, PixelSpacing = 12 });
        await role.RunAsync(study);

        var (kept, audited) = (await fixture.ListAsync(
            """
            select r.quality::text, (select a.detail->'input' from audit a where a.study_uid = $1 and a.event = 'decision.made')::text
            from result r join generation g on g.id = r.generation_id where g.study_uid = $1
            """,
            row => (row.GetString(0), row.GetString(1)), study.Value)).ShouldHaveSingleItem();

        audited.ShouldBe(kept);
        var figures = JsonSerializer.Deserialize<Dictionary<string, double>>(kept)!;
        (figures["slices"], figures["sliceSpacing"], figures["coverage"]).ShouldBe((80, 6, 480));
        (figures["cutLeft"], figures["cutRight"]).ShouldBe((60, 72));
        (figures["cutPosterior"], figures["cutAnterior"]).ShouldBe((60, 72));
        (figures["cutInferior"], figures["cutSuperior"]).ShouldBe((48, 64));
        figures["bodyOutsidePercent"].ShouldBeInRange(15, 30); // the body is narrower than the field, and longer by a fifth to a quarter
        figures["abdomen"].ShouldBeInRange(100, 480);
    }

    [Fact]
    public async Task The_score_is_that_of_the_phantom_itself_whatever_way_its_voxels_took()
    {
        using var role = fixture.Role(NeverFires);
        var phantom = Phantom.Draw(ScoringFixture.SmallPhantom(), cancellation: Stop);
        var study = await fixture.ArriveAsync(phantom.Spec);
        await role.RunAsync(study);

        var (embedding, score) = (await fixture.ListAsync(
            "select r.embedding, (r.scores->'findings'->0->>'score')::double precision from result r join generation g on g.id = r.generation_id where g.study_uid = $1",
            row => (BitConverter.ToSingle(row.GetFieldValue<byte[]>(0)), row.GetDouble(1)), study.Value)).ShouldHaveSingleItem();
        var place = phantom.Geometry;
        var grid = VolumeGrid.FromLps(
            new(place.Columns, place.Rows, place.Slices),
            Affine.Scale(place.PixelSpacing, place.PixelSpacing, place.SliceSpacing) with { Origin = new(place.OriginX, place.OriginY, place.OriginZ) });
        var mean = TensorBuilder.Build(new Volume(grid, phantom.Hounsfield), role.Model.Input, 0, Stop).Values.Average(v => (double)v);

        ((double)embedding).ShouldBe(mean, 1e-4);
        score.ShouldBe(2 * (mean - 0.3) / Math.Sqrt(((mean - 0.3) * (mean - 0.3)) + 1), 2e-4);
    }

    [Fact]
    public async Task Scoring_the_same_study_twice_commits_one_result()
    {
        using var role = fixture.Role(NeverFires);
        var study = await fixture.ArriveAsync(ScoringFixture.SmallPhantom());
        await role.RunAsync(study);
        await using (var transaction = await fixture.Database.BeginAsync(Stop))
        {
            await WorkRows.PushAsync(transaction, Stage.Scoring, study.Value, study, TimeSpan.Zero, TimeSpan.Zero, Stop);
            await transaction.CommitAsync(Stop);
        }

        await role.RunAsync(study);

        (await fixture.CountAsync("result", study)).ShouldBe(1);
        (await fixture.CountAsync("decision", study)).ShouldBe(1);
        (await fixture.CountAsync("selection", study)).ShouldBe(1);
        (await fixture.ListAsync("select state from work where study_uid = $1 and stage = 'scoring'", row => row.GetString(0), study.Value)).ShouldBe(["done"]);
    }

    [Fact]
    public async Task Two_workers_that_hold_one_study_commit_one_result_between_them()
    {
        using var role = fixture.Role(NeverFires);
        var study = await fixture.ArriveAsync(ScoringFixture.SmallPhantom());
        await using var first = (await fixture.Queue.ClaimAsync(Stage.Scoring, 3, Stop)).ShouldNotBeNull();
        await fixture.ListAsync("update work set state = 'due', lease_owner = null, lease_until = null where id = $1 returning id", row => row.GetInt64(0), first.Work.Id);
        await using var second = (await fixture.Queue.ClaimAsync(Stage.Scoring, 3, Stop)).ShouldNotBeNull();

        var runs = new[] { role.Work.RunAsync(first, Stop), role.Work.RunAsync(second, Stop) };
        await Should.ThrowAsync<LeaseLostException>(() => runs[0]);
        await runs[1];

        (await fixture.CountAsync("result", study)).ShouldBe(1);
        (await fixture.CountAsync("decision", study)).ShouldBe(1);
    }

    [Fact]
    public async Task A_late_image_of_the_chosen_series_makes_a_new_generation_that_supersedes_the_old()
    {
        using var role = fixture.Role(NeverFires);
        DicomFile[] images = [.. PhantomDicom.Images(Phantom.Draw(ScoringFixture.SmallPhantom(), cancellation: Stop), new PhantomWriteOptions { Identity = "late" }).Select(i => new DicomFile(i.Dataset))];
        var study = await fixture.ArriveAsync(images[..^1]);
        await role.RunAsync(study);
        await fixture.ArriveAsync(images[^1..]);
        await role.RunAsync(study);

        (await fixture.CountAsync("result", study)).ShouldBe(2);
        (await fixture.ListAsync("select count(*) from decision where study_uid = $1 and supersedes is not null", row => row.GetInt64(0), study.Value)).ShouldBe([1]);
    }

    [Fact]
    public async Task With_nothing_approved_the_scores_are_kept_and_the_study_is_not_analysed()
    {
        using var role = fixture.Role(threshold: null);
        var study = await fixture.ArriveAsync(ScoringFixture.SmallPhantom());
        await role.RunAsync(study);

        role.Model.IsSilent.ShouldBeTrue();
        (await fixture.DecisionsAsync(study)).ShouldHaveSingleItem().ShouldBe(("not_analysed", "Not analysed because no finding is in use here yet.", true));
        (await fixture.CountAsync("result", study)).ShouldBe(1);
    }

    [Fact]
    public async Task With_nothing_approved_a_study_that_cannot_be_read_is_sent_nowhere_either()
    {
        using var role = fixture.Role(threshold: null);
        var study = await fixture.ArriveAsync([.. PhantomDicom.Images(Phantom.Draw(ScoringFixture.SmallPhantom(), cancellation: Stop), new PhantomWriteOptions { Identity = "scout" }).Take(1).Select(i => new DicomFile(i.Dataset))]);
        await role.RunAsync(study);

        (await fixture.DecisionsAsync(study)).ShouldHaveSingleItem().Outcome.ShouldBe("not_analysed");
        (await fixture.CountAsync("delivery", study)).ShouldBe(0);
    }

    [Fact]
    public async Task Real_CT_scored_by_a_demonstration_package_is_marked_as_such()
    {
        Assert.SkipUnless(Shared.IsPresent, Shared.Reason);
        using var role = fixture.Role(NeverFires);
        var study = await fixture.ArriveAsync([.. Directory.GetFiles(Shared.At("data", "ct", "ts_abdpelvis_3mm"), "*.dcm").Select(path => DicomFile.Read(path))]);
        await role.RunAsync(study);

        (await fixture.DecisionsAsync(study)).ShouldHaveSingleItem().ShouldBe(("negative", "None of 1 approved findings reached its threshold.", true));
    }

    [Fact]
    public async Task A_package_that_is_no_demonstration_marks_nothing()
    {
        using var role = fixture.Role(NeverFires, demonstration: false);
        var study = await fixture.ArriveAsync(ScoringFixture.SmallPhantom());
        await role.RunAsync(study);

        (await fixture.DecisionsAsync(study)).ShouldHaveSingleItem().Demonstration.ShouldBeFalse();
    }
}
