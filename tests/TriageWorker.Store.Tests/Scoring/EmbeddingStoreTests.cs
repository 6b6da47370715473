using TriageWorker.Triage;

namespace TriageWorker.Store.Tests;

public sealed class EmbeddingStoreTests(StoreFixture fixture) : IClassFixture<StoreFixture>, IAsyncLifetime
{
    private static readonly string s_space = new('1', 64), s_otherSpace = new('2', 64);
    private readonly EmbeddingStore _store = fixture.Get<EmbeddingStore>();
    private readonly OutcomeStore _outcomes = fixture.Get<OutcomeStore>();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await fixture.ExecuteAsync("delete from embedding; delete from embedding_source");

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Both_vectors_of_a_generation_are_found_by_study_and_package_digest()
    {
        var (study, generation) = await ScoreAsync([0.6f, -0.8f]);

        var vectors = (await _store.OfAsync(study, SomeScores.Package().Digest, Stop)).ShouldHaveSingleItem();

        vectors.Generation.ShouldBe(generation);
        vectors.Pooled.ShouldBe([1, -2.5f]);
        vectors.Contrastive.ShouldBe([0.6f, -0.8f]);
        (await _store.OfAsync(study, new string('f', 64), Stop)).ShouldBeEmpty();
        (await fixture.ReadAsync("select contrastive from embedding where generation_id = $1", row => row.GetFieldValue<byte[]>(0), generation.Value))
            .ShouldBe([0x9A, 0x99, 0x19, 0x3F, 0xCD, 0xCC, 0x4C, 0xBF], "float32 little endian: 0.6, -0.8");
    }

    [Fact]
    public async Task A_result_without_one_is_found_without_it_and_is_on_no_page()
    {
        var (study, _) = await ScoreAsync(null);
        (await _store.OfAsync(study, SomeScores.Package().Digest, Stop)).ShouldHaveSingleItem().Contrastive.ShouldBeEmpty();
        (await _store.SourcesAsync(Stop)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Sources_say_which_packages_may_be_read_with_the_same_sentences()
    {
        await ScoreAsync([1, 0]);
        await ScoreAsync([0, 1]);
        await ScoreAsync([1, 0], version: "2", space: s_otherSpace);

        var sources = await _store.SourcesAsync(Stop);

        sources.Select(source => (source.PackageId, source.Version, source.Digest, source.Space, source.Vectors)).ShouldBe(
            [("phantom", "1", new string('a', 64), s_space, 2L), ("phantom", "2", new string('b', 64), s_otherSpace, 1L)]);
        (await PagesAsync(sources[0].Id)).Count.ShouldBe(2);
        (await PagesAsync(sources[1].Id)).ShouldHaveSingleItem().Contrastive.ShouldBe([1, 0]);
    }

    [Fact]
    public async Task Of_a_study_that_was_scored_several_times_the_newest_vector_is_read()
    {
        var work = await fixture.ClosedAsync();
        var first = await fixture.GenerationAsync(work.Study);
        await _outcomes.CommitAsync(work, Scored(first, [1, 0], s_space), Stop);
        await AgainAsync(work.Study, images: 3, [0, 1]);
        var source = (await _store.SourcesAsync(Stop)).ShouldHaveSingleItem();
        source.Vectors.ShouldBe(2);

        (await PagesAsync(source.Id)).ShouldHaveSingleItem().Contrastive.ShouldBe([0, 1]);
        (await _store.OfAsync(work.Study, SomeScores.Package().Digest, Stop)).Select(vectors => vectors.Contrastive).ShouldBe([[0f, 1f], [1f, 0f]]);
    }

    [Fact]
    public async Task Pages_leave_nothing_out_and_say_nothing_twice()
    {
        await ScoreAsync([1, 0]);
        var source = (await _store.SourcesAsync(Stop)).Single().Id;
        await fixture.ExecuteAsync(
            """
            insert into generation (id, study_uid, package_id, package_version, package_digest, series_uid, inputs, inputs_digest)
            select gen_random_uuid(), (select study_uid from study limit 1), 'phantom', '1', '\x00', '1.2', '[]', int4send(n) from generate_series(1, 2500) n;
            insert into embedding (generation_id, source, study_uid, contrastive)
            select id, (select id from embedding_source), '1.2.' || row_number() over (), '\x0000803f00000000' from generation where package_digest = '\x00'
            """);

        var studies = (await PagesAsync(source)).Select(vector => vector.Study.Value).ToList();

        studies.Count.ShouldBe(2501);
        studies.Distinct().Count().ShouldBe(2501);
    }

    /// <summary>Each makes its own study's row; the source is one for all.</summary>
    [Fact]
    public async Task The_first_results_of_a_package_may_be_committed_at_once()
    {
        var works = new List<(LeasedWork Work, GenerationRow Generation)>();
        for (var i = 0; i < 6; i++)
        {
            var work = await fixture.ClosedAsync();
            works.Add((work, await fixture.GenerationAsync(work.Study)));
        }

        await Task.WhenAll(works.Select(each => _outcomes.CommitAsync(each.Work, Scored(each.Generation, [1, 0], s_space), Stop)));

        (await _store.SourcesAsync(Stop)).ShouldHaveSingleItem().Vectors.ShouldBe(6);
    }

    [Fact]
    public async Task A_vector_of_Merlins_stands_in_its_row()
    {
        var random = new Random(1); // numbers that all are alike would be compressed
        await ScoreAsync([.. Enumerable.Range(0, 512).Select(_ => random.NextSingle() / 16)]);
        (await fixture.ReadAsync("select pg_column_size(contrastive) from embedding", row => row.GetInt32(0))).ShouldBeInRange(2048, 2052);
        (await fixture.ReadAsync("select pg_relation_size(reltoastrelid) from pg_class where oid = 'embedding'::regclass", row => row.GetInt64(0))).ShouldBe(0);
    }

    private async Task<(StudyUid Study, GenerationId Generation)> ScoreAsync(float[]? vector, string version = "1", string? space = null)
    {
        var work = await fixture.ClosedAsync();
        var generation = await fixture.GenerationAsync(work.Study, version);
        await _outcomes.CommitAsync(work, Scored(generation, vector, space ?? s_space, version), Stop);
        return (work.Study, generation.Id);
    }

    private async Task AgainAsync(StudyUid study, int images, float[] vector)
    {
        await fixture.ExecuteAsync("update work set state = 'due' where stage = 'scoring' and key = $1", study.Value);
        var work = await fixture.ClaimAsync(Stage.Scoring, study.Value);
        await _outcomes.CommitAsync(work, Scored(await fixture.GenerationAsync(study, images: images), vector, s_space), Stop);
    }

    private static ScoredGeneration Scored(GenerationRow generation, float[]? vector, string space, string version = "1")
    {
        var scored = SomeScores.Of(generation, freeAir: 0.1);
        return scored with { Scores = scored.Scores with { Package = SomeScores.Package(version: version) }, Contrastive = vector is null ? null : new ContrastiveVector(space, vector) };
    }

    private async Task<List<StoredVector>> PagesAsync(params int[] sources)
    {
        var read = new List<StoredVector>();
        await foreach (var page in _store.PagesAsync(sources, Stop))
        {
            page.Count.ShouldBeInRange(1, 1000);
            read.AddRange(page);
        }

        return read;
    }
}
