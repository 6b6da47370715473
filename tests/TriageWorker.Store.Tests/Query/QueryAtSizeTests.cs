using Npgsql;
using TriageWorker.Dicom;
using TriageWorker.Dicom.Matching;
using TriageWorker.Store.Tests.Journey;
using TriageWorker.Testing;

namespace TriageWorker.Store.Tests.Query;

/// <summary>Studies are found among many by indexes alone.</summary>
public sealed class QueryAtSizeTests(PostgresServer server)
{
    private const int Studies = 20_000;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_question_reads_a_table_of_studies_from_end_to_end()
    {
        await using var full = await FullDatabase.MakeAsync(server, Studies, DescribeAsync);

        var store = full.Get<QueryStore>();
        async Task<int> CountAsync(QueryLevel level, int skip, params (string Keyword, string Value)[] keys) =>
            (await store.FindAsync(new(level, [.. keys.Select(key => Key(key.Keyword, key.Value))], 101, skip), Stop)).Count;
        (await CountAsync(QueryLevel.Study, 0)).ShouldBe(101);
        (await CountAsync(QueryLevel.Study, 300)).ShouldBe(101);
        (await CountAsync(QueryLevel.Study, 0, ("PatientID", "PAT4711"))).ShouldBe(1);
        (await CountAsync(QueryLevel.Study, 0, ("PatientID", "PAT471*"))).ShouldBe(11);
        (await CountAsync(QueryLevel.Study, 0, ("PatientName", "family4711^given"))).ShouldBe(1);
        (await CountAsync(QueryLevel.Study, 0, ("PatientName", "family471*"))).ShouldBe(11);
        (await CountAsync(QueryLevel.Study, 0, ("PatientName", "*LY4711*"))).ShouldBe(1);
        (await CountAsync(QueryLevel.Study, 0, ("PatientName", "*nobody*"))).ShouldBe(0);
        (await CountAsync(QueryLevel.Study, 0, ("AccessionNumber", "ACC4711"))).ShouldBe(1);
        (await CountAsync(QueryLevel.Study, 0, ("AccessionNumber", "*C4711*"))).ShouldBe(1);
        (await CountAsync(QueryLevel.Study, 0, ("PatientID", "*T4711*"))).ShouldBe(1);
        (await CountAsync(QueryLevel.Study, 0, ("StudyDescription", "*head of 4711*"))).ShouldBe(1);
        (await CountAsync(QueryLevel.Study, 0, ("StudyInstanceUID", "1.2.17,1.2.18"))).ShouldBe(2);
        (await CountAsync(QueryLevel.Study, 0, ("StudyDate", "20250301"))).ShouldBeGreaterThan(1);
        (await CountAsync(QueryLevel.Study, 0, ("StudyDate", "19990101-19991231"))).ShouldBe(0);
        (await CountAsync(QueryLevel.Study, 0, ("ModalitiesInStudy", "CT"))).ShouldBe(101);
        (await CountAsync(QueryLevel.Study, 0, ("ModalitiesInStudy", "MG"))).ShouldBe(1);
        (await CountAsync(QueryLevel.Study, 0, ("ModalitiesInStudy", "XX"))).ShouldBe(0);
        (await CountAsync(QueryLevel.Series, 0)).ShouldBe(101);
        (await CountAsync(QueryLevel.Series, 0, ("PatientID", "PAT4711"))).ShouldBe(1);
        (await CountAsync(QueryLevel.Series, 0, ("StudyInstanceUID", "1.2.17"))).ShouldBe(1);
        (await CountAsync(QueryLevel.Instance, 0)).ShouldBe(101);
        (await CountAsync(QueryLevel.Instance, 0, ("SOPInstanceUID", "1.2.17.1.2"))).ShouldBe(1);
        (await CountAsync(QueryLevel.Instance, 0, ("StudyInstanceUID", "1.2.17"), ("SeriesInstanceUID", "1.2.17.1"))).ShouldBe(2);

        (await full.ReadWholeAsync(["study", "series", "instance"])).ShouldBeEmpty("these were read from end to end");
    }

    private static MatchKey Key(string keyword, string value)
    {
        DicomTag.TryParse(keyword, out var tag).ShouldBeTrue();
        MatchReader.TryRead(tag, value, out var match).ShouldBeNull();
        return new(tag, match);
    }

    private static async Task DescribeAsync(NpgsqlDataSource source)
    {
        await using var connection = await source.OpenConnectionAsync(Stop);
        await connection.ExecuteAsync(
            """
            update study set patient_id = 'PAT' || substr(study_uid, 5), patient_name = 'FAMILY' || substr(study_uid, 5) || '^GIVEN',
              study_date = to_char(date '2025-01-01' + (substr(study_uid, 5)::integer % 365), 'YYYYMMDD'), study_time = '120000', description = 'head of ' || substr(study_uid, 5)
            """, [], Stop);
        await connection.ExecuteAsync("update series set modality = case when study_uid = '1.2.15000' then 'MG' else 'CT' end", [], Stop);
        await connection.ExecuteAsync("vacuum analyze study", [], Stop);
        await connection.ExecuteAsync("vacuum analyze series", [], Stop);
    }
}
