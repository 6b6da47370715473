using System.CommandLine;
using TriageWorker.Models.Sessions;

namespace TriageWorker.Host.Verbs;

/// <summary>How a verb runs a package, where the settings have no say: the same choices as an entry of <c>Scoring:Packages</c>.</summary>
internal sealed class RunningOptions
{
    private readonly Option<ExecutionProvider?> _provider = new("--provider") { Description = "Cpu, Cuda or TensorRt; without it the fastest that works here." };
    private readonly Option<int> _device = new("--device") { Description = "Which GPU.", DefaultValueFactory = _ => 0 };
    private readonly Option<int> _threads = new("--threads") { Description = "Cores that run the network; 0 for all.", DefaultValueFactory = _ => 0 };
    private readonly Option<bool> _arena = new("--arena") { Description = "Keep the CPU memory of one score for the next." };
    private readonly Option<Arithmetic> _arithmetic = new("--arithmetic") { Description = "Of a GPU: Exact (float32) or Fast (TF32, half precision).", DefaultValueFactory = _ => Arithmetic.Fast };

    public RunningOptions()
    {
        NamedValues.RequireWord<ExecutionProvider>(_provider);
        NamedValues.RequireWord<Arithmetic>(_arithmetic);
        foreach (var option in (Option<int>[])[_device, _threads])
            option.Validators.Add(result =>
            {
                if (result.Tokens is [var token] && int.TryParse(token.Value, out var number) && number is < 0 or > 256) result.AddError($"{option.Name} must be 0 to 256.");
            });
    }

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_provider, _device, _threads, _arena, _arithmetic]) command.Options.Add(option);
    }

    public ScoringOptions Of(ParseResult parsed) => new()
    {
        Provider = parsed.GetValue(_provider),
        Device = parsed.GetValue(_device),
        Threads = parsed.GetValue(_threads),
        CpuMemoryArena = parsed.GetValue(_arena),
        Arithmetic = parsed.GetValue(_arithmetic),
    };
}
