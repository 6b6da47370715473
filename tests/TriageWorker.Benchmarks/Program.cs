using System.CommandLine;
using TriageWorker.Benchmarks;
using TriageWorker.Benchmarks.Cluster;
using TriageWorker.Benchmarks.Dicom;
using TriageWorker.Benchmarks.Intake;
using TriageWorker.Benchmarks.Merlin;
using TriageWorker.Benchmarks.Pipeline;
using TriageWorker.Benchmarks.Spooling;
using TriageWorker.Benchmarks.Tensors;
using TriageWorker.Host;
using TriageWorker.Models.Sessions;

if (args is [SenderProcess.Verb, .. var sending]) return await SenderProcess.RunAsync(sending);
if (args is [ReceiverProcess.Verb, .. var receiving]) return await ReceiverProcess.RunAsync(receiving);
if (args is [FilesProcess.Verb, .. var handling]) return await FilesProcess.RunAsync(handling);
if (args is [MerlinProcess.Verb, .. var scoring]) return await MerlinProcess.RunAsync(scoring);
if (args is [TensorProcess.Verb, .. var making]) return await TensorProcess.RunAsync(making);

// One line per benchmark; each lives in a file of its own.
Benchmark[] benchmarks =
[
    .. TensorBenchmark.Create(),
    ModelBenchmark.Create(),
    MerlinBenchmark.Create(),
    PipelineBenchmark.Create(),
    DicomBenchmark.Create(),
    ClusterBenchmark.Create(),
    AuditBenchmark.Create(),
    .. IntakeBenchmark.Create(),
    SpoolBenchmark.Create(),
];

var console = Terminal.Output();
var name = new Argument<string>("NAME") { Description = "Which benchmark, or list." };
var quick = new Option<bool>("--quick") { Description = "Fewer and smaller runs: shows that it works, not how fast it is." };
var device = new Option<ExecutionProvider>("--device") { Description = "What a full-size model computes on.", DefaultValueFactory = _ => ExecutionProvider.Cpu };
var json = new Option<FileInfo?>("--json") { Description = "Also write the rows to this file.", HelpName = "FILE" };
var bench = new RootCommand("Measures TriageWorker. Figures of peers are taken in the same run, on this machine.") { name, quick, device, json };
bench.SetAction((parsed, stop) => BenchmarkRun.RunAsync(
    benchmarks, parsed.GetRequiredValue(name), new BenchmarkContext(console, parsed.GetValue(quick), parsed.GetValue(device)), console, parsed.GetValue(json), stop));
using var signals = new StopSignals();
return await Faults.ReportAsync(Terminal.Errors(), () => bench.Parse(args).InvokeAsync(Terminal.Invocation, signals.Stop));
