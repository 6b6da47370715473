using System.Text.RegularExpressions;
using TriageWorker.Testing;

namespace TriageWorker.EndToEnd;

/// <summary>Scoring on a host that does not have the images: it reads them from the node that does.</summary>
public sealed class RemoteScoringTests(PostgresServer server, RabbitMqFixture broker) : IClassFixture<PostgresServer>, IClassFixture<RabbitMqFixture>
{
    private const string Inputs = "(select count(*) from generation g cross join lateral jsonb_to_recordset(g.inputs) i(sop text, digest text) join instance on sop_uid = i.sop and encode(instance.digest, 'hex') = i.digest)";

    [Fact]
    public async Task A_study_is_scored_on_a_host_that_reads_each_image_once_from_the_node_that_holds_it()
    {
        await using var hosts = await TwoHosts.CreateAsync(server, broker);
        await hosts.Scoring.StartAsync();
        var study = await hosts.PushAsync(MainJob.Small(seed: 601, MainJob.Medium));
        await hosts.DecidedAsync(study);

        (await hosts.ReadAsync<string>("select lower(outcome) from decision")).ShouldBe("positive");
        (await hosts.ReadAsync<long>($"select {Inputs}")).ShouldBe(64);
        (await hosts.ReadAsync<string>("select string_agg(distinct node::text, ',') from instance where origin = 'received'")).ShouldBe(hosts.NodeId);
        hosts.Door.Asked.Count.ShouldBe(64);
        hosts.Door.Asked.Distinct().Count().ShouldBe(64);
        (await hosts.ReadAsync<long>("select count(*) from image_wait")).ShouldBe(0);
    }

    [Fact]
    public async Task While_the_node_is_away_the_study_waits_for_it_by_name_and_is_scored_when_it_returns()
    {
        await using var hosts = await TwoHosts.CreateAsync(server, broker);
        var study = await hosts.PushAsync(MainJob.Small(seed: 602, MainJob.Medium));
        await hosts.Intake.KillAsync();
        await hosts.Scoring.StartAsync();
        await hosts.UntilAsync("exists (select 1 from image_wait) and exists (select 1 from work where stage = 'scoring' and state = 'due')");
        await hosts.UntilAsync("exists (select 1 from alarm where kind = 'node.away' and cleared_at is null)");

        var said = await hosts.StudyAsync(study);
        said.ReplaceLineEndings(" ").ShouldMatch(@"It waits for node \S+, which holds 64 of its images and was last heard of at |It is being scored by ");
        (await hosts.ReadAsync<long>("select count(*) from decision")).ShouldBe(0);
        (await hosts.ReadAsync<int>("select attempts from work where stage = 'scoring'")).ShouldBeLessThanOrEqualTo(1);

        await hosts.Intake.StartAsync();
        await hosts.DecidedAsync(study);
        (await hosts.ReadAsync<string>("select lower(outcome) from decision")).ShouldBe("positive");
        (await hosts.ReadAsync<long>($"select {Inputs}")).ShouldBe(64);
        await hosts.UntilAsync("not exists (select 1 from image_wait) and not exists (select 1 from alarm where kind = 'node.away' and cleared_at is null)");
        (await hosts.StudyAsync(study)).ShouldContain("Images there");
    }

    [Fact]
    public async Task A_scoring_process_that_is_killed_while_it_reads_asks_only_for_the_rest_when_it_starts_again()
    {
        await using var hosts = await TwoHosts.CreateAsync(server, broker);
        hosts.Door.Most = 20;
        var study = await hosts.PushAsync(MainJob.Small(seed: 603, MainJob.Medium));
        await hosts.Scoring.StartAsync();
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        using var patience = new CancellationTokenSource(RoleProcess.Patience);
        while (Kept(hosts) < 20) (await tick.WaitForNextTickAsync(patience.Token)).ShouldBeTrue();
        await hosts.Scoring.KillAsync();
        hosts.Door.Most = int.MaxValue;

        await hosts.Scoring.StartAsync();
        await hosts.DecidedAsync(study);
        (await hosts.ReadAsync<string>("select lower(outcome) from decision")).ShouldBe("positive");
        hosts.Door.Asked.Count.ShouldBe(64);
        hosts.Door.Asked.Distinct().Count().ShouldBe(64);
        hosts.Scoring.Log.ShouldContain(line => line.Contains("44 images were read from other nodes, 20 were here from an earlier try", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_file_that_was_altered_on_the_disk_of_its_node_is_never_scored_and_both_digests_are_said()
    {
        await using var hosts = await TwoHosts.CreateAsync(server, broker, ("Scoring:MaxAttempts", "1"));
        var study = await hosts.PushAsync(MainJob.Small(seed: 604, MainJob.Medium));
        var altered = Directory.GetFiles(Path.Combine(hosts.Spool, "objects"), "*.dcm", SearchOption.AllDirectories)[0];
        var bytes = await File.ReadAllBytesAsync(altered);
        bytes[^100] ^= 1;
        await File.WriteAllBytesAsync(altered, bytes);

        await hosts.Scoring.StartAsync();
        await hosts.DecidedAsync(study);
        (await hosts.ReadAsync<string>("select because from decision")).ShouldMatch(
            $"Node {Regex.Escape(hosts.Node)} does not give an image as it was received: its digest is [0-9a-f]{{64}} instead of {Path.GetFileNameWithoutExtension(altered)}");
        (await hosts.ReadAsync<long>("select count(*) from result")).ShouldBe(0);
        Directory.GetFiles(hosts.Cache, Path.GetFileName(altered), SearchOption.AllDirectories).ShouldBeEmpty();
    }

    [Fact]
    public async Task Hosts_that_trust_the_sites_own_authority_speak_TLS_with_each_other_and_who_does_not_waits()
    {
        using var folder = new TemporaryFolder();
        using var stranger = new CertificateAuthority("a stranger");
        using var authority = new CertificateAuthority("the site's own");
        using var certificate = authority.Issue("localhost");
        var (key, own) = CertificateAuthority.Write(certificate, folder.At("door"));
        var port = Loopback.FreePort();
        await using var hosts = await TwoHosts.CreateAsync(server, broker,
            ("Spool:Sharing:Port", $"{port}"), ("Spool:Sharing:Url", $"https://localhost:{port}/"), ("Spool:Sharing:Certificate", own), ("Spool:Sharing:Key", key),
            ("Spool:Sharing:CertificateAuthorityFile", stranger.Write(folder.At("ca.pem"))));
        var study = await hosts.PushAsync(MainJob.Small(seed: 605, MainJob.Medium));
        await hosts.Scoring.StartAsync();
        await hosts.UntilAsync("exists (select 1 from image_wait where because like '%does not agree on TLS%')");
        await hosts.Scoring.KillAsync();

        authority.Write(folder.At("ca.pem"));
        await hosts.Scoring.StartAsync();
        await hosts.DecidedAsync(study);
        (await hosts.ReadAsync<string>("select lower(outcome) from decision")).ShouldBe("positive");
        hosts.Door.Asked.ShouldBeEmpty("nothing went by a proxy");
    }

    private static int Kept(TwoHosts hosts) =>
        Directory.Exists(hosts.Cache) ? Directory.GetFiles(hosts.Cache, "*.dcm", SearchOption.AllDirectories).Length : 0;
}
