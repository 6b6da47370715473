using System.Diagnostics.CodeAnalysis;

namespace TriageWorker.Models.Packages;

/// <summary>Collects what is wrong with a manifest, so that its author sees everything in one run.</summary>
internal sealed class Faults
{
    private readonly List<string> _faults = [];

    public IReadOnlyList<string> All => _faults;

    public void Add(string path, string fault) => _faults.Add($"{path}: {fault}.");

    public string Text(string path, string? value)
    {
        if (string.IsNullOrWhiteSpace(value)) Add(path, "is missing");
        else if (value.Any(letter => char.IsControl(letter) && letter is not ('\n' or '\r' or '\t'))) Add(path, "has a control character"); // a terminal would act on it
        else return value;
        return "";
    }

    public void Literal(string path, string? value, string only)
    {
        if (value != only) Add(path, $"is '{value}'; this version reads '{only}' only");
    }

    public bool Present<T>(string path, [NotNullWhen(true)] T? value)
        where T : class
    {
        if (value is not null) return true;
        Add(path, "is missing");
        return false;
    }

    public bool NotEmpty<T>(string path, [NotNullWhen(true)] IReadOnlyList<T>? value)
    {
        if (value is not { Count: > 0 }) Add(path, "is missing or empty");
        else if (value.Any(element => element is null)) Add(path, "has an element that is null");
        else return true;
        return false;
    }
}
