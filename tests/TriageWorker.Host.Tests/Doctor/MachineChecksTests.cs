using System.Net;
using System.Net.Sockets;
using TriageWorker.Delivery;
using TriageWorker.Host.Doctor;
using TriageWorker.Intake;
using TriageWorker.Models.Packages;
using TriageWorker.Scoring;
using TriageWorker.Store;
using TriageWorker.Testing;

namespace TriageWorker.Host.Tests.Doctor;

public sealed class MachineChecksTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_spool_is_tried_with_a_file_that_is_gone_afterwards()
    {
        Directory.CreateDirectory(_folder.At("incoming"));
        Directory.CreateDirectory(_folder.At("objects"));
        var found = await new SpoolCheck(new SpoolOptions { Folder = _folder.Path, MinimumFreeBytes = 0 }).RunAsync(Stop);
        found[0].ShouldBe(new Diagnosis("spool", Judgement.Ok, $"{_folder.Path} takes files and links them."));
        found[1].What.ShouldMatch(@"^A sync takes \d+(\.\d+)? ms, the worst of 9 took ");
        Directory.GetFileSystemEntries(_folder.Path, "*", SearchOption.AllDirectories).Length.ShouldBe(2);
    }

    [Fact]
    public async Task A_spool_that_nobody_may_write_to_is_a_fault_with_its_folder()
    {
        var found = await new SpoolCheck(new SpoolOptions { Folder = "/proc/spool" }).RunAsync(Stop); // read-only for root too
        found[0].Judgement.ShouldBe(Judgement.Fault);
        found[0].What.ShouldStartWith("/proc/spool cannot be used: ");
    }

    [Fact]
    public async Task A_spool_in_memory_and_one_that_is_nearly_full_are_told()
    {
        var found = await new SpoolCheck(new SpoolOptions { Folder = "/dev/shm/spool", MinimumFreeBytes = long.MaxValue / 8 }).RunAsync(Stop);
        found.ShouldContain(each => each.Judgement == Judgement.Warning && each.What.Contains("lies on tmpfs", StringComparison.Ordinal));
        found.ShouldContain(each => each.Judgement == Judgement.Fault && each.What.Contains("are free", StringComparison.Ordinal));
        Directory.Exists("/dev/shm/spool").ShouldBeFalse();
    }

    [Fact]
    public async Task A_port_is_free_ours_or_anothers()
    {
        (await PortAsync(Loopback.FreePort(), isOurs: false)).Judgement.ShouldBe(Judgement.Ok);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        (await PortAsync(port, isOurs: true)).What.ShouldBe($"The product listens on 127.0.0.1:{port}.");
        (await PortAsync(port, isOurs: false)).ShouldBe(new Diagnosis("port", Judgement.Fault, $"Another program listens on 127.0.0.1:{port}.", "End it, or set Intake:Port."));
        (await new PortCheck("port", "Intake", IPAddress.Parse("192.0.2.1"), 104, _ => Task.FromResult(false)).RunAsync(Stop)).Single().What.ShouldBe("This machine has no address 192.0.2.1.");
    }

    [Fact]
    public async Task Who_may_push_is_told_and_whoever_is_a_warning()
    {
        (await CallersAsync(new IntakeOptions())).ShouldBe([Judgement.Warning]);
        (await CallersAsync(new IntakeOptions { Address = "0.0.0.0", AllowAnyCaller = true })).ShouldBe([Judgement.Warning]);
        (await CallersAsync(new IntakeOptions { Callers = [new() { AeTitle = "CT1" }, new() { Address = "10.0.0.7" }] })).ShouldBe([Judgement.Ok]);
        (await CallersAsync(new IntakeOptions { Callers = [new()] })).ShouldBe([Judgement.Ok, Judgement.Warning]);
    }

    [Fact]
    public async Task The_shipped_package_computes_here_and_says_what_it_is_for()
    {
        var routes = new RouteOptions { Destinations = [new Route { Name = "clinic", Host = "pacs", CalledAe = "PACS" }] };
        var found = await new ModelCheck(new ScoringRoleOptions { Packages = [new() { Folder = Repository.At("onnx", "phantom") }] }, routes, TimeProvider.System).RunAsync(Stop);
        found.Select(each => each.Judgement).ShouldBe([Judgement.Ok, Judgement.Warning, Judgement.Warning]);
        found[0].What.ShouldContain("passes its golden test on Cpu");
        found[2].What.ShouldStartWith("clinic is not marked");
    }

    [Fact]
    public async Task A_package_that_is_not_there_or_a_policy_that_is_not_its_is_a_fault()
    {
        (await new ModelCheck(new ScoringRoleOptions { Packages = [new() { Folder = _folder.At("nowhere") }] }, new RouteOptions(), TimeProvider.System).RunAsync(Stop)).Single().Judgement.ShouldBe(Judgement.Fault);
        await File.WriteAllTextAsync(_folder.At("policy.json"), "{}", Stop);
        (await new ModelCheck(new ScoringRoleOptions { Packages = [new() { Folder = Repository.At("onnx", "phantom"), Policy = _folder.At("policy.json") }] }, new RouteOptions(), TimeProvider.System).RunAsync(Stop))
            .Single().Judgement.ShouldBe(Judgement.Fault);
    }

    [Fact]
    public async Task Thresholds_for_other_scores_are_a_fault_and_those_that_do_not_say_for_which_a_warning()
    {
        var package = TinyPackage.Write(_folder.At("tiny"), threshold: null);
        (await PolicyAsync(package, "0123456789abcdef")).ShouldContain(each => each.Judgement == Judgement.Fault && each.What.Contains("DENSE raises nothing until approved anew", StringComparison.Ordinal));
        (await PolicyAsync(package, null)).ShouldContain(each => each.Judgement == Judgement.Warning && each.What.Contains("does not say for which scores it approves DENSE", StringComparison.Ordinal));
        (await PolicyAsync(package, FindingDigest.All(ModelPackage.Load(package))["DENSE"])).ShouldAllBe(each => !each.What.Contains("approve", StringComparison.Ordinal));
    }

    private async Task<IReadOnlyList<Diagnosis>> PolicyAsync(string package, string? approvedFor)
    {
        await File.WriteAllTextAsync(_folder.At("policy.json"), TinyPackage.Policy("tiny", 0, approvedFor), Stop);
        return await new ModelCheck(new ScoringRoleOptions { Packages = [new() { Folder = package, Policy = _folder.At("policy.json") }] }, new RouteOptions(), TimeProvider.System).RunAsync(Stop);
    }

    [Fact]
    public async Task Files_decoders_and_the_time_zone_are_looked_at()
    {
        (await new OpenFilesCheck(new IntakeOptions(), new DatabaseOptions()).RunAsync(Stop)).ShouldHaveSingleItem().What.ShouldContain("ulimit -n");
        (await new OpenFilesCheck(new IntakeOptions { MaxAssociations = int.MaxValue / 8 }, new DatabaseOptions()).RunAsync(Stop)).Single().Judgement.ShouldBe(Judgement.Warning);
        (await new CodecsCheck().RunAsync(Stop)).ShouldHaveSingleItem().What.ShouldStartWith("GDCM 3.");
        (await new TimeZoneCheck(new SiteOptions { TimeZone = "Europe/Berlin" }).RunAsync(Stop)).Single().Judgement.ShouldBe(Judgement.Ok);
        (await new TimeZoneCheck(new SiteOptions()).RunAsync(Stop)).Single().Judgement.ShouldBe(Judgement.Warning);
    }

    private static async Task<Diagnosis> PortAsync(int port, bool isOurs) =>
        (await new PortCheck("port", "Intake", IPAddress.Loopback, port, _ => Task.FromResult(isOurs)).RunAsync(Stop)).ShouldHaveSingleItem();

    private static async Task<IEnumerable<Judgement>> CallersAsync(IntakeOptions options) => (await new CallersCheck(options).RunAsync(Stop)).Select(each => each.Judgement);
}
