using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Spectre.Console;
using TriageWorker.Host;

namespace TriageWorker.Benchmarks;

/// <summary>Runs one benchmark, prints its table and writes its rows.</summary>
public static class BenchmarkRun
{
    public static async Task<int> RunAsync(
        IReadOnlyList<Benchmark> benchmarks, string name, BenchmarkContext context, IAnsiConsole console, FileInfo? json, CancellationToken stop)
    {
        if (name == "list") return List(console, benchmarks);
        var chosen = benchmarks.FirstOrDefault(benchmark => benchmark.Name == name)
            ?? throw new UserFault($"There is no benchmark '{name}'; there are: {string.Join(", ", benchmarks.Select(benchmark => benchmark.Name))}.");
        await chosen.Run(context, stop);
        Print(console, context.Rows);
        if (json is not null) await File.WriteAllTextAsync(json.FullName, JsonSerializer.Serialize(context.Rows, RowJson.Default.IReadOnlyListBenchmarkRow), stop);
        return ExitCode.Done;
    }

    private static int List(IAnsiConsole console, IReadOnlyList<Benchmark> benchmarks)
    {
        var grid = new Grid().AddColumn(new GridColumn().NoWrap().PadRight(3)).AddColumn();
        foreach (var benchmark in benchmarks) grid.AddRow(Markup.Escape(benchmark.Name), Markup.Escape(benchmark.About));
        console.Write(grid);
        return ExitCode.Done;
    }

    private static void Print(IAnsiConsole console, IReadOnlyList<BenchmarkRow> rows)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumns("name", "value", "unit", "peer", "peer's value", "ratio");
        foreach (var row in rows)
            table.AddRow(Markup.Escape(row.Name), Figure(row.Value), Markup.Escape(row.Unit), Markup.Escape(row.Peer ?? ""), Figure(row.PeerValue), Figure(row.Ratio));
        console.Write(table);
    }

    private static string Figure(double? value) => value?.ToString(Math.Abs(value.Value) >= 100 ? "0" : "0.###", CultureInfo.InvariantCulture) ?? "";
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(IReadOnlyList<BenchmarkRow>))]
internal sealed partial class RowJson : JsonSerializerContext;
